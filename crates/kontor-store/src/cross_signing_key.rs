//! Cross-signing keys of people.

use kontor_core::Result;
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// One cross-signing key.
#[derive(Clone, Debug)]
pub struct CrossSigningKeyRow {
    /// Owner.
    pub user_id: OwnedUserId,
    /// `master`, `self_signing` or `user_signing`.
    pub usage: String,
    /// Public key in unpadded Base64; names the key.
    pub public_key: String,
    /// Canonical JSON with all signatures everybody may see.
    pub json: String,
}

impl CrossSigningKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.id(0)?,
            usage: row.text(1)?,
            public_key: row.text(2)?,
            json: row.text(3)?,
        })
    }
}

static UPSERT: Sql = Sql::new(
    "cross_signing_key.upsert",
    "INSERT INTO cross_signing_key (tenant_id, user_id, usage, public_key, json)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, user_id, usage) DO UPDATE
        SET public_key = excluded.public_key, json = excluded.json",
);

static LIST_OF_USERS: Sql = Sql::new(
    "cross_signing_key.list_of_users",
    "SELECT user_id, usage, public_key, json FROM cross_signing_key
      WHERE tenant_id = $1 AND user_id IN {in}",
);

static DELETE_OF_USER: Sql = Sql::new(
    "cross_signing_key.delete_of_user",
    "DELETE FROM cross_signing_key WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &LIST_OF_USERS, &DELETE_OF_USER];

/// Stores a key, replacing the older one of the same user and usage.
pub fn upsert_cross_signing_key(tx: &mut Tx<'_>, key: &CrossSigningKeyRow) -> Result<()> {
    let params =
        [(&key.user_id).into(), (&key.usage).into(), (&key.public_key).into(), (&key.json).into()];
    tx.execute(&UPSERT, &params).map(drop)
}

/// The keys of the users, in no order.
pub fn list_cross_signing_keys(
    tx: &mut Tx<'_>,
    users: &[Param<'_>],
) -> Result<Vec<CrossSigningKeyRow>> {
    tx.query_in(&LIST_OF_USERS, &[], users, CrossSigningKeyRow::from_row)
}

/// Removes the keys of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
