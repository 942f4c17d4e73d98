//! Signatures over the audit log up to an entry.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// A signature over the log up to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheckpointRow {
    /// The entry's number.
    pub seq: i64,
    /// When it was signed.
    pub at: Timestamp,
    /// The entry's hash.
    pub hash: Vec<u8>,
    /// The signature, in base64.
    pub signature: String,
}

static NEWEST: Sql = Sql::new(
    "audit_checkpoint.newest",
    "SELECT seq, at_ms, hash, signature FROM audit_checkpoint
      WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1",
);

static INSERT: Sql = Sql::new(
    "audit_checkpoint.insert",
    "INSERT INTO audit_checkpoint (tenant_id, seq, at_ms, hash, signature)
     VALUES ($1, $2, $3, $4, $5)",
);

static LIST: Sql = Sql::new(
    "audit_checkpoint.list",
    "SELECT seq, at_ms, hash, signature FROM audit_checkpoint
      WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq",
);

static EXPIRE: Sql = Sql::new(
    "audit_checkpoint.expire",
    "DELETE FROM audit_checkpoint WHERE tenant_id = $1 AND seq >= $2 AND seq < $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&NEWEST, &INSERT, &LIST, &EXPIRE];

/// The newest one.
pub fn find_newest_audit_checkpoint(tx: &mut Tx<'_>) -> Result<Option<AuditCheckpointRow>> {
    tx.query_opt(&NEWEST, &[], from_row)
}

/// Adds one.
pub fn insert_audit_checkpoint(tx: &mut Tx<'_>, point: &AuditCheckpointRow) -> Result<()> {
    let params =
        [point.seq.into(), point.at.into(), (&point.hash).into(), (&point.signature).into()];
    tx.execute(&INSERT, &params)?;
    Ok(())
}

/// Those of the entries after number `after` up to `to`, oldest first.
pub fn list_audit_checkpoints(
    tx: &mut Tx<'_>,
    after: i64,
    to: i64,
) -> Result<Vec<AuditCheckpointRow>> {
    tx.query(&LIST, &[after.into(), to.into()], from_row)
}

/// Removes those of the entries from `from` to before `to`: with these entries gone, they vouch
/// for nothing.
pub fn expire_audit_checkpoints(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<u64> {
    tx.execute(&EXPIRE, &[from.into(), to.into()])
}

fn from_row(row: &Row<'_>) -> Result<AuditCheckpointRow> {
    Ok(AuditCheckpointRow {
        seq: row.int(0)?,
        at: row.time(1)?,
        hash: row.bytes(2)?,
        signature: row.text(3)?,
    })
}
