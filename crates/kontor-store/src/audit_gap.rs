//! Where entries of the audit log have expired.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// A stretch of expired entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditGapRow {
    /// Number of the first.
    pub from: i64,
    /// Number of the last.
    pub to: i64,
    /// When the newest of them were removed.
    pub at: Timestamp,
    /// How many there were of the classes A, B, C and D.
    pub counts: [i64; 4],
    /// Hash of the entry before the first.
    pub prev_hash: Vec<u8>,
    /// Hash of the last.
    pub last_hash: Vec<u8>,
    /// The signature, in base64.
    pub signature: String,
}

static FIND_ENDING: Sql = Sql::new(
    "audit_gap.find_ending",
    "SELECT from_seq, to_seq, at_ms, class_a, class_b, class_c, class_d, prev_hash, last_hash,
            signature
       FROM audit_gap WHERE tenant_id = $1 AND to_seq = $2",
);

static FIND_BEGINNING: Sql = Sql::new(
    "audit_gap.find_beginning",
    "SELECT from_seq, to_seq, at_ms, class_a, class_b, class_c, class_d, prev_hash, last_hash,
            signature
       FROM audit_gap WHERE tenant_id = $1 AND from_seq = $2",
);

static LIST: Sql = Sql::new(
    "audit_gap.list",
    "SELECT from_seq, to_seq, at_ms, class_a, class_b, class_c, class_d, prev_hash, last_hash,
            signature
       FROM audit_gap WHERE tenant_id = $1 AND to_seq > $2 AND to_seq <= $3 ORDER BY to_seq",
);

static INSERT: Sql = Sql::new(
    "audit_gap.insert",
    "INSERT INTO audit_gap (tenant_id, from_seq, to_seq, at_ms, class_a, class_b, class_c, class_d,
                            prev_hash, last_hash, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

static DELETE: Sql =
    Sql::new("audit_gap.delete", "DELETE FROM audit_gap WHERE tenant_id = $1 AND from_seq = $2");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&FIND_ENDING, &FIND_BEGINNING, &LIST, &INSERT, &DELETE];

/// The gap whose last entry had this number.
pub fn find_audit_gap_ending(tx: &mut Tx<'_>, to: i64) -> Result<Option<AuditGapRow>> {
    tx.query_opt(&FIND_ENDING, &[to.into()], from_row)
}

/// The gap whose first entry had this number.
pub fn find_audit_gap_beginning(tx: &mut Tx<'_>, from: i64) -> Result<Option<AuditGapRow>> {
    tx.query_opt(&FIND_BEGINNING, &[from.into()], from_row)
}

/// Gaps that end after number `after` and not after `to`, oldest first.
pub fn list_audit_gaps(tx: &mut Tx<'_>, after: i64, to: i64) -> Result<Vec<AuditGapRow>> {
    tx.query(&LIST, &[after.into(), to.into()], from_row)
}

/// Adds a gap.
pub fn insert_audit_gap(tx: &mut Tx<'_>, gap: &AuditGapRow) -> Result<()> {
    let [a, b, c, d] = gap.counts;
    tx.execute(
        &INSERT,
        &[
            gap.from.into(),
            gap.to.into(),
            gap.at.into(),
            a.into(),
            b.into(),
            c.into(),
            d.into(),
            (&gap.prev_hash).into(),
            (&gap.last_hash).into(),
            (&gap.signature).into(),
        ],
    )?;
    Ok(())
}

/// Removes a gap, because a wider one takes its place.
pub fn delete_audit_gap(tx: &mut Tx<'_>, from: i64) -> Result<()> {
    tx.execute(&DELETE, &[from.into()])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<AuditGapRow> {
    Ok(AuditGapRow {
        from: row.int(0)?,
        to: row.int(1)?,
        at: row.time(2)?,
        counts: [row.int(3)?, row.int(4)?, row.int(5)?, row.int(6)?],
        prev_hash: row.bytes(7)?,
        last_hash: row.bytes(8)?,
        signature: row.text(9)?,
    })
}
