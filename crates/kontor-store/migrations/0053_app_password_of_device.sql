-- By which app password a device signed in: it ends with it.
ALTER TABLE device ADD COLUMN app_password_id TEXT;
