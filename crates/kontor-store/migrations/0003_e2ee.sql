-- End-to-end encryption: public keys of devices and people, messages between devices, key backup.

-- `json` carries the signatures everybody may see; never `unsigned`.
CREATE TABLE device_key (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id)
);

-- `pos` orders the keys of a device by upload. A key up to the pool's `claimed_pos` has been handed
-- out and waits for the next upload to be deleted.
CREATE TABLE one_time_key (
  tenant_id BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (tenant_id, pos)
);
CREATE INDEX one_time_key_by_device ON one_time_key (tenant_id, user_id, device_id, algorithm, pos);

-- What is left of a device's one-time keys. Small and dense, so that handing out keys of a hundred
-- devices touches a few pages and not hundreds.
CREATE TABLE one_time_key_pool (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  claimed_pos BIGINT NOT NULL,
  unclaimed BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id, algorithm)
);

CREATE TABLE fallback_key (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  json TEXT NOT NULL,
  used BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id, algorithm)
);

CREATE TABLE cross_signing_key (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  usage TEXT NOT NULL,
  public_key TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, usage)
);

-- Signatures by user-signing keys over other people's master keys: only the signer sees them.
CREATE TABLE key_signature (
  tenant_id BIGINT NOT NULL,
  signer TEXT NOT NULL,
  target TEXT NOT NULL,
  target_key TEXT NOT NULL,
  signing_key TEXT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (tenant_id, signer, target, target_key, signing_key)
);

-- The newest change of a person's keys; `viewer` is empty if everybody is concerned.
CREATE TABLE device_list_change (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  viewer TEXT NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, viewer)
);
CREATE INDEX device_list_change_by_pos ON device_list_change (tenant_id, pos);

-- In the order of sending, and with no index by device: a message to a hundred devices would change
-- a page for each of them. Where the inbox of a device begins and ends is kept in memory.
CREATE TABLE to_device (
  tenant_id BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, pos)
);

CREATE TABLE to_device_txn (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  txn_id TEXT NOT NULL,
  sent_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id, kind, txn_id)
);
CREATE INDEX to_device_txn_by_time ON to_device_txn (tenant_id, sent_ms);

-- A deleted backup keeps its row, emptied: its number is never given again.
CREATE TABLE key_backup_version (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  algorithm TEXT NOT NULL,
  auth_json TEXT NOT NULL,
  etag BIGINT NOT NULL,
  session_count BIGINT NOT NULL,
  deleted BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, user_id, version)
);

CREATE TABLE key_backup_session (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  first_message_index BIGINT NOT NULL,
  forwarded_count BIGINT NOT NULL,
  is_verified BOOLEAN NOT NULL,
  session_json BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id, version, room_id, session_id)
);
