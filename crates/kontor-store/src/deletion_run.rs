//! Runs of deletion rules: what each has removed, in numbers. law: R-111

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// One rule on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Number, counted up.
    pub nid: i64,
    /// Key of the rule.
    pub rule: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` while it may still grow.
    pub ended: Option<Timestamp>,
    /// The period that was applied, in milliseconds.
    pub period_ms: i64,
    /// What was older than this went; the newest value of the run.
    pub cutoff: Timestamp,
    /// What went.
    pub removed: Removed,
    /// Attempts that failed.
    pub failures: i64,
    /// The signed statement, JSON.
    pub certificate: Option<String>,
}

/// What went, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows of what the rule is about: messages, state events, reports.
    pub objects: i64,
    /// Files.
    pub files: i64,
    /// Their bytes, before sealing.
    pub file_bytes: i64,
    /// Keys in people's backups.
    pub keys: i64,
    /// What left the rooms, but is held for a claim at law; not among `objects` and `files`.
    pub held: i64,
}

impl Removed {
    /// Nothing went.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.objects == 0 && self.files == 0 && self.keys == 0 && self.held == 0
    }

    /// Counts more.
    pub const fn add(&mut self, more: &Self) {
        self.objects += more.objects;
        self.files += more.files;
        self.file_bytes += more.file_bytes;
        self.keys += more.keys;
        self.held += more.held;
    }
}

impl RunRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            nid: row.int(0)?,
            rule: row.text(1)?,
            started: row.time(2)?,
            ended: row.opt_time(3)?,
            period_ms: row.int(4)?,
            cutoff: row.time(5)?,
            removed: Removed {
                objects: row.int(6)?,
                files: row.int(7)?,
                file_bytes: row.int(8)?,
                keys: row.int(9)?,
                held: row.int(12)?,
            },
            failures: row.int(10)?,
            certificate: row.opt_text(11)?,
        })
    }
}

static NEWEST_NID: Sql = Sql::new(
    "deletion_run.newest_nid",
    "SELECT CAST(COALESCE(MAX(run_nid), 0) AS BIGINT) FROM deletion_run WHERE tenant_id = $1",
);

static INSERT: Sql = Sql::new(
    "deletion_run.insert",
    "INSERT INTO deletion_run (tenant_id, run_nid, rule, started_ms, period_ms, cutoff_ms, objects,
                               files, file_bytes, keys, failures)
     VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0)",
);

static FIND: Sql = Sql::new(
    "deletion_run.find",
    "SELECT run_nid, rule, started_ms, ended_ms, period_ms, cutoff_ms, objects, files, file_bytes,
            keys, failures, certificate, held
       FROM deletion_run WHERE tenant_id = $1 AND run_nid = $2",
);

static FIND_OPEN: Sql = Sql::new(
    "deletion_run.find_open",
    "SELECT run_nid, rule, started_ms, ended_ms, period_ms, cutoff_ms, objects, files, file_bytes,
            keys, failures, certificate, held
       FROM deletion_run WHERE tenant_id = $1 AND rule = $2 AND ended_ms IS NULL",
);

static LIST: Sql = Sql::new(
    "deletion_run.list",
    "SELECT run_nid, rule, started_ms, ended_ms, period_ms, cutoff_ms, objects, files, file_bytes,
            keys, failures, certificate, held
       FROM deletion_run WHERE tenant_id = $1 AND run_nid < $2 ORDER BY run_nid DESC LIMIT $3",
);

static ADD: Sql = Sql::new(
    "deletion_run.add",
    "UPDATE deletion_run
        SET objects = objects + $3, files = files + $4, file_bytes = file_bytes + $5,
            keys = keys + $6, failures = failures + $7, cutoff_ms = $8, period_ms = $9,
            held = held + $10
      WHERE tenant_id = $1 AND run_nid = $2 AND ended_ms IS NULL",
);

static END: Sql = Sql::new(
    "deletion_run.end",
    "UPDATE deletion_run SET ended_ms = $3, certificate = $4
      WHERE tenant_id = $1 AND run_nid = $2 AND ended_ms IS NULL",
);

static DELETE_BEFORE: Sql = Sql::new(
    "deletion_run.delete_before",
    "DELETE FROM deletion_run WHERE tenant_id = $1 AND run_nid IN
       (SELECT r.run_nid FROM deletion_run r
         WHERE r.tenant_id = $1 AND r.ended_ms IS NOT NULL AND r.ended_ms < $2)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&NEWEST_NID, &INSERT, &FIND, &FIND_OPEN, &LIST, &ADD, &END, &DELETE_BEFORE];

/// The run of `rule` that is under way; begins one if there is none. Answers its number.
pub fn open_run(
    tx: &mut Tx<'_>,
    rule: &str,
    now: Timestamp,
    (period_ms, cutoff): (i64, Timestamp),
) -> Result<i64> {
    if let Some(run) = tx.query_opt(&FIND_OPEN, &[rule.into()], RunRow::from_row)? {
        return Ok(run.nid);
    }
    let nid = tx.query_one(&NEWEST_NID, &[], |row| row.int(0))? + 1;
    let params = [nid.into(), rule.into(), now.into(), period_ms.into(), cutoff.into()];
    tx.execute(&INSERT, &params)?;
    Ok(nid)
}

/// Counts what a step of a run has removed.
pub fn add_to_run(
    tx: &mut Tx<'_>,
    nid: i64,
    removed: &Removed,
    failures: i64,
    (period_ms, cutoff): (i64, Timestamp),
) -> Result<()> {
    let params = [
        nid.into(),
        removed.objects.into(),
        removed.files.into(),
        removed.file_bytes.into(),
        removed.keys.into(),
        failures.into(),
        cutoff.into(),
        period_ms.into(),
        removed.held.into(),
    ];
    tx.execute(&ADD, &params).map(drop)
}

/// The run with this number.
pub fn find_run(tx: &mut Tx<'_>, nid: i64) -> Result<Option<RunRow>> {
    tx.query_opt(&FIND, &[nid.into()], RunRow::from_row)
}

/// The run of `rule` that is under way.
pub fn find_open_run(tx: &mut Tx<'_>, rule: &str) -> Result<Option<RunRow>> {
    tx.query_opt(&FIND_OPEN, &[rule.into()], RunRow::from_row)
}

/// Up to `limit` runs before number `before`, newest first.
pub fn list_runs(tx: &mut Tx<'_>, before: i64, limit: u16) -> Result<Vec<RunRow>> {
    tx.query(&LIST, &[before.into(), i64::from(limit).into()], RunRow::from_row)
}

/// Ends a run with its certificate; `false` if it had ended.
pub fn end_run(tx: &mut Tx<'_>, nid: i64, now: Timestamp, certificate: &str) -> Result<bool> {
    Ok(tx.execute(&END, &[nid.into(), now.into(), certificate.into()])? > 0)
}

/// Removes runs that ended before a time.
pub fn delete_runs_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into()])
}
