-- How far people have read; thread '' is the receipt of the whole room.

CREATE TABLE receipt (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  thread TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_pos BIGINT NOT NULL,
  sent_ms BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, user_id, kind, thread)
);
CREATE INDEX receipt_by_pos ON receipt (tenant_id, room_nid, pos);
