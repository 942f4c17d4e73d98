//! Codes kept on paper for the day the second factor is lost. Stored as keyed hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};
use ruma::UserId;

use crate::access_token::TokenHash;

static INSERT: Sql = Sql::new(
    "recovery_code.insert",
    "INSERT INTO recovery_code (tenant_id, user_id, code_hash, created_ms)
     VALUES ($1, $2, $3, $4)",
);

static COUNT: Sql = Sql::new(
    "recovery_code.count",
    "SELECT COUNT(*) FROM recovery_code WHERE tenant_id = $1 AND user_id = $2",
);

static SPEND: Sql = Sql::new(
    "recovery_code.spend",
    "DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3",
);

static DELETE: Sql = Sql::new(
    "recovery_code.delete",
    "DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &COUNT, &SPEND, &DELETE];

/// Gives a person these codes instead of those before.
pub fn replace_recovery_codes(
    tx: &mut Tx<'_>,
    user: &UserId,
    hashes: &[TokenHash],
    at: Timestamp,
) -> Result<()> {
    delete_recovery_codes(tx, user)?;
    for hash in hashes {
        tx.execute(&INSERT, &[user.into(), hash.into(), at.into()])?;
    }
    Ok(())
}

/// How many codes a person has left.
pub fn count_recovery_codes(tx: &mut Tx<'_>, user: &UserId) -> Result<i64> {
    tx.query_one(&COUNT, &[user.into()], |row| row.int(0))
}

/// Uses a code; `false` if it is none, or used.
pub fn spend_recovery_code(tx: &mut Tx<'_>, user: &UserId, hash: &TokenHash) -> Result<bool> {
    Ok(tx.execute(&SPEND, &[user.into(), hash.into()])? > 0)
}

/// Removes all codes of a person.
pub fn delete_recovery_codes(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()])?;
    Ok(())
}
