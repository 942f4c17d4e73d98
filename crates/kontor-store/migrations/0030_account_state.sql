-- Accounts whose owners read only, and those whose owners are shut out for a while.
ALTER TABLE account ADD COLUMN suspended_ms BIGINT;
ALTER TABLE account ADD COLUMN locked_ms BIGINT;
