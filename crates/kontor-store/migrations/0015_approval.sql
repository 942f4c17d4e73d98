-- What one person asked for and a second one has to allow.

-- `proposal` is JSON, shown to the second person word by word. `decision` is empty while it waits.
CREATE TABLE approval (
  tenant_id BIGINT NOT NULL,
  approval_nid BIGINT NOT NULL,
  act TEXT NOT NULL,
  proposal BYTEA NOT NULL,
  reason BYTEA NOT NULL,
  requester TEXT NOT NULL,
  requested_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  decision TEXT NOT NULL,
  decider TEXT,
  decided_ms BIGINT,
  outcome BYTEA,
  PRIMARY KEY (tenant_id, approval_nid)
);
