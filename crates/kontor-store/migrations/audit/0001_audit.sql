-- The audit log, in a store of its own: the file or schema "audit". law: R-190
CREATE TABLE audit_entry (
    tenant_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    class TEXT NOT NULL,
    action TEXT NOT NULL,
    purpose TEXT NOT NULL,
    actor TEXT NOT NULL,
    object TEXT,
    detail TEXT,
    amount BIGINT,
    reason BYTEA,                 -- sealed
    result TEXT NOT NULL,
    of_seq BIGINT,
    clock_back_ms BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
-- For the expiry of a class.
CREATE INDEX audit_entry_age ON audit_entry (tenant_id, class, at_ms);

-- Signatures over the chain up to an entry.
CREATE TABLE audit_checkpoint (
    tenant_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- Where entries have expired; signed.
CREATE TABLE audit_gap (
    tenant_id BIGINT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    class_a BIGINT NOT NULL,
    class_b BIGINT NOT NULL,
    class_c BIGINT NOT NULL,
    class_d BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    last_hash BYTEA NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (tenant_id, from_seq)
);
-- To find the gap before an entry.
CREATE UNIQUE INDEX audit_gap_end ON audit_gap (tenant_id, to_seq);
