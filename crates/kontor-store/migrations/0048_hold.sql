-- What is kept for a claim at law although its time is over: decisions, and what they have kept. law: R-122
-- `kind` is `person` or `room`. Times without a value: no bound. `delay` says why the person is not told.
CREATE TABLE hold (
  tenant_id BIGINT NOT NULL,
  hold_nid BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  from_ms BIGINT,
  until_ms BIGINT,
  matter BYTEA NOT NULL,
  basis BYTEA NOT NULL,
  delay BYTEA,
  placed_ms BIGINT NOT NULL,
  placed_by TEXT NOT NULL,
  allowed_by TEXT NOT NULL,
  ends_ms BIGINT NOT NULL,
  reviewed_ms BIGINT NOT NULL,
  released_ms BIGINT,
  cleaned_ms BIGINT,
  PRIMARY KEY (tenant_id, hold_nid)
);
CREATE INDEX hold_open ON hold (tenant_id, hold_nid) WHERE cleaned_ms IS NULL;
CREATE INDEX hold_by_subject ON hold (tenant_id, subject);

-- Restricted: nothing but the sweep and a released hold reads these tables.
CREATE TABLE held_event (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  sender TEXT NOT NULL,
  json BYTEA NOT NULL,
  held_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, pos)
);

CREATE TABLE held_media (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  event_pos BIGINT NOT NULL,
  media_id TEXT NOT NULL,
  uploader TEXT NOT NULL,
  blob_id TEXT,
  size_bytes BIGINT NOT NULL,
  content_type BYTEA,
  file_name BYTEA,
  PRIMARY KEY (tenant_id, room_nid, event_pos, media_id)
);

-- How much a run left because of a hold.
ALTER TABLE deletion_run ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
