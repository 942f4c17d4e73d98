//! Failed log-ins in a row, per account and per unknown name alike.

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};

/// Failures of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// How many in a row.
    pub failures: i64,
    /// When the last one was.
    pub last: Timestamp,
}

static UPSERT: Sql = Sql::new(
    "login_failure.upsert",
    "INSERT INTO login_failure (tenant_id, subject, failures, last_ms) VALUES ($1, $2, 1, $3)
     ON CONFLICT (tenant_id, subject) DO UPDATE
        SET failures = login_failure.failures + 1, last_ms = excluded.last_ms",
);

static FIND: Sql = Sql::new(
    "login_failure.find",
    "SELECT failures, last_ms FROM login_failure WHERE tenant_id = $1 AND subject = $2",
);

static DELETE: Sql = Sql::new(
    "login_failure.delete",
    "DELETE FROM login_failure WHERE tenant_id = $1 AND subject = $2",
);

static DELETE_OLD: Sql = Sql::new(
    "login_failure.delete_old",
    "DELETE FROM login_failure WHERE tenant_id = $1 AND last_ms < $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &DELETE, &DELETE_OLD];

/// Counts one more failure of `subject`, the keyed hash of an account or of an unknown name.
pub fn upsert_login_failure(tx: &mut Tx<'_>, subject: &[u8; 32], at: Timestamp) -> Result<()> {
    tx.execute(&UPSERT, &[subject.into(), at.into()])?;
    Ok(())
}

/// Failures since the last success; `None`: none.
pub fn find_login_failure(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<Option<FailureRow>> {
    tx.query_opt(&FIND, &[subject.into()], |row| {
        Ok(FailureRow { failures: row.int(0)?, last: row.time(1)? })
    })
}

/// Forgets the failures of `subject`.
pub fn delete_login_failure(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<()> {
    tx.execute(&DELETE, &[subject.into()])?;
    Ok(())
}

/// Forgets all failures before `before`.
pub fn delete_old_login_failures(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(&DELETE_OLD, &[before.into()])?;
    Ok(())
}
