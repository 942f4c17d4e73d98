-- Deletion by rule: what time it was at positions of the stream, what members are told to forget,
-- and what each run did.
CREATE TABLE stream_mark (
  tenant_id BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, pos)
);
CREATE INDEX stream_mark_by_time ON stream_mark (tenant_id, at_ms, pos);
-- `event_ids` are apart by spaces. Ids alone: what the events said is gone.
CREATE TABLE expiry_notice (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  expired_ms BIGINT NOT NULL,
  event_ids TEXT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, pos)
);
CREATE INDEX expiry_notice_by_time ON expiry_notice (tenant_id, expired_ms);
-- A period of the room's own, within the bounds of its class. Empty: the one of its class.
ALTER TABLE room ADD COLUMN retention_ms BIGINT;
-- Which event a file belongs to; it goes with it. Room 0 holds pictures of profiles.
ALTER TABLE media ADD COLUMN room_nid BIGINT;
ALTER TABLE media ADD COLUMN event_pos BIGINT;
CREATE INDEX media_by_event ON media (tenant_id, room_nid, event_pos) WHERE room_nid IS NOT NULL;
CREATE INDEX media_by_age ON media (tenant_id, created_ms) WHERE room_nid IS NULL;
-- Keys of messages that have all gone open nothing any more.
ALTER TABLE key_backup_session ADD COLUMN uploaded_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX key_backup_session_by_room ON key_backup_session (tenant_id, room_id, uploaded_ms);
-- One run: a rule on a day. Numbers only; `certificate` is the signed statement, once it has ended.
CREATE TABLE deletion_run (
  tenant_id BIGINT NOT NULL,
  run_nid BIGINT NOT NULL,
  rule TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  period_ms BIGINT NOT NULL,
  cutoff_ms BIGINT NOT NULL,
  objects BIGINT NOT NULL,
  files BIGINT NOT NULL,
  file_bytes BIGINT NOT NULL,
  keys BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  certificate TEXT,
  PRIMARY KEY (tenant_id, run_nid)
);
CREATE INDEX deletion_run_open ON deletion_run (tenant_id, rule) WHERE ended_ms IS NULL;
