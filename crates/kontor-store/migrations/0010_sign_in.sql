-- People in browsers: who is signed in to the account pages and the console.

-- `stage` is how far she has come, `methods` what she has shown, words apart by spaces.
CREATE TABLE browser_session (
  tenant_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  session_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  stage TEXT NOT NULL,
  methods TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  authenticated_ms BIGINT NOT NULL,
  last_used_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX browser_session_by_user ON browser_session (tenant_id, user_id);
CREATE INDEX browser_session_by_use ON browser_session (tenant_id, last_used_ms);
