//! Hashes of passwords that a person has had, so that she does not take one of them again.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Sql, Tx};
use ruma::UserId;

static INSERT: Sql = Sql::new(
    "former_password.insert",
    "INSERT INTO former_password (tenant_id, user_id, replaced_ms, hash)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, replaced_ms) DO NOTHING",
);

static LIST: Sql = Sql::new(
    "former_password.list",
    "SELECT hash, replaced_ms FROM former_password WHERE tenant_id = $1 AND user_id = $2
      ORDER BY replaced_ms DESC",
);

static DELETE_BEFORE: Sql = Sql::new(
    "former_password.delete_before",
    "DELETE FROM former_password WHERE tenant_id = $1 AND user_id = $2 AND replaced_ms < $3",
);

static DELETE: Sql = Sql::new(
    "former_password.delete",
    "DELETE FROM former_password WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &LIST, &DELETE_BEFORE, &DELETE];

/// Remembers the hash of a password replaced at `at`, and forgets all but the newest `kept`.
pub fn remember_password(
    tx: &mut Tx<'_>,
    user: &UserId,
    hash: &str,
    (at, kept): (Timestamp, usize),
) -> Result<()> {
    tx.execute(&INSERT, &[user.into(), at.into(), Param::sealed(hash)])?;
    let times = tx.query(&LIST, &[user.into()], |row| row.time(1))?;
    if let Some(oldest) = kept.checked_sub(1).and_then(|last| times.get(last)) {
        tx.execute(&DELETE_BEFORE, &[user.into(), (*oldest).into()])?;
    }
    Ok(())
}

/// Hashes of a person's former passwords, newest first.
pub fn list_former_passwords(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<String>> {
    tx.query(&LIST, &[user.into()], |row| row.sealed_text(0))
}

/// Forgets a person's former passwords.
pub fn delete_former_passwords(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()])?;
    Ok(())
}
