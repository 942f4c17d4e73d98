-- What people have reported to those in charge of the organisation.

CREATE TABLE report (
  tenant_id BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  report_id TEXT NOT NULL,
  reporter TEXT NOT NULL,
  room_nid BIGINT,
  event_id TEXT,
  user_id TEXT,
  reason BYTEA,
  PRIMARY KEY (tenant_id, created_ms, report_id)
);
