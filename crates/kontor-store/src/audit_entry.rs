//! Entries of the audit log. They are written once; only their expiry removes them. law: R-190

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};

/// An entry. What its fields mean says `kontor-audit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntryRow {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// How long it is kept.
    pub class: String,
    /// What happened.
    pub action: String,
    /// What it is kept for.
    pub purpose: String,
    /// Who.
    pub actor: String,
    /// Whose account it was done to.
    pub object: Option<String>,
    /// A word from a list in the program.
    pub detail: Option<String>,
    /// How many.
    pub count: Option<i64>,
    /// The actor's reason.
    pub reason: Option<String>,
    /// How it ended.
    pub result: String,
    /// The entry that it takes back.
    pub of: Option<i64>,
    /// How far the clock stood before the entry before, in milliseconds.
    pub clock_back_ms: i64,
    /// Hash of the entry before.
    pub prev_hash: Vec<u8>,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The newest entry, as far as the next one must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// An entry whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiredRow {
    /// Its number.
    pub seq: i64,
    /// Hash of the entry before.
    pub prev_hash: Vec<u8>,
    /// Its hash.
    pub hash: Vec<u8>,
}

static HEAD: Sql = Sql::new(
    "audit_entry.head",
    "SELECT seq, at_ms, hash FROM audit_entry WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1",
);

static INSERT: Sql = Sql::new(
    "audit_entry.insert",
    "INSERT INTO audit_entry (tenant_id, seq, at_ms, class, action, purpose, actor, object, detail,
                              amount, reason, result, of_seq, clock_back_ms, prev_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
);

static LIST: Sql = Sql::new(
    "audit_entry.list",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
);

// Times are no way in: the entries come from the newest on, and by the time of a class the whole log
// would have to be sorted first. Hence the `+`.
static LIST_BEFORE: Sql = Sql::new(
    "audit_entry.list_before",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry
      WHERE tenant_id = $1 AND seq < $2 AND +at_ms >= $3 AND +at_ms < $4
        AND ($5 = '' OR class = $5) AND $6 = '' AND $7 = ''
      ORDER BY seq DESC LIMIT $8",
);

static LIST_BEFORE_OF_CLASS: Sql = Sql::new(
    "audit_entry.list_before_of_class",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry
      WHERE tenant_id = $1 AND seq < $2 AND +at_ms >= $3 AND +at_ms < $4
        AND class = $5 AND $6 = '' AND $7 = ''
      ORDER BY seq DESC LIMIT $8",
);

// Clocks may have gone back: the newest entry before a time is not always the one next to it. The `+`
// keeps to the index by time; from the newest entry on, the whole log might be looked through.
static LAST_BEFORE_TIME: Sql = Sql::new(
    "audit_entry.last_before_time",
    "SELECT MAX(+seq) FROM audit_entry WHERE tenant_id = $1 AND at_ms < $2",
);

static LIST_BEFORE_OF_ACTION: Sql = Sql::new(
    "audit_entry.list_before_of_action",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry
      WHERE tenant_id = $1 AND seq < $2 AND +at_ms >= $3 AND +at_ms < $4
        AND ($5 = '' OR class = $5) AND action = $6 AND $7 = ''
      ORDER BY seq DESC LIMIT $8",
);

static LIST_BEFORE_ABOUT: Sql = Sql::new(
    "audit_entry.list_before_about",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry
      WHERE tenant_id = $1 AND seq < $2 AND +at_ms >= $3 AND +at_ms < $4
        AND ($5 = '' OR class = $5) AND ($6 = '' OR action = $6) AND object = $7
      ORDER BY seq DESC LIMIT $8",
);

static LIST_BEFORE_BY: Sql = Sql::new(
    "audit_entry.list_before_by",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry
      WHERE tenant_id = $1 AND seq < $2 AND +at_ms >= $3 AND +at_ms < $4
        AND ($5 = '' OR class = $5) AND ($6 = '' OR action = $6) AND actor = $7
      ORDER BY seq DESC LIMIT $8",
);

static LIST_ABOUT: Sql = Sql::new(
    "audit_entry.list_about",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry WHERE tenant_id = $1 AND object IN {in} ORDER BY seq DESC LIMIT $2",
);

static LIST_BY: Sql = Sql::new(
    "audit_entry.list_by",
    "SELECT seq, at_ms, class, action, purpose, actor, object, detail, amount, reason, result,
            of_seq, clock_back_ms, prev_hash, hash
       FROM audit_entry WHERE tenant_id = $1 AND actor IN {in} ORDER BY seq DESC LIMIT $2",
);

static LIST_EXPIRED: Sql = Sql::new(
    "audit_entry.list_expired",
    "SELECT seq, prev_hash, hash FROM audit_entry
      WHERE tenant_id = $1 AND class = $2 AND +at_ms < $3 AND seq < $4 ORDER BY seq LIMIT $5",
);

static EXPIRE: Sql =
    Sql::new("audit_entry.expire", "DELETE FROM audit_entry WHERE tenant_id = $1 AND seq IN {in}");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &HEAD,
    &INSERT,
    &LIST,
    &LIST_BEFORE,
    &LIST_BEFORE_OF_CLASS,
    &LAST_BEFORE_TIME,
    &LIST_BEFORE_OF_ACTION,
    &LIST_BEFORE_ABOUT,
    &LIST_BEFORE_BY,
    &LIST_ABOUT,
    &LIST_BY,
    &LIST_EXPIRED,
    &EXPIRE,
];

/// The newest entry; `None` in an empty log.
pub fn find_audit_head(tx: &mut Tx<'_>) -> Result<Option<AuditHead>> {
    tx.query_opt(&HEAD, &[], |row| {
        Ok(AuditHead { seq: row.int(0)?, at: row.time(1)?, hash: row.bytes(2)? })
    })
}

/// Adds an entry.
pub fn insert_audit_entry(tx: &mut Tx<'_>, entry: &AuditEntryRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            entry.seq.into(),
            entry.at.into(),
            (&entry.class).into(),
            (&entry.action).into(),
            (&entry.purpose).into(),
            (&entry.actor).into(),
            entry.object.as_deref().into(),
            entry.detail.as_deref().into(),
            entry.count.into(),
            Param::opt_sealed(entry.reason.as_deref()),
            (&entry.result).into(),
            entry.of.into(),
            entry.clock_back_ms.into(),
            (&entry.prev_hash).into(),
            (&entry.hash).into(),
        ],
    )?;
    Ok(())
}

/// Up to `limit` entries after number `after`, oldest first.
pub fn list_audit_entries(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<AuditEntryRow>> {
    tx.query(&LIST, &[after.into(), limit.into()], from_row)
}

/// Which entries are wanted; what is empty says nothing.
#[derive(Clone, Debug)]
pub struct AuditEntryFilter {
    /// Number below which they lie.
    pub before: i64,
    /// From then on.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// Name of the action.
    pub action: String,
    /// Word of the class.
    pub class: String,
    /// Actor or object, as it stands in the log.
    pub who: String,
}

/// Up to `limit` entries, newest first, by an index for what is asked for: what somebody did or had
/// done to them, else an action, else the order of the log.
pub fn list_audit_entries_before(
    tx: &mut Tx<'_>,
    wanted: &AuditEntryFilter,
    limit: u32,
) -> Result<Vec<AuditEntryRow>> {
    let last = match wanted.until {
        Timestamp(i64::MAX) => Some(i64::MAX),
        until => find_last_before(tx, until)?,
    };
    let Some(last) = last else { return Ok(Vec::new()) };
    let params = [
        wanted.before.min(last.saturating_add(1)).into(),
        wanted.from.into(),
        wanted.until.into(),
        (&wanted.class).into(),
        (&wanted.action).into(),
        (&wanted.who).into(),
        limit.into(),
    ];
    match (wanted.who.is_empty(), wanted.action.is_empty()) {
        (true, true) if wanted.class.is_empty() => tx.query(&LIST_BEFORE, &params, from_row),
        (true, true) => tx.query(&LIST_BEFORE_OF_CLASS, &params, from_row),
        (true, false) => tx.query(&LIST_BEFORE_OF_ACTION, &params, from_row),
        (false, _) => {
            let mut found = tx.query(&LIST_BEFORE_ABOUT, &params, from_row)?;
            found.extend(tx.query(&LIST_BEFORE_BY, &params, from_row)?);
            found.sort_by_key(|row| std::cmp::Reverse(row.seq));
            found.dedup_by_key(|row| row.seq);
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(found)
        }
    }
}

/// Up to `limit` entries each that were done to one of `names`, and by one of them, newest first.
/// Names are as they stand in the log; at most 512.
pub fn list_audit_entries_of(
    tx: &mut Tx<'_>,
    names: &[String],
    limit: u32,
) -> Result<Vec<AuditEntryRow>> {
    let names: Vec<Param<'_>> = names.iter().map(Into::into).collect();
    let mut found = tx.query_in(&LIST_ABOUT, &[limit.into()], &names, from_row)?;
    found.extend(tx.query_in(&LIST_BY, &[limit.into()], &names, from_row)?);
    Ok(found)
}

/// The number of the last entry from before `until`.
fn find_last_before(tx: &mut Tx<'_>, until: Timestamp) -> Result<Option<i64>> {
    Ok(tx.query_opt(&LAST_BEFORE_TIME, &[until.into()], |row| row.opt_int(0))?.flatten())
}

/// Up to `limit` entries of `class` from before `before` and with a number below `below`.
pub fn list_expired_audit_entries(
    tx: &mut Tx<'_>,
    class: &str,
    (before, below): (Timestamp, i64),
    limit: u32,
) -> Result<Vec<ExpiredRow>> {
    let Some(last) = find_last_before(tx, before)? else { return Ok(Vec::new()) };
    let below = below.min(last.saturating_add(1));
    let params = [class.into(), before.into(), below.into(), limit.into()];
    tx.query(&LIST_EXPIRED, &params, |row| {
        Ok(ExpiredRow { seq: row.int(0)?, prev_hash: row.bytes(1)?, hash: row.bytes(2)? })
    })
}

/// Removes entries whose time is over; their places are taken by gaps
/// ([`crate::audit_gap::insert_audit_gap`]).
pub fn expire_audit_entries(tx: &mut Tx<'_>, seqs: &[i64]) -> Result<u64> {
    let seqs: Vec<Param<'_>> = seqs.iter().map(|seq| Param::Int(*seq)).collect();
    tx.execute_in(&EXPIRE, &[], &seqs)
}

fn from_row(row: &Row<'_>) -> Result<AuditEntryRow> {
    Ok(AuditEntryRow {
        seq: row.int(0)?,
        at: row.time(1)?,
        class: row.text(2)?,
        action: row.text(3)?,
        purpose: row.text(4)?,
        actor: row.text(5)?,
        object: row.opt_text(6)?,
        detail: row.opt_text(7)?,
        count: row.opt_int(8)?,
        reason: row.opt_sealed_text(9)?,
        result: row.text(10)?,
        of: row.opt_int(11)?,
        clock_back_ms: row.int(12)?,
        prev_hash: row.bytes(13)?,
        hash: row.bytes(14)?,
    })
}
