-- Until when guests are here: who invited them, when they were prolonged, the day of last use.
CREATE TABLE guest_account (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  host_id TEXT,
  renewed_ms BIGINT,
  last_used_day_ms BIGINT NOT NULL,
  host_told_ms BIGINT,
  PRIMARY KEY (tenant_id, user_id)
);
