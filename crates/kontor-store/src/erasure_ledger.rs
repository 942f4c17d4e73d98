//! The erasure ledger: what a restored backup must not bring back. law: R-233

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Number, counted up from 1.
    pub seq: i64,
    /// What was done, in the words of kontor-ledger.
    pub kind: String,
    /// Tombstone, or the key of a rule.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// What was older went.
    pub cutoff: Option<Timestamp>,
    /// The period that was applied, in milliseconds.
    pub period_ms: Option<i64>,
    /// When a hold ends.
    pub until: Option<Timestamp>,
    /// What else a hold says, encrypted by kontor-ledger.
    pub details: Option<Vec<u8>>,
}

impl LedgerRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            seq: row.int(0)?,
            kind: row.text(1)?,
            subject: row.text(2)?,
            at: row.time(3)?,
            cutoff: row.opt_time(4)?,
            period_ms: row.opt_int(5)?,
            until: row.opt_time(6)?,
            details: row.opt_bytes(7)?,
        })
    }
}

static NEWEST: Sql = Sql::new(
    "erasure_ledger.newest",
    "SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM erasure_ledger WHERE tenant_id = $1",
);

static INSERT: Sql = Sql::new(
    "erasure_ledger.insert",
    "INSERT INTO erasure_ledger (tenant_id, seq, kind, subject, at_ms, cutoff_ms, period_ms,
                                 until_ms, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static LIST: Sql = Sql::new(
    "erasure_ledger.list",
    "SELECT seq, kind, subject, at_ms, cutoff_ms, period_ms, until_ms, details
       FROM erasure_ledger
      WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
);

static DELETE_BEFORE: Sql = Sql::new(
    "erasure_ledger.delete_before",
    "DELETE FROM erasure_ledger WHERE tenant_id = $1 AND seq <= $3 AND seq < COALESCE(
       (SELECT e.seq FROM erasure_ledger e
         WHERE e.tenant_id = $1 AND e.at_ms >= $2 ORDER BY e.seq LIMIT 1),
       (SELECT MAX(e.seq) FROM erasure_ledger e WHERE e.tenant_id = $1))",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&NEWEST, &INSERT, &LIST, &DELETE_BEFORE];

/// Number of the newest entry; 0 if there is none.
pub fn newest_seq(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one(&NEWEST, &[], |row| row.int(0))
}

/// Adds an entry under its number.
pub fn insert_entry(tx: &mut Tx<'_>, entry: &LedgerRow) -> Result<()> {
    let params = [
        entry.seq.into(),
        (&*entry.kind).into(),
        (&*entry.subject).into(),
        entry.at.into(),
        entry.cutoff.into(),
        entry.period_ms.into(),
        entry.until.into(),
        entry.details.as_deref().into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// Up to `limit` entries behind number `after`, oldest first.
pub fn list_entries(tx: &mut Tx<'_>, after: i64, limit: u16) -> Result<Vec<LedgerRow>> {
    tx.query(&LIST, &[after.into(), i64::from(limit).into()], LedgerRow::from_row)
}

/// Removes entries from before a time, up to number `upto`. The newest stays, so that no number is given
/// twice.
pub fn delete_entries_before(tx: &mut Tx<'_>, time: Timestamp, upto: i64) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into(), upto.into()])
}
