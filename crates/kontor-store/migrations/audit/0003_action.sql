-- For those who look for one kind of entry among many, or for a time. law: R-195
CREATE INDEX audit_entry_by_action ON audit_entry (tenant_id, action, seq);
CREATE INDEX audit_entry_by_class ON audit_entry (tenant_id, class, seq);
CREATE INDEX audit_entry_by_time ON audit_entry (tenant_id, at_ms, seq);
