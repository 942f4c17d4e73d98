-- What is known of devices beside that they exist, and which versions of programs are too old.

-- Without a row a device is private, and nobody has said so.
CREATE TABLE device_registration (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  declared_by TEXT NOT NULL,
  program TEXT,
  version TEXT,
  PRIMARY KEY (tenant_id, user_id, device_id)
);

CREATE TABLE program_floor (
  tenant_id BIGINT NOT NULL,
  program TEXT NOT NULL,
  minimum TEXT NOT NULL,
  blocked_ms BIGINT NOT NULL,
  decided_ms BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  reason BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, program)
);
