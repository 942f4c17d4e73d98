-- Holds in full. `session_id` is the key that opens a held event; `held_key` are entries of people's backups
-- of keys that would have gone: sealed by their owners, the server cannot open them. law: R-122
ALTER TABLE held_event ADD COLUMN session_id TEXT;
CREATE TABLE held_key (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  session_json BYTEA NOT NULL,
  held_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, version, room_id, session_id)
);
-- What a hold says, so that a restored instance can place it again. Encrypted by kontor-ledger.
ALTER TABLE erasure_ledger ADD COLUMN details BYTEA;
