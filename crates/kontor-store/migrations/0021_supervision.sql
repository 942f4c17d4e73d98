-- Who knows of the supervision of a room, and when those who supervise have looked into it.

CREATE TABLE supervision_notice (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  acknowledged_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, user_id, version)
);
CREATE INDEX supervision_notice_by_user ON supervision_notice (tenant_id, user_id);

CREATE TABLE supervision_reading (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  until_ms BIGINT NOT NULL,
  from_pos BIGINT NOT NULL,
  to_pos BIGINT NOT NULL,
  reason BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, opened_ms, user_id)
);
CREATE INDEX supervision_reading_by_user ON supervision_reading (tenant_id, user_id);
