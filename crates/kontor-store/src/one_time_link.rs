//! Links that open something once: invitations, and new passwords. Stored as keyed hashes.

use std::time::Duration;

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

use crate::access_token::TokenHash;

/// How long an invitation that has run out is kept, so that whoever invited can do so again.
pub const EXPIRED_INVITATION_KEPT: Duration = Duration::from_hours(30 * 24);

/// One link.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// Names the link to administrators; opens nothing.
    pub link_id: String,
    /// What it opens; a word of the identity service.
    pub purpose: String,
    /// Whose account it opens; `None`: one that does not exist yet.
    pub user_id: Option<OwnedUserId>,
    /// JSON of the identity service.
    pub details: String,
    /// User id of whoever made it, or `operator`.
    pub created_by: String,
    /// When it was made.
    pub created: Timestamp,
    /// From then on it opens nothing.
    pub expires: Timestamp,
}

impl LinkRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            link_id: row.text(0)?,
            purpose: row.text(1)?,
            user_id: row.opt_id(2)?,
            details: row.sealed_text(3)?,
            created_by: row.text(4)?,
            created: row.time(5)?,
            expires: row.time(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "one_time_link.insert",
    "INSERT INTO one_time_link
       (tenant_id, token_hash, link_id, purpose, user_id, details, created_by, created_ms,
        expires_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static FIND: Sql = Sql::new(
    "one_time_link.find",
    "SELECT link_id, purpose, user_id, details, created_by, created_ms, expires_ms
       FROM one_time_link WHERE tenant_id = $1 AND token_hash = $2 AND expires_ms > $3",
);

static LIST: Sql = Sql::new(
    "one_time_link.list",
    "SELECT link_id, purpose, user_id, details, created_by, created_ms, expires_ms
       FROM one_time_link WHERE tenant_id = $1 AND expires_ms > $2 ORDER BY expires_ms, link_id",
);

static LIST_OF_USER: Sql = Sql::new(
    "one_time_link.list_of_user",
    "SELECT link_id, purpose, user_id, details, created_by, created_ms, expires_ms
       FROM one_time_link WHERE tenant_id = $1 AND user_id = $2 AND expires_ms > $3
      ORDER BY expires_ms, link_id",
);

static LIST_INVITATIONS: Sql = Sql::new(
    "one_time_link.list_invitations",
    "SELECT link_id, purpose, user_id, details, created_by, created_ms, expires_ms
       FROM one_time_link WHERE tenant_id = $1 AND expires_ms > $2 AND purpose = 'invitation'
      ORDER BY expires_ms DESC, link_id",
);

static SPEND: Sql = Sql::new(
    "one_time_link.spend",
    "DELETE FROM one_time_link WHERE tenant_id = $1 AND token_hash = $2 AND expires_ms > $3",
);

static DELETE_NAMED: Sql = Sql::new(
    "one_time_link.delete_named",
    "DELETE FROM one_time_link WHERE tenant_id = $1 AND expires_ms > $2 AND link_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "one_time_link.delete_of_user",
    "DELETE FROM one_time_link WHERE tenant_id = $1 AND user_id = $2",
);

static DELETE_OF_USER_FOR: Sql = Sql::new(
    "one_time_link.delete_of_user_for",
    "DELETE FROM one_time_link WHERE tenant_id = $1 AND user_id = $2 AND purpose = $3",
);

static NEWEST_OF_USER: Sql = Sql::new(
    "one_time_link.newest_of_user",
    "SELECT created_ms FROM one_time_link WHERE tenant_id = $1 AND user_id = $2 AND purpose = $3
      ORDER BY created_ms DESC LIMIT 1",
);

static DELETE_EXPIRED: Sql = Sql::new(
    "one_time_link.delete_expired",
    "DELETE FROM one_time_link
      WHERE tenant_id = $1 AND expires_ms <= $2 AND (purpose <> 'invitation' OR expires_ms <= $3)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &FIND,
    &LIST,
    &LIST_OF_USER,
    &LIST_INVITATIONS,
    &SPEND,
    &DELETE_NAMED,
    &DELETE_OF_USER,
    &DELETE_OF_USER_FOR,
    &NEWEST_OF_USER,
    &DELETE_EXPIRED,
];

/// Adds a link; those that have run out are removed on the way, invitations a while later.
pub fn insert_link(tx: &mut Tx<'_>, hash: &TokenHash, row: &LinkRow) -> Result<()> {
    tx.execute(&DELETE_EXPIRED, &[row.created.into(), invitations_kept_since(row.created).into()])?;
    tx.execute(
        &INSERT,
        &[
            hash.into(),
            (&row.link_id).into(),
            (&row.purpose).into(),
            row.user_id.as_ref().into(),
            Param::sealed(row.details.as_str()),
            (&row.created_by).into(),
            row.created.into(),
            row.expires.into(),
        ],
    )?;
    Ok(())
}

/// The link with this hash, if it opens anything at `now`.
pub fn find_link(tx: &mut Tx<'_>, hash: &TokenHash, now: Timestamp) -> Result<Option<LinkRow>> {
    tx.query_opt(&FIND, &[hash.into(), now.into()], LinkRow::from_row)
}

/// Every link that opens something at `now`, the one that ends first before others.
pub fn list_links(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<LinkRow>> {
    tx.query(&LIST, &[now.into()], LinkRow::from_row)
}

/// Every link to somebody's account that opens something at `now`.
pub fn list_links_of_user(tx: &mut Tx<'_>, user: &UserId, now: Timestamp) -> Result<Vec<LinkRow>> {
    tx.query(&LIST_OF_USER, &[user.into(), now.into()], LinkRow::from_row)
}

/// Every invitation that nobody has accepted, the one that ends last first; also those that have run
/// out, as long as they are kept.
pub fn list_invitations(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<LinkRow>> {
    tx.query(&LIST_INVITATIONS, &[invitations_kept_since(now).into()], LinkRow::from_row)
}

/// Uses a link; `false` if it is used or has run out.
pub fn spend_link(tx: &mut Tx<'_>, hash: &TokenHash, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&SPEND, &[hash.into(), now.into()])? > 0)
}

/// Takes a link back; `false` if it is used or not kept any more.
pub fn delete_named_link(tx: &mut Tx<'_>, link_id: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&DELETE_NAMED, &[invitations_kept_since(now).into(), link_id.into()])? > 0)
}

/// Invitations that ended before are forgotten at `now`.
fn invitations_kept_since(now: Timestamp) -> Timestamp {
    let kept_ms = i64::try_from(EXPIRED_INVITATION_KEPT.as_millis()).unwrap_or(i64::MAX);
    Timestamp(now.0.saturating_sub(kept_ms))
}

/// Takes every link to somebody's account back.
pub fn delete_links_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    Ok(())
}

/// Takes every link to somebody's account back that opens this.
pub fn delete_links_of_user_for(tx: &mut Tx<'_>, user: &UserId, purpose: &str) -> Result<()> {
    tx.execute(&DELETE_OF_USER_FOR, &[user.into(), purpose.into()])?;
    Ok(())
}

/// When the newest link of somebody was made that opens this and was not used.
pub fn newest_link_of_user(
    tx: &mut Tx<'_>,
    user: &UserId,
    purpose: &str,
) -> Result<Option<Timestamp>> {
    tx.query_opt(&NEWEST_OF_USER, &[user.into(), purpose.into()], |row| row.time(0))
}
