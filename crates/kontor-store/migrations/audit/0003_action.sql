-- For those who look for one kind of entry among many. law: R-195
CREATE INDEX audit_entry_by_action ON audit_entry (tenant_id, action, seq);
