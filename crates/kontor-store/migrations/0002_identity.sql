-- Accounts, their passwords, devices, tokens and profiles; registration tokens; failed log-ins.

CREATE TABLE account (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  login_key BYTEA,
  login_name BYTEA,
  admin BOOLEAN NOT NULL,
  created_ms BIGINT NOT NULL,
  deactivated_ms BIGINT,
  PRIMARY KEY (tenant_id, user_id)
);
CREATE UNIQUE INDEX account_by_login ON account (tenant_id, login_key)
  WHERE login_key IS NOT NULL;

CREATE TABLE password (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  hash BYTEA NOT NULL,
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE device (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  display_name BYTEA,
  created_ms BIGINT NOT NULL,
  last_seen_day_ms BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, device_id)
);

CREATE TABLE access_token (
  tenant_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  expires_ms BIGINT,
  PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX access_token_by_device ON access_token (tenant_id, user_id, device_id);

CREATE TABLE refresh_token (
  tenant_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  expires_ms BIGINT,
  PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX refresh_token_by_device ON refresh_token (tenant_id, user_id, device_id);

CREATE TABLE registration_token (
  tenant_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  uses_left BIGINT,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT,
  PRIMARY KEY (tenant_id, token_hash)
);

CREATE TABLE profile (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  field TEXT NOT NULL,
  value BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id, field)
);

CREATE TABLE login_failure (
  tenant_id BIGINT NOT NULL,
  subject BYTEA NOT NULL,
  failures BIGINT NOT NULL,
  last_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, subject)
);
CREATE INDEX login_failure_by_time ON login_failure (tenant_id, last_ms);
