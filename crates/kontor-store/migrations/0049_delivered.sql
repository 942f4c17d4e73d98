-- Ephemeral rooms: which messages have gone because every device has them, so that devices forget them
-- a day after they were written; and how long messages stayed here, day by day, in numbers. law: R-114
CREATE TABLE delivered_event (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  written_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, pos)
);
CREATE INDEX delivered_event_by_time ON delivered_event (tenant_id, written_ms);
CREATE TABLE residence (
  tenant_id BIGINT NOT NULL,
  day_ms BIGINT NOT NULL,
  up_to_ms BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  longest_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, day_ms, up_to_ms)
);
