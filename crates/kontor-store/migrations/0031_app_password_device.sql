-- Devices that signed in by an app password: what opens them is no second factor.
ALTER TABLE device ADD COLUMN by_app_password BOOLEAN NOT NULL DEFAULT FALSE;
