-- Mail addresses of people, and mails that wait to be sent.

-- `address` counts once it is confirmed, `pending` is not yet. `locale` is the language of mails.
CREATE TABLE mail_address (
  tenant_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  address BYTEA,
  address_key BYTEA,
  pending BYTEA,
  locale TEXT NOT NULL,
  confirmed_ms BIGINT,
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX mail_address_by_key ON mail_address (tenant_id, address_key)
  WHERE address_key IS NOT NULL;

-- Neither address nor text nor link: these are put together when the mail is sent. `details` is
-- JSON of the identity service.
CREATE TABLE waiting_mail (
  tenant_id BIGINT NOT NULL,
  mail_id TEXT NOT NULL,
  letter TEXT NOT NULL,
  user_id TEXT,
  details BYTEA NOT NULL,
  tries BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, mail_id)
);
CREATE INDEX waiting_mail_by_time ON waiting_mail (tenant_id, due_ms);
CREATE INDEX waiting_mail_by_user ON waiting_mail (tenant_id, user_id)
  WHERE user_id IS NOT NULL;
