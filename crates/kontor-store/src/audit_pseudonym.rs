//! What people's pseudonyms in the audit log are made with.

use kontor_core::Result;
use kontor_db::{Param, Sql, Tx};

static FIND: Sql = Sql::new(
    "audit_pseudonym.find",
    "SELECT secret FROM audit_pseudonym WHERE tenant_id = $1 AND person = $2",
);

static INSERT: Sql = Sql::new(
    "audit_pseudonym.insert",
    "INSERT INTO audit_pseudonym (tenant_id, person, secret) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, person) DO NOTHING",
);

static DELETE: Sql = Sql::new(
    "audit_pseudonym.delete",
    "DELETE FROM audit_pseudonym WHERE tenant_id = $1 AND person = $2",
);

/// All statements of this table.
pub(crate) static STATEMENTS: &[&Sql] = &[&FIND, &INSERT, &DELETE];

/// The secret of a person; `None` if the log says nothing of them, or they were erased.
pub fn find_pseudonym_secret(tx: &mut Tx<'_>, person: &[u8; 32]) -> Result<Option<Vec<u8>>> {
    tx.query_opt(&FIND, &[person.into()], |row| row.sealed(0))
}

/// Keeps the secret of a person, unless there is one.
pub fn insert_pseudonym_secret(tx: &mut Tx<'_>, person: &[u8; 32], secret: &[u8]) -> Result<()> {
    tx.execute(&INSERT, &[person.into(), Param::sealed(secret)]).map(drop)
}

/// Destroys the secret of a person: nobody can tell any more whose their pseudonyms are.
pub fn delete_pseudonym_secret(tx: &mut Tx<'_>, person: &[u8; 32]) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[person.into()])? > 0)
}
