-- Erasures of people: who asked is with the approval; `user_id` is empty once there is a certificate.
-- `stand_in` is what stands for the person where a record of others has to go on. `id_key` is the keyed
-- hash of the user id, so that it is given to nobody else.
CREATE TABLE erasure (
  tenant_id BIGINT NOT NULL,
  erasure_nid BIGINT NOT NULL,
  user_id TEXT,
  stand_in TEXT NOT NULL,
  id_key BYTEA NOT NULL,
  with_messages BOOLEAN NOT NULL,
  requested_ms BIGINT NOT NULL,
  erased_ms BIGINT,
  rooms BIGINT NOT NULL,
  events BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  files BIGINT NOT NULL,
  file_bytes BIGINT NOT NULL,
  records BIGINT NOT NULL,
  certificate TEXT,
  PRIMARY KEY (tenant_id, erasure_nid)
);
CREATE INDEX erasure_open ON erasure (tenant_id, erasure_nid) WHERE certificate IS NULL;
CREATE UNIQUE INDEX erasure_by_key ON erasure (tenant_id, id_key);
-- Whoever left is erased thirty days later. law: R-048
CREATE INDEX account_by_end ON account (tenant_id, deactivated_ms) WHERE deactivated_ms IS NOT NULL;
