//! Signatures over other people's master keys; only the signer sees them.

use kontor_core::Result;
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// One signature over another person's key.
#[derive(Clone, Debug)]
pub struct KeySignatureRow {
    /// Whose key was signed.
    pub target: OwnedUserId,
    /// Public key that was signed.
    pub target_key: String,
    /// Id of the signing key: `ed25519:…`.
    pub signing_key: String,
    /// Signature in unpadded Base64.
    pub signature: String,
}

impl KeySignatureRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            target: row.id(0)?,
            target_key: row.text(1)?,
            signing_key: row.text(2)?,
            signature: row.text(3)?,
        })
    }
}

static UPSERT: Sql = Sql::new(
    "key_signature.upsert",
    "INSERT INTO key_signature (tenant_id, signer, target, target_key, signing_key, signature)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, signer, target, target_key, signing_key) DO UPDATE
        SET signature = excluded.signature",
);

static LIST: Sql = Sql::new(
    "key_signature.list",
    "SELECT target, target_key, signing_key, signature FROM key_signature
      WHERE tenant_id = $1 AND signer = $2 AND target IN {in}",
);

static DELETE_BY_SIGNER: Sql = Sql::new(
    "key_signature.delete_by_signer",
    "DELETE FROM key_signature WHERE tenant_id = $1 AND signer = $2",
);

static DELETE_OF_USER: Sql = Sql::new(
    "key_signature.delete_of_user",
    "DELETE FROM key_signature WHERE tenant_id = $1 AND (signer = $2 OR target = $2)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &LIST, &DELETE_BY_SIGNER, &DELETE_OF_USER];

/// Stores a signature.
pub fn upsert_signature(tx: &mut Tx<'_>, signer: &UserId, row: &KeySignatureRow) -> Result<()> {
    let params = [
        signer.into(),
        (&row.target).into(),
        (&row.target_key).into(),
        (&row.signing_key).into(),
        (&row.signature).into(),
    ];
    tx.execute(&UPSERT, &params).map(drop)
}

/// The signatures of `signer` over keys of `targets`, in no order.
pub fn list_signatures(
    tx: &mut Tx<'_>,
    signer: &UserId,
    targets: &[Param<'_>],
) -> Result<Vec<KeySignatureRow>> {
    tx.query_in(&LIST, &[signer.into()], targets, KeySignatureRow::from_row)
}

/// Removes the signatures a user made, as when the signing key was replaced.
pub fn delete_by_signer(tx: &mut Tx<'_>, signer: &UserId) -> Result<()> {
    tx.execute(&DELETE_BY_SIGNER, &[signer.into()]).map(drop)
}

/// Removes the signatures a user made or received.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
