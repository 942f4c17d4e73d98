-- Links that open something once, notices people have accepted, and passwords for single programs.

-- `details` is JSON of the identity service.
CREATE TABLE one_time_link (
  tenant_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  link_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  user_id TEXT,
  details BYTEA NOT NULL,
  created_by TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX one_time_link_by_end ON one_time_link (tenant_id, expires_ms);
CREATE INDEX one_time_link_by_user ON one_time_link (tenant_id, user_id)
  WHERE user_id IS NOT NULL;

CREATE TABLE accepted_notice (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, version)
);

CREATE TABLE app_password (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  app_password_id TEXT NOT NULL,
  hash BYTEA NOT NULL,
  name BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  last_used_day_ms BIGINT,
  PRIMARY KEY (tenant_id, user_id, app_password_id)
);
