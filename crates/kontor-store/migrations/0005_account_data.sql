-- What clients keep for a person, and the filters they have defined.

CREATE TABLE account_data (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  kind TEXT NOT NULL,
  content BYTEA NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, room_nid, kind)
);
CREATE INDEX account_data_by_pos ON account_data (tenant_id, user_id, pos);

CREATE TABLE filter (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  filter_nid BIGINT NOT NULL,
  definition BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, user_id, filter_nid)
);
