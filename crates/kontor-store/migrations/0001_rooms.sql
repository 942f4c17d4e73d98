-- Rooms, their events, their state as intervals, and who is in them.

CREATE TABLE room (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  room_id TEXT NOT NULL,
  version TEXT NOT NULL,
  creator TEXT NOT NULL,
  published BOOLEAN NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid)
);
CREATE UNIQUE INDEX room_by_id ON room (tenant_id, room_id);

CREATE TABLE event (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  sender TEXT NOT NULL,
  state_key TEXT,
  json BYTEA NOT NULL,
  relates_to TEXT,
  relation TEXT,
  redacted_by TEXT,
  device_id TEXT,
  txn_id TEXT,
  PRIMARY KEY (tenant_id, room_nid, pos)
);
CREATE UNIQUE INDEX event_by_id ON event (tenant_id, event_id);
CREATE INDEX event_by_relation ON event (tenant_id, room_nid, relates_to, pos)
  WHERE relates_to IS NOT NULL;
CREATE UNIQUE INDEX event_by_txn ON event (tenant_id, room_nid, txn_id, device_id, sender, kind)
  WHERE txn_id IS NOT NULL;

CREATE TABLE room_state (
  tenant_id BIGINT NOT NULL,
  room_nid BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state_key TEXT NOT NULL,
  from_pos BIGINT NOT NULL,
  until_pos BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, room_nid, kind, state_key, from_pos)
);
CREATE INDEX room_state_by_end ON room_state (tenant_id, room_nid, until_pos, from_pos);

CREATE TABLE membership (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  membership TEXT NOT NULL,
  pos BIGINT NOT NULL,
  forgotten BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, user_id, room_nid)
);
CREATE INDEX membership_by_room ON membership (tenant_id, room_nid, user_id);

CREATE TABLE room_alias (
  tenant_id BIGINT NOT NULL,
  alias TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  creator TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, alias)
);
CREATE INDEX room_alias_by_room ON room_alias (tenant_id, room_nid, alias);
