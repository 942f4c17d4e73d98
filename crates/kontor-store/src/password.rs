//! Password hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Sql, Tx};
use ruma::UserId;

static UPSERT: Sql = Sql::new(
    "password.upsert",
    "INSERT INTO password (tenant_id, user_id, hash, changed_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET hash = excluded.hash, changed_ms = excluded.changed_ms",
);

static FIND: Sql =
    Sql::new("password.find", "SELECT hash FROM password WHERE tenant_id = $1 AND user_id = $2");

static DELETE: Sql =
    Sql::new("password.delete", "DELETE FROM password WHERE tenant_id = $1 AND user_id = $2");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &DELETE];

/// Sets an account's password to one with this hash (PHC string).
pub fn upsert_password(tx: &mut Tx<'_>, user: &UserId, hash: &str, at: Timestamp) -> Result<()> {
    tx.execute(&UPSERT, &[user.into(), Param::sealed(hash), at.into()])?;
    Ok(())
}

/// Hash (PHC string) of an account's password; `None`: it cannot sign in by password.
pub fn find_password(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<String>> {
    tx.query_opt(&FIND, &[user.into()], |row| row.sealed_text(0))
}

/// Takes an account's password away.
pub fn delete_password(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()])?;
    Ok(())
}
