-- What people decide for themselves, stricter than the organisation; `value` is JSON.
CREATE TABLE own_setting (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  setting TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, setting)
);
