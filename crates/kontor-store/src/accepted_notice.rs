//! Which version of the privacy notice (Datenschutzhinweis) a person has accepted, and when.

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};
use ruma::UserId;

static INSERT: Sql = Sql::new(
    "accepted_notice.insert",
    "INSERT INTO accepted_notice (tenant_id, user_id, version, accepted_ms)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, version) DO NOTHING",
);

static LIST: Sql = Sql::new(
    "accepted_notice.list",
    "SELECT version, accepted_ms FROM accepted_notice WHERE tenant_id = $1 AND user_id = $2
      ORDER BY accepted_ms, version",
);

static DELETE: Sql = Sql::new(
    "accepted_notice.delete",
    "DELETE FROM accepted_notice WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &LIST, &DELETE];

/// Notes that a person has accepted a version; the first time counts.
pub fn insert_accepted_notice(
    tx: &mut Tx<'_>,
    user: &UserId,
    version: &str,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&INSERT, &[user.into(), version.into(), at.into()])?;
    Ok(())
}

/// Versions a person has accepted, oldest first.
pub fn list_accepted_notices(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<(String, Timestamp)>> {
    tx.query(&LIST, &[user.into()], |row| Ok((row.text(0)?, row.time(1)?)))
}

/// Forgets what a person has accepted.
pub fn delete_accepted_notices(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()])?;
    Ok(())
}
