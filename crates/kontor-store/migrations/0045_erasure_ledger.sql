-- What was erased, so that an older backup cannot bring it back: keyed tombstones and cutoffs of
-- rules, neither ids in clear nor content. `subject` is a tombstone, or the key of a rule.
CREATE TABLE erasure_ledger (
  tenant_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  cutoff_ms BIGINT,
  period_ms BIGINT,
  until_ms BIGINT,
  PRIMARY KEY (tenant_id, seq)
);
