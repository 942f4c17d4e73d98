//! Sync filters that clients have defined.

use kontor_core::Result;
use kontor_db::{Param, Sql, Tx};
use ruma::UserId;

static INSERT: Sql = Sql::new(
    "filter.insert",
    "INSERT INTO filter (tenant_id, user_id, filter_nid, definition) VALUES ($1, $2, $3, $4)",
);

static LIST: Sql = Sql::new(
    "filter.list",
    "SELECT filter_nid, definition FROM filter
      WHERE tenant_id = $1 AND user_id = $2 ORDER BY filter_nid",
);

static FIND: Sql = Sql::new(
    "filter.find",
    "SELECT definition FROM filter WHERE tenant_id = $1 AND user_id = $2 AND filter_nid = $3",
);

static DELETE_OLDEST: Sql = Sql::new(
    "filter.delete_until",
    "DELETE FROM filter WHERE tenant_id = $1 AND user_id = $2 AND filter_nid <= $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &LIST, &FIND, &DELETE_OLDEST];

/// Filters kept per person; the oldest gives way to a new one.
const LIMIT: usize = 100;

/// Keeps a filter and answers its number; the same definition keeps its number.
pub fn keep_filter(tx: &mut Tx<'_>, user: &UserId, definition: &[u8]) -> Result<i64> {
    let known = tx.query(&LIST, &[user.into()], |row| Ok((row.int(0)?, row.sealed(1)?)))?;
    if let Some((nid, _)) = known.iter().find(|(_, kept)| kept == definition) {
        return Ok(*nid);
    }
    if let Some((oldest, _)) = known.first().filter(|_| known.len() >= LIMIT) {
        tx.execute(&DELETE_OLDEST, &[user.into(), (*oldest).into()])?;
    }
    let nid = known.last().map_or(1, |(newest, _)| newest + 1);
    tx.execute(&INSERT, &[user.into(), nid.into(), Param::sealed(definition)])?;
    Ok(nid)
}

/// The definition of a filter.
pub fn find_filter(tx: &mut Tx<'_>, user: &UserId, nid: i64) -> Result<Option<Vec<u8>>> {
    tx.query_opt(&FIND, &[user.into(), nid.into()], |row| row.sealed(0))
}
