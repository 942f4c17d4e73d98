-- For people who ask what was recorded about them. law: R-193
CREATE INDEX audit_entry_by_object ON audit_entry (tenant_id, object, seq);
CREATE INDEX audit_entry_by_actor ON audit_entry (tenant_id, actor, seq);
