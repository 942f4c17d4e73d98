-- Second factors of people who sign in with a browser, and their former passwords.

-- `last_step` is the newest time step whose code was accepted. None is accepted twice.
CREATE TABLE totp (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  secret BYTEA NOT NULL,
  last_step BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE recovery_code (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, code_hash)
);

-- `credential_key` is the keyed hash of the credential's id.
CREATE TABLE passkey (
  tenant_id BIGINT NOT NULL,
  credential_key BYTEA NOT NULL,
  passkey_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  name BYTEA NOT NULL,
  credential BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  last_used_day_ms BIGINT,
  PRIMARY KEY (tenant_id, credential_key)
);
CREATE INDEX passkey_by_user ON passkey (tenant_id, user_id);

CREATE TABLE former_password (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  replaced_ms BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id, replaced_ms)
);
