//! Who is signed in with a browser. The cookie is stored as a keyed hash only.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

use crate::access_token::TokenHash;

/// A person signed in with a browser.
#[derive(Clone, Debug)]
pub struct BrowserSessionRow {
    /// Names the session to its owner; proves nothing.
    pub session_id: String,
    /// Who.
    pub user_id: OwnedUserId,
    /// How far she has come; a word of the identity service.
    pub stage: String,
    /// What she has shown; words of the identity service, apart by spaces.
    pub methods: String,
    /// When it began.
    pub created: Timestamp,
    /// When she last showed who she is.
    pub authenticated: Timestamp,
    /// When it was last used, to the minute.
    pub last_used: Timestamp,
}

/// What one look-up tells about a cookie.
#[derive(Clone, Debug)]
pub struct HeldSessionRow {
    /// The session.
    pub session: BrowserSessionRow,
    /// The owner's account is closed, or she is shut out for a while.
    pub shut: bool,
    /// The owner reads only.
    pub suspended: bool,
}

impl BrowserSessionRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            session_id: row.text(0)?,
            user_id: row.id(1)?,
            stage: row.text(2)?,
            methods: row.text(3)?,
            created: row.time(4)?,
            authenticated: row.time(5)?,
            last_used: row.time(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "browser_session.insert",
    "INSERT INTO browser_session
       (tenant_id, token_hash, session_id, user_id, stage, methods, created_ms, authenticated_ms,
        last_used_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static FIND: Sql = Sql::new(
    "browser_session.find",
    "SELECT s.session_id, s.user_id, s.stage, s.methods, s.created_ms, s.authenticated_ms,
            s.last_used_ms, COALESCE(a.deactivated_ms, a.locked_ms), a.suspended_ms
       FROM browser_session s
       JOIN account a ON a.tenant_id = s.tenant_id AND a.user_id = s.user_id
      WHERE s.tenant_id = $1 AND s.token_hash = $2",
);

static LIST_OF_USER: Sql = Sql::new(
    "browser_session.list_of_user",
    "SELECT session_id, user_id, stage, methods, created_ms, authenticated_ms, last_used_ms
       FROM browser_session WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_ms, session_id",
);

static UPDATE_USE: Sql = Sql::new(
    "browser_session.update_use",
    "UPDATE browser_session SET last_used_ms = $3 WHERE tenant_id = $1 AND token_hash = $2",
);

static RENEW: Sql = Sql::new(
    "browser_session.renew",
    "UPDATE browser_session
        SET token_hash = $3, stage = $4, methods = $5, authenticated_ms = $6, last_used_ms = $7
      WHERE tenant_id = $1 AND token_hash = $2",
);

static DELETE: Sql = Sql::new(
    "browser_session.delete",
    "DELETE FROM browser_session WHERE tenant_id = $1 AND token_hash = $2",
);

static DELETE_NAMED: Sql = Sql::new(
    "browser_session.delete_named",
    "DELETE FROM browser_session WHERE tenant_id = $1 AND user_id = $2 AND session_id = $3",
);

static DELETE_BUT: Sql = Sql::new(
    "browser_session.delete_but",
    "DELETE FROM browser_session WHERE tenant_id = $1 AND user_id = $2 AND session_id <> $3",
);

static DELETE_UNUSED: Sql = Sql::new(
    "browser_session.delete_unused",
    "DELETE FROM browser_session WHERE tenant_id = $1 AND last_used_ms < $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &FIND,
    &LIST_OF_USER,
    &UPDATE_USE,
    &RENEW,
    &DELETE,
    &DELETE_NAMED,
    &DELETE_BUT,
    &DELETE_UNUSED,
];

/// Adds a session.
pub fn insert_browser_session(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    row: &BrowserSessionRow,
) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            hash.into(),
            (&row.session_id).into(),
            (&row.user_id).into(),
            (&row.stage).into(),
            (&row.methods).into(),
            row.created.into(),
            row.authenticated.into(),
            row.last_used.into(),
        ],
    )?;
    Ok(())
}

/// The session of a cookie.
pub fn find_browser_session(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<HeldSessionRow>> {
    tx.query_opt(&FIND, &[hash.into()], |row| {
        Ok(HeldSessionRow {
            session: BrowserSessionRow::from_row(row)?,
            shut: row.opt_int(7)?.is_some(),
            suspended: row.opt_int(8)?.is_some(),
        })
    })
}

/// A person's sessions, oldest first.
pub fn list_browser_sessions(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<BrowserSessionRow>> {
    tx.query(&LIST_OF_USER, &[user.into()], BrowserSessionRow::from_row)
}

/// Notes that a session was used.
pub fn update_browser_session_use(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    minute: Timestamp,
) -> Result<()> {
    tx.execute(&UPDATE_USE, &[hash.into(), minute.into()])?;
    Ok(())
}

/// Gives the session of `old` another cookie and what changed with it: stage, methods,
/// `authenticated` and `last_used` of `row`. `false` if it has ended.
pub fn renew_browser_session(
    tx: &mut Tx<'_>,
    old: &TokenHash,
    new: &TokenHash,
    row: &BrowserSessionRow,
) -> Result<bool> {
    let changed = tx.execute(
        &RENEW,
        &[
            old.into(),
            new.into(),
            (&row.stage).into(),
            (&row.methods).into(),
            row.authenticated.into(),
            row.last_used.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Ends the session of a cookie.
pub fn delete_browser_session(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<()> {
    tx.execute(&DELETE, &[hash.into()])?;
    Ok(())
}

/// Ends one session of a person; `false` if there is none of that name.
pub fn delete_named_browser_session(
    tx: &mut Tx<'_>,
    user: &UserId,
    session_id: &str,
) -> Result<bool> {
    Ok(tx.execute(&DELETE_NAMED, &[user.into(), session_id.into()])? > 0)
}

/// Ends a person's sessions but the one named (`""`: all of them); answers how many.
pub fn delete_browser_sessions_but(
    tx: &mut Tx<'_>,
    user: &UserId,
    session_id: &str,
) -> Result<u64> {
    tx.execute(&DELETE_BUT, &[user.into(), session_id.into()])
}

/// Ends all sessions last used before `before`.
pub fn delete_unused_browser_sessions(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(&DELETE_UNUSED, &[before.into()])?;
    Ok(())
}
