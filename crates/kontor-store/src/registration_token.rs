//! Registration tokens: who holds one may create an account. Stored as keyed hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};

use crate::access_token::TokenHash;

static INSERT: Sql = Sql::new(
    "registration_token.insert",
    "INSERT INTO registration_token (tenant_id, token_hash, uses_left, created_ms, expires_ms)
     VALUES ($1, $2, $3, $4, $5)",
);

static FIND_USABLE: Sql = Sql::new(
    "registration_token.find_usable",
    "SELECT created_ms FROM registration_token
      WHERE tenant_id = $1 AND token_hash = $2
        AND (uses_left IS NULL OR uses_left > 0)
        AND (expires_ms IS NULL OR expires_ms > $3)",
);

static SPEND: Sql = Sql::new(
    "registration_token.spend",
    "UPDATE registration_token SET uses_left = uses_left - 1
      WHERE tenant_id = $1 AND token_hash = $2
        AND (uses_left IS NULL OR uses_left > 0)
        AND (expires_ms IS NULL OR expires_ms > $3)",
);

static DELETE_DEAD: Sql = Sql::new(
    "registration_token.delete_dead",
    "DELETE FROM registration_token
      WHERE tenant_id = $1 AND (uses_left <= 0 OR expires_ms <= $2)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &FIND_USABLE, &SPEND, &DELETE_DEAD];

/// Adds a token for `uses` accounts (`None`: any number) until `expires` (`None`: for ever).
/// Used-up and expired ones are removed on the way.
pub fn insert_registration_token(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    uses: Option<u32>,
    (now, expires): (Timestamp, Option<Timestamp>),
) -> Result<()> {
    tx.execute(&DELETE_DEAD, &[now.into()])?;
    tx.execute(&INSERT, &[hash.into(), uses.into(), now.into(), expires.into()])?;
    Ok(())
}

/// Whether an account could be created with this token now.
pub fn is_registration_token_usable(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.query_opt(&FIND_USABLE, &[hash.into(), now.into()], |row| row.int(0))?.is_some())
}

/// Uses a token once; `false` if it cannot be used any more.
pub fn spend_registration_token(tx: &mut Tx<'_>, hash: &TokenHash, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&SPEND, &[hash.into(), now.into()])? > 0)
}
