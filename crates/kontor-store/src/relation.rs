//! Relations between events (`m.relates_to`): edits, threads, reactions, references.
//!
//! They are columns of the `event` table; redacting an event removes its relation.

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::EventId;

use crate::event::EventRow;

/// All events of one sender and type that relate in the same way to the same event.
#[derive(Clone, Debug)]
pub struct RelationGroup {
    /// The event related to.
    pub target: String,
    /// `m.replace`, `m.thread`, `m.reference` …
    pub relation: String,
    /// Sender of the related events.
    pub sender: String,
    /// Type of the related events.
    pub kind: String,
    /// How many there are.
    pub count: i64,
    /// Position of the newest.
    pub newest: StreamPos,
}

impl RelationGroup {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            target: row.text(0)?,
            relation: row.text(1)?,
            sender: row.text(2)?,
            kind: row.text(3)?,
            count: row.int(4)?,
            newest: StreamPos(row.int(5)?),
        })
    }
}

/// Where a list of related events starts, and how it runs.
#[derive(Clone, Copy, Debug)]
pub struct RelationRange {
    /// Only events after this position.
    pub after: StreamPos,
    /// Only events before this position.
    pub before: StreamPos,
    /// Oldest first.
    pub forwards: bool,
    /// Most rows.
    pub limit: u32,
}

static GROUPS: Sql = Sql::new(
    "relation.groups",
    "SELECT relates_to, relation, sender, kind, CAST(COUNT(*) AS BIGINT), MAX(pos) FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos <= $3 AND relates_to IN {in}
      GROUP BY relates_to, relation, sender, kind",
);

static LIST_DOWN: Sql = Sql::new(
    "relation.list_down",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.relates_to = $3 AND e.pos > $4
        AND e.pos < $5
        AND (CAST($6 AS TEXT) IS NULL OR e.relation = $6)
        AND (CAST($7 AS TEXT) IS NULL OR e.kind = $7)
      ORDER BY e.pos DESC LIMIT $8",
);

static LIST_UP: Sql = Sql::new(
    "relation.list_up",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.relates_to = $3 AND e.pos > $4
        AND e.pos < $5
        AND (CAST($6 AS TEXT) IS NULL OR e.relation = $6)
        AND (CAST($7 AS TEXT) IS NULL OR e.kind = $7)
      ORDER BY e.pos ASC LIMIT $8",
);

static CHILDREN: Sql = Sql::new(
    "relation.children",
    "SELECT pos, event_id, relation, kind FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND relation IS NOT NULL AND relates_to IN {in}
      ORDER BY pos DESC LIMIT $3",
);

static THREADS: Sql = Sql::new(
    "relation.threads",
    "SELECT relates_to, MAX(pos) AS newest,
            CAST(SUM(CASE WHEN sender = $3 THEN 1 ELSE 0 END) AS BIGINT) FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND relation = 'm.thread'
        AND relates_to IS NOT NULL
      GROUP BY relates_to
     HAVING MAX(pos) < $4
      ORDER BY newest DESC LIMIT $5",
);

/// All statements of this module.
pub static STATEMENTS: &[&Sql] = &[&GROUPS, &LIST_DOWN, &LIST_UP, &CHILDREN, &THREADS];

/// What relates to any of these events, up to and including `upto`, grouped.
pub fn list_relation_groups(
    tx: &mut Tx<'_>,
    room: RoomNid,
    targets: &[&EventId],
    upto: StreamPos,
) -> Result<Vec<RelationGroup>> {
    let targets: Vec<Param<'_>> = targets.iter().map(|id| (*id).into()).collect();
    tx.query_in(&GROUPS, &[room.into(), upto.into()], &targets, RelationGroup::from_row)
}

/// Events that relate to `target`, filtered by relation and event type.
pub fn list_related_events(
    tx: &mut Tx<'_>,
    (room, target): (RoomNid, &EventId),
    (relation, kind): (Option<&str>, Option<&str>),
    range: RelationRange,
) -> Result<Vec<EventRow>> {
    let params = [
        room.into(),
        target.into(),
        range.after.into(),
        range.before.into(),
        relation.into(),
        kind.into(),
        i64::from(range.limit).into(),
    ];
    let statement = if range.forwards { &LIST_UP } else { &LIST_DOWN };
    tx.query(statement, &params, EventRow::from_row)
}

/// An event that relates to another.
#[derive(Clone, Debug)]
pub struct ChildRow {
    /// Its position.
    pub pos: StreamPos,
    /// Its id.
    pub event_id: String,
    /// How it relates.
    pub relation: String,
    /// Its type.
    pub kind: String,
}

/// At most `limit` events that relate to any of these, newest first.
pub fn list_children(
    tx: &mut Tx<'_>,
    room: RoomNid,
    targets: &[&str],
    limit: u32,
) -> Result<Vec<ChildRow>> {
    let targets: Vec<Param<'_>> = targets.iter().map(|id| (*id).into()).collect();
    tx.query_in(&CHILDREN, &[room.into(), i64::from(limit).into()], &targets, |row| {
        Ok(ChildRow {
            pos: StreamPos(row.int(0)?),
            event_id: row.text(1)?,
            relation: row.text(2)?,
            kind: row.text(3)?,
        })
    })
}

/// A thread root with the position of its newest reply.
#[derive(Clone, Debug)]
pub struct ThreadRow {
    /// Id of the root event.
    pub root: String,
    /// Position of the newest reply.
    pub newest: StreamPos,
    /// The viewer has replied in it.
    pub participated: bool,
}

/// Threads of a room by newest reply before `before`, newest first.
pub fn list_threads(
    tx: &mut Tx<'_>,
    room: RoomNid,
    viewer: &str,
    before: StreamPos,
    limit: u32,
) -> Result<Vec<ThreadRow>> {
    let params = [room.into(), viewer.into(), before.into(), i64::from(limit).into()];
    tx.query(&THREADS, &params, |row| {
        Ok(ThreadRow {
            root: row.text(0)?,
            newest: StreamPos(row.int(1)?),
            participated: row.int(2)? > 0,
        })
    })
}
