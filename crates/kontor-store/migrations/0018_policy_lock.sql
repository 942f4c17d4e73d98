-- Settings that an administrator has locked: what is there cannot be weakened by one person alone.
ALTER TABLE policy_setting ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE policy_change ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE;
