-- How sure the organisation is who somebody is, and on whose word. Without a row: not at all.

CREATE TABLE identity_proof (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  level BIGINT NOT NULL,
  method TEXT NOT NULL,
  proved_ms BIGINT NOT NULL,
  proved_by TEXT NOT NULL,
  reason BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);
