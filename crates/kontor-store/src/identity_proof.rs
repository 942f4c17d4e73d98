//! How sure the organisation is who somebody is.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// The proof of one person's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRow {
    /// Whose.
    pub user_id: OwnedUserId,
    /// 1 to 3; see `kontor_identity::ProofMethod`. 0: an earlier proof is over, and `method` says why.
    pub level: i64,
    /// How it was proved, as a word.
    pub method: String,
    /// When.
    pub proved: Timestamp,
    /// User id of whoever checked, or `operator`.
    pub proved_by: String,
    /// What was checked, in the words of whoever did; no copy of a document.
    pub reason: String,
}

impl ProofRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.id(0)?,
            level: row.int(1)?,
            method: row.text(2)?,
            proved: row.time(3)?,
            proved_by: row.text(4)?,
            reason: row.sealed_text(5)?,
        })
    }
}

static UPSERT: Sql = Sql::new(
    "identity_proof.upsert",
    "INSERT INTO identity_proof (tenant_id, user_id, level, method, proved_ms, proved_by, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET level = excluded.level, method = excluded.method, proved_ms = excluded.proved_ms,
            proved_by = excluded.proved_by, reason = excluded.reason",
);

static DELETE: Sql = Sql::new(
    "identity_proof.delete",
    "DELETE FROM identity_proof WHERE tenant_id = $1 AND user_id = $2",
);

static FIND: Sql = Sql::new(
    "identity_proof.find",
    "SELECT user_id, level, method, proved_ms, proved_by, reason FROM identity_proof
      WHERE tenant_id = $1 AND user_id = $2",
);

static LEVELS: Sql = Sql::new(
    "identity_proof.levels",
    "SELECT a.user_id, COALESCE(p.level, 0),
            EXISTS (SELECT 1 FROM account_role r
                     WHERE r.tenant_id = a.tenant_id AND r.user_id = a.user_id
                       AND r.role = 'guest')
       FROM account a
       LEFT JOIN identity_proof p ON p.tenant_id = a.tenant_id AND p.user_id = a.user_id
      WHERE a.tenant_id = $1 AND a.user_id IN {in}",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &DELETE, &FIND, &LEVELS];

/// Records a proof; it replaces an earlier one.
pub fn upsert_proof(tx: &mut Tx<'_>, row: &ProofRow) -> Result<()> {
    let params = [
        (&row.user_id).into(),
        row.level.into(),
        (&*row.method).into(),
        row.proved.into(),
        (&*row.proved_by).into(),
        Param::sealed(row.reason.as_bytes()),
    ];
    tx.execute(&UPSERT, &params).map(drop)
}

/// Forgets a proof.
pub fn delete_proof(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()]).map(drop)
}

/// The proof of one person's identity.
pub fn find_proof(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<ProofRow>> {
    tx.query_opt(&FIND, &[user.into()], ProofRow::from_row)
}

/// Level of proof (0: none) and whether they are guests, of those of `users` who have an account.
pub fn list_levels(
    tx: &mut Tx<'_>,
    users: &[OwnedUserId],
) -> Result<Vec<(OwnedUserId, i64, bool)>> {
    let users: Vec<Param<'_>> = users.iter().map(Into::into).collect();
    tx.query_in(&LEVELS, &[], &users, |row| Ok((row.id(0)?, row.int(1)?, row.bool(2)?)))
}
