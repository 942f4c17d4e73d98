//! Mails that wait to be sent, without their text; gone once they are sent.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// One mail that waits.
#[derive(Clone, Debug)]
pub struct WaitingMailRow {
    /// Its name.
    pub mail_id: String,
    /// Which text; a word of `kontor-mail`.
    pub letter: String,
    /// Whose account it is about; `None`: that is still to be found out.
    pub user_id: Option<OwnedUserId>,
    /// JSON of the identity service.
    pub details: String,
    /// How often it was tried in vain.
    pub tries: i64,
    /// When it is to be tried.
    pub due: Timestamp,
    /// From then on nobody needs it any more.
    pub expires: Timestamp,
}

impl WaitingMailRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            mail_id: row.text(0)?,
            letter: row.text(1)?,
            user_id: row.opt_id(2)?,
            details: row.sealed_text(3)?,
            tries: row.int(4)?,
            due: row.time(5)?,
            expires: row.time(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "waiting_mail.insert",
    "INSERT INTO waiting_mail
       (tenant_id, mail_id, letter, user_id, details, tries, due_ms, expires_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static LIST_DUE: Sql = Sql::new(
    "waiting_mail.list_due",
    "SELECT mail_id, letter, user_id, details, tries, due_ms, expires_ms FROM waiting_mail
      WHERE tenant_id = $1 AND due_ms <= $2 ORDER BY due_ms, mail_id LIMIT $3",
);

static LIST_INVITATIONS: Sql = Sql::new(
    "waiting_mail.list_invitations",
    "SELECT mail_id, letter, user_id, details, tries, due_ms, expires_ms FROM waiting_mail
      WHERE tenant_id = $1 AND letter = 'invitation' ORDER BY expires_ms DESC, mail_id",
);

static POSTPONE: Sql = Sql::new(
    "waiting_mail.postpone",
    "UPDATE waiting_mail SET tries = tries + 1, due_ms = $3 WHERE tenant_id = $1 AND mail_id = $2",
);

static DELETE: Sql = Sql::new(
    "waiting_mail.delete",
    "DELETE FROM waiting_mail WHERE tenant_id = $1 AND mail_id = $2",
);

static DELETE_INVITATION: Sql = Sql::new(
    "waiting_mail.delete_invitation",
    "DELETE FROM waiting_mail WHERE tenant_id = $1 AND mail_id = $2 AND letter = 'invitation'",
);

static DELETE_OF_USER: Sql = Sql::new(
    "waiting_mail.delete_of_user",
    "DELETE FROM waiting_mail WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &LIST_DUE,
    &LIST_INVITATIONS,
    &POSTPONE,
    &DELETE,
    &DELETE_INVITATION,
    &DELETE_OF_USER,
];

/// Adds a mail.
pub fn insert_waiting_mail(tx: &mut Tx<'_>, row: &WaitingMailRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            (&row.mail_id).into(),
            (&row.letter).into(),
            row.user_id.as_ref().into(),
            Param::sealed(row.details.as_str()),
            row.tries.into(),
            row.due.into(),
            row.expires.into(),
        ],
    )?;
    Ok(())
}

/// Up to `limit` mails that are due at `now`, the one that waits longest first.
pub fn list_due_mails(tx: &mut Tx<'_>, now: Timestamp, limit: u16) -> Result<Vec<WaitingMailRow>> {
    tx.query(&LIST_DUE, &[now.into(), limit.into()], WaitingMailRow::from_row)
}

/// Invitations that wait to be sent.
pub fn list_waiting_invitations(tx: &mut Tx<'_>) -> Result<Vec<WaitingMailRow>> {
    tx.query(&LIST_INVITATIONS, &[], WaitingMailRow::from_row)
}

/// Counts a try in vain; the next is at `due`.
pub fn postpone_mail(tx: &mut Tx<'_>, id: &str, due: Timestamp) -> Result<()> {
    tx.execute(&POSTPONE, &[id.into(), due.into()])?;
    Ok(())
}

/// Removes a mail that is sent, or will never be.
pub fn delete_waiting_mail(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[id.into()])?;
    Ok(())
}

/// Removes a mail with an invitation; `false` if there is none of that name.
pub fn delete_waiting_invitation(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_INVITATION, &[id.into()])? > 0)
}

/// Removes every mail about somebody's account.
pub fn delete_waiting_mails_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    Ok(())
}
