-- Programs that sign people in by OAuth 2.0: what they are, and sign-ins under way.

-- `client_id` is a hash of `metadata`, so that a program that registers again is the same one.
CREATE TABLE oauth_client (
  tenant_id BIGINT NOT NULL,
  client_id TEXT NOT NULL,
  metadata TEXT NOT NULL,
  used_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, client_id)
);
CREATE INDEX oauth_client_by_use ON oauth_client (tenant_id, used_ms);

-- Which program a device is; devices that signed in by password have no row.
CREATE TABLE oauth_session (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id)
);
CREATE INDEX oauth_session_by_client ON oauth_session (tenant_id, client_id);

-- Authorization codes; a spent one stays until it expires, so that its second use is noticed.
CREATE TABLE oauth_code (
  tenant_id BIGINT NOT NULL,
  code_hash BYTEA NOT NULL,
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  challenge TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  spent BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, code_hash)
);
CREATE INDEX oauth_code_by_end ON oauth_code (tenant_id, expires_ms);
CREATE INDEX oauth_code_by_user ON oauth_code (tenant_id, user_id);

-- Sign-ins that a person allows on another device; `user_id` is who has decided.
CREATE TABLE oauth_device_grant (
  tenant_id BIGINT NOT NULL,
  device_code_hash BYTEA NOT NULL,
  user_code_hash BYTEA NOT NULL,
  client_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  polled_ms BIGINT NOT NULL,
  user_id TEXT,
  allowed BOOLEAN NOT NULL,
  PRIMARY KEY (tenant_id, device_code_hash)
);
CREATE UNIQUE INDEX oauth_device_grant_by_user_code
  ON oauth_device_grant (tenant_id, user_code_hash);
CREATE INDEX oauth_device_grant_by_end ON oauth_device_grant (tenant_id, expires_ms);
CREATE INDEX oauth_device_grant_by_user ON oauth_device_grant (tenant_id, user_id);
