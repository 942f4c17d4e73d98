-- Where devices want to be told about notifications.

CREATE TABLE pusher (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  pushkey_hash BYTEA NOT NULL,
  device_id TEXT NOT NULL,
  pusher BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, app_id, pushkey_hash)
);
CREATE INDEX pusher_by_key ON pusher (tenant_id, app_id, pushkey_hash);
