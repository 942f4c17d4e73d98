//! Guests: on whose invitation they are here, and when they were here last. law: R-049

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// A guest whose account is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// Who.
    pub user_id: OwnedUserId,
    /// When she became a guest.
    pub granted: Timestamp,
    /// Since when she is shut out; `None`: she is not.
    pub locked: Option<Timestamp>,
    /// What is kept of guests only; `None` for those who were here before it was.
    pub kept: Option<KeptRow>,
}

/// What is kept of guests only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// User id of whoever invited her; `None`: the operator, or nobody knows.
    pub host: Option<OwnedUserId>,
    /// When her time began anew; `None`: never.
    pub renewed: Option<Timestamp>,
    /// Start of the day on which she was here last.
    pub last_used_day: Timestamp,
    /// When her host was told that her time ends; `None`: not since it began.
    pub host_told: Option<Timestamp>,
}

impl GuestRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let kept = match row.opt_time(4)? {
            Some(last_used_day) => Some(KeptRow {
                host: row.opt_text(3)?.and_then(|host| host.try_into().ok()),
                last_used_day,
                renewed: row.opt_time(5)?,
                host_told: row.opt_time(6)?,
            }),
            None => None,
        };
        Ok(Self { user_id: row.id(0)?, granted: row.time(1)?, locked: row.opt_time(2)?, kept })
    }
}

static LIST: Sql = Sql::new(
    "guest_account.list",
    "SELECT r.user_id, r.granted_ms, a.locked_ms, g.host_id, g.last_used_day_ms, g.renewed_ms,
            g.host_told_ms
       FROM account_role r
       JOIN account a ON a.tenant_id = r.tenant_id AND a.user_id = r.user_id
       LEFT JOIN guest_account g ON g.tenant_id = r.tenant_id AND g.user_id = r.user_id
      WHERE r.tenant_id = $1 AND r.role = 'guest' AND a.deactivated_ms IS NULL
      ORDER BY r.user_id",
);

static FIND: Sql = Sql::new(
    "guest_account.find",
    "SELECT r.user_id, r.granted_ms, a.locked_ms, g.host_id, g.last_used_day_ms, g.renewed_ms,
            g.host_told_ms
       FROM account_role r
       JOIN account a ON a.tenant_id = r.tenant_id AND a.user_id = r.user_id
       LEFT JOIN guest_account g ON g.tenant_id = r.tenant_id AND g.user_id = r.user_id
      WHERE r.tenant_id = $1 AND r.role = 'guest' AND r.user_id = $2 AND a.deactivated_ms IS NULL",
);

static INSERT: Sql = Sql::new(
    "guest_account.insert",
    "INSERT INTO guest_account
       (tenant_id, user_id, host_id, renewed_ms, last_used_day_ms, host_told_ms)
     VALUES ($1, $2, $3, NULL, $4, NULL)
     ON CONFLICT (tenant_id, user_id) DO NOTHING",
);

static UPDATE_USE: Sql = Sql::new(
    "guest_account.update_use",
    "UPDATE guest_account SET last_used_day_ms = $3
      WHERE tenant_id = $1 AND user_id = $2 AND last_used_day_ms < $3",
);

static RENEW: Sql = Sql::new(
    "guest_account.renew",
    "UPDATE guest_account SET renewed_ms = $3, last_used_day_ms = $4, host_told_ms = NULL
      WHERE tenant_id = $1 AND user_id = $2",
);

static UPDATE_TOLD: Sql = Sql::new(
    "guest_account.update_told",
    "UPDATE guest_account SET host_told_ms = $3 WHERE tenant_id = $1 AND user_id = $2",
);

static DELETE: Sql = Sql::new(
    "guest_account.delete",
    "DELETE FROM guest_account WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&LIST, &FIND, &INSERT, &UPDATE_USE, &RENEW, &UPDATE_TOLD, &DELETE];

/// Every guest whose account is not closed, in order of user id.
pub fn list_guests(tx: &mut Tx<'_>) -> Result<Vec<GuestRow>> {
    tx.query(&LIST, &[], GuestRow::from_row)
}

/// One of them; `None` for everybody else.
pub fn find_guest(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<GuestRow>> {
    tx.query_opt(&FIND, &[user.into()], GuestRow::from_row)
}

/// Notes who invited a guest, and that she was here on the day that starts at `day`. What is noted
/// already stays.
pub fn insert_guest(
    tx: &mut Tx<'_>,
    user: &UserId,
    host: Option<&UserId>,
    day: Timestamp,
) -> Result<()> {
    let host = host.map(UserId::as_str);
    tx.execute(&INSERT, &[user.into(), host.into(), day.into()]).map(drop)
}

/// Notes that somebody was here on the day that starts at `day`, if she is a guest; never goes back.
pub fn update_guest_use(tx: &mut Tx<'_>, user: &UserId, day: Timestamp) -> Result<()> {
    tx.execute(&UPDATE_USE, &[user.into(), day.into()]).map(drop)
}

/// Lets the time of a guest begin anew at `now`, on the day that starts at `day`.
pub fn renew_guest(
    tx: &mut Tx<'_>,
    user: &UserId,
    (now, day): (Timestamp, Timestamp),
) -> Result<()> {
    tx.execute(&RENEW, &[user.into(), now.into(), day.into()]).map(drop)
}

/// Notes that the host of a guest was told that her time ends.
pub fn update_host_told(tx: &mut Tx<'_>, user: &UserId, at: Timestamp) -> Result<()> {
    tx.execute(&UPDATE_TOLD, &[user.into(), at.into()]).map(drop)
}

/// Forgets what is kept of a guest.
pub fn delete_guest(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()]).map(drop)
}
