-- Each entry touches fewer pages: expiry goes by class and number, and only entries that were done to
-- somebody stand in the index by object.
DROP INDEX audit_entry_age;
DROP INDEX audit_entry_by_object;
CREATE INDEX audit_entry_by_object ON audit_entry (tenant_id, object, seq) WHERE object IS NOT NULL;
