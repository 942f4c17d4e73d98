//! Accounts: who may sign in.

use kontor_core::{Error, MatrixCode, Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// One account.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// Matrix user id.
    pub user_id: OwnedUserId,
    /// Name typed at sign-in; `None`: only the user id.
    pub login_name: Option<String>,
    /// Holds an office: a role beside those of users and guests.
    pub admin: bool,
    /// When it was created.
    pub created: Timestamp,
    /// When it was deactivated; `None`: active.
    pub deactivated: Option<Timestamp>,
    /// Since when its owner reads only; `None`: she does not.
    pub suspended: Option<Timestamp>,
    /// Since when its owner is shut out; `None`: she is not.
    pub locked: Option<Timestamp>,
}

impl AccountRow {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.id(0)?,
            login_name: row.opt_sealed_text(1)?,
            created: row.time(2)?,
            deactivated: row.opt_time(3)?,
            suspended: row.opt_time(4)?,
            locked: row.opt_time(5)?,
            admin: row.bool(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "account.insert",
    "INSERT INTO account
       (tenant_id, user_id, login_key, login_name, admin, created_ms, deactivated_ms)
     VALUES ($1, $2, $3, $4, FALSE, $5, NULL)",
);

static FIND: Sql = Sql::new(
    "account.find",
    "SELECT a.user_id, a.login_name, a.created_ms, a.deactivated_ms, a.suspended_ms, a.locked_ms,
            EXISTS (SELECT 1 FROM account_role r
                     WHERE r.tenant_id = a.tenant_id AND r.user_id = a.user_id
                       AND r.role <> 'guest')
       FROM account a
      WHERE a.tenant_id = $1 AND a.user_id = $2",
);

static FIND_BY_LOGIN: Sql = Sql::new(
    "account.find_by_login",
    "SELECT a.user_id, a.login_name, a.created_ms, a.deactivated_ms, a.suspended_ms, a.locked_ms,
            EXISTS (SELECT 1 FROM account_role r
                     WHERE r.tenant_id = a.tenant_id AND r.user_id = a.user_id
                       AND r.role <> 'guest')
       FROM account a
      WHERE a.tenant_id = $1 AND a.login_key = $2",
);

static LIST: Sql = Sql::new(
    "account.list",
    "SELECT a.user_id, a.login_name, a.created_ms, a.deactivated_ms, a.suspended_ms, a.locked_ms,
            EXISTS (SELECT 1 FROM account_role r
                     WHERE r.tenant_id = a.tenant_id AND r.user_id = a.user_id
                       AND r.role <> 'guest')
       FROM account a
      WHERE a.tenant_id = $1 AND a.user_id > $2 ORDER BY a.user_id LIMIT $3",
);

static UPDATE_STATE: Sql = Sql::new(
    "account.update_state",
    "UPDATE account SET suspended_ms = $3, locked_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND deactivated_ms IS NULL",
);

static DEACTIVATE: Sql = Sql::new(
    "account.deactivate",
    "UPDATE account SET deactivated_ms = $3, login_key = NULL, login_name = NULL,
                    suspended_ms = NULL, locked_ms = NULL
      WHERE tenant_id = $1 AND user_id = $2 AND deactivated_ms IS NULL",
);

static CLOSED_BEFORE: Sql = Sql::new(
    "account.closed_before",
    "SELECT user_id FROM account
      WHERE tenant_id = $1 AND deactivated_ms IS NOT NULL AND deactivated_ms < $2
      ORDER BY deactivated_ms LIMIT $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&INSERT, &FIND, &FIND_BY_LOGIN, &LIST, &UPDATE_STATE, &DEACTIVATE, &CLOSED_BEFORE];

/// Adds an account. `login_key` is the keyed hash of `account.login_name`.
///
/// # Errors
/// `Conflict` (`M_USER_IN_USE`) if the user id or the login name is taken, also by a deactivated
/// account: a user id is never given twice.
pub fn insert_account(
    tx: &mut Tx<'_>,
    account: &AccountRow,
    login_key: Option<&[u8; 32]>,
) -> Result<()> {
    let login_taken = match login_key {
        Some(key) => find_account_by_login(tx, key)?.is_some(),
        None => false,
    };
    if login_taken || find_account(tx, &account.user_id)?.is_some() {
        return Err(Error::conflict(MatrixCode::UserInUse, "This user name is taken."));
    }
    tx.execute(
        &INSERT,
        &[
            (&account.user_id).into(),
            login_key.into(),
            Param::opt_sealed(account.login_name.as_deref()),
            account.created.into(),
        ],
    )?;
    Ok(())
}

/// The account of a user id.
pub fn find_account(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<AccountRow>> {
    tx.query_opt(&FIND, &[user.into()], AccountRow::from_row)
}

/// The account whose login name has this keyed hash.
pub fn find_account_by_login(tx: &mut Tx<'_>, login_key: &[u8; 32]) -> Result<Option<AccountRow>> {
    tx.query_opt(&FIND_BY_LOGIN, &[login_key.into()], AccountRow::from_row)
}

/// Up to `limit` accounts after user id `after` (`""`: from the start), in order of user id,
/// deactivated ones included.
pub fn list_accounts(tx: &mut Tx<'_>, after: &str, limit: u16) -> Result<Vec<AccountRow>> {
    tx.query(&LIST, &[after.into(), limit.into()], AccountRow::from_row)
}

/// Sets since when the owner of an account reads only, and since when she is shut out; `false` if it
/// is closed or not there.
pub fn update_account_state(
    tx: &mut Tx<'_>,
    user: &UserId,
    suspended: Option<Timestamp>,
    locked: Option<Timestamp>,
) -> Result<bool> {
    Ok(tx.execute(&UPDATE_STATE, &[user.into(), suspended.into(), locked.into()])? > 0)
}

/// Closes an account for good and erases its login name; `false` if it was closed or never there.
pub fn deactivate_account(tx: &mut Tx<'_>, user: &UserId, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&DEACTIVATE, &[user.into(), at.into()])? > 0)
}

/// Up to `limit` accounts that were closed before a time, the longest first.
pub fn list_closed_before(
    tx: &mut Tx<'_>,
    time: Timestamp,
    limit: u16,
) -> Result<Vec<OwnedUserId>> {
    tx.query(&CLOSED_BEFORE, &[time.into(), limit.into()], |row| row.id(0))
}
