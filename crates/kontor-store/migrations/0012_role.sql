-- Which roles people hold beside that of a user, and on whose word.

CREATE TABLE account_role (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  granted_ms BIGINT NOT NULL,
  granted_by TEXT NOT NULL,
  reason BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id, role)
);
CREATE INDEX account_role_by_role ON account_role (tenant_id, role, user_id);

-- Administrators from before there were roles; see `account_role.rs`.
CREATE INDEX account_by_admin ON account (tenant_id, user_id) WHERE admin;
