-- What the works council has agreed to, where a decision could be used to watch people; JSON.
ALTER TABLE policy_change ADD COLUMN agreement BYTEA;
