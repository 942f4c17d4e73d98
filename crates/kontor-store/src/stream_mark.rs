//! What time it was at positions of the stream, so that age needs no column in `event`.

use kontor_core::{Result, StreamPos, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// At this time everything up to this position had been written, and nothing behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamMark {
    /// The position.
    pub pos: StreamPos,
    /// The time.
    pub at: Timestamp,
}

impl StreamMark {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { pos: StreamPos(row.int(0)?), at: row.time(1)? })
    }
}

static INSERT: Sql = Sql::new(
    "stream_mark.insert",
    "INSERT INTO stream_mark (tenant_id, pos, at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, pos) DO NOTHING",
);

static NEWEST: Sql = Sql::new(
    "stream_mark.newest",
    "SELECT pos, at_ms FROM stream_mark WHERE tenant_id = $1 ORDER BY pos DESC LIMIT 1",
);

static BEFORE: Sql = Sql::new(
    "stream_mark.before",
    "SELECT pos, at_ms FROM stream_mark
      WHERE tenant_id = $1 AND at_ms <= $2 ORDER BY at_ms DESC, pos DESC LIMIT 1",
);

static AFTER: Sql = Sql::new(
    "stream_mark.after",
    "SELECT pos, at_ms FROM stream_mark
      WHERE tenant_id = $1 AND pos >= $2 ORDER BY pos LIMIT 1",
);

static BEHIND: Sql = Sql::new(
    "stream_mark.behind",
    "SELECT pos, at_ms FROM stream_mark
      WHERE tenant_id = $1 AND at_ms > $2 ORDER BY at_ms, pos LIMIT 1",
);

static DELETE_BEFORE: Sql = Sql::new(
    "stream_mark.delete_before",
    "DELETE FROM stream_mark WHERE tenant_id = $1 AND at_ms < $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &NEWEST, &BEFORE, &AFTER, &BEHIND, &DELETE_BEFORE];

/// Notes the time at a position; the first word on a position stands.
pub fn insert_mark(tx: &mut Tx<'_>, mark: StreamMark) -> Result<()> {
    tx.execute(&INSERT, &[mark.pos.into(), mark.at.into()]).map(drop)
}

/// The newest mark.
pub fn newest_mark(tx: &mut Tx<'_>) -> Result<Option<StreamMark>> {
    tx.query_opt(&NEWEST, &[], StreamMark::from_row)
}

/// The newest mark at or before a time: what stands up to its position is at least that old.
pub fn mark_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<Option<StreamMark>> {
    tx.query_opt(&BEFORE, &[time.into()], StreamMark::from_row)
}

/// The first mark at or behind a position: what stands there was written before its time.
pub fn mark_after(tx: &mut Tx<'_>, pos: StreamPos) -> Result<Option<StreamMark>> {
    tx.query_opt(&AFTER, &[pos.into()], StreamMark::from_row)
}

/// The first mark behind a time: what was written until then stands before it.
pub fn mark_behind(tx: &mut Tx<'_>, time: Timestamp) -> Result<Option<StreamMark>> {
    tx.query_opt(&BEHIND, &[time.into()], StreamMark::from_row)
}

/// Removes marks older than a time.
pub fn delete_marks_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into()])
}
