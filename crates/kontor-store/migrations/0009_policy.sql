-- What the administrators of an organisation decided, beside what its profile ships.

-- `value` is JSON. A setting without a row has the value of the profile or the configuration.
CREATE TABLE policy_setting (
  tenant_id BIGINT NOT NULL,
  setting TEXT NOT NULL,
  value TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, setting)
);

-- Every decision, never changed. An empty value stands for "as shipped".
CREATE TABLE policy_change (
  tenant_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  setting TEXT NOT NULL,
  old_value TEXT NOT NULL,
  new_value TEXT NOT NULL,
  author TEXT NOT NULL,
  changed_ms BIGINT NOT NULL,
  reason BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, version)
);
