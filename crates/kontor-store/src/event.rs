//! Events: the timeline of every room, in commit order.

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{EventId, OwnedUserId, UserId};

/// One event as stored.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// Room it belongs to.
    pub room_nid: RoomNid,
    /// Matrix event id.
    pub event_id: String,
    /// Canonical JSON of the whole event (PDU); the redacted form once redacted.
    pub json: Vec<u8>,
    /// Event that redacted this one.
    pub redacted_by: Option<String>,
    /// Device that sent it, with its transaction id.
    pub device_id: Option<String>,
    /// Transaction id of the sending device.
    pub txn_id: Option<String>,
}

impl EventRow {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            pos: StreamPos(row.int(0)?),
            room_nid: RoomNid(row.int(1)?),
            event_id: row.text(2)?,
            json: row.sealed(3)?,
            redacted_by: row.opt_text(4)?,
            device_id: row.opt_text(5)?,
            txn_id: row.opt_text(6)?,
        })
    }
}

/// A new event and the columns derived from it.
#[derive(Clone, Copy, Debug)]
pub struct NewEventRow<'e> {
    /// Room it belongs to.
    pub room_nid: RoomNid,
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// Matrix event id.
    pub event_id: &'e EventId,
    /// Event type.
    pub kind: &'e str,
    /// Sender.
    pub sender: &'e UserId,
    /// State key of a state event.
    pub state_key: Option<&'e str>,
    /// Canonical JSON.
    pub json: &'e [u8],
    /// Target and kind of the relation (`m.relates_to`), if any.
    pub relation: Option<(&'e str, &'e str)>,
    /// Sending device and its transaction id.
    pub txn: Option<(&'e str, &'e str)>,
}

static INSERT: Sql = Sql::new(
    "event.insert",
    "INSERT INTO event (tenant_id, room_nid, pos, event_id, kind, sender, state_key,
                        relates_to, relation, device_id, txn_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

static INSERT_CONTENT: Sql = Sql::new(
    "event.insert_content",
    "INSERT INTO event_content (tenant_id, pos, room_nid, json) VALUES ($1, $2, $3, $4)",
);

static FIND: Sql = Sql::new(
    "event.find",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND SUBSTR(e.event_id, 1, 12) = SUBSTR($3, 1, 12)
        AND e.event_id = $3",
);

static LIST_BY_ID: Sql = Sql::new(
    "event.list_by_id",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND SUBSTR(e.event_id, 1, 12) IN {in}",
);

static FIND_BY_TXN: Sql = Sql::new(
    "event.find_by_txn",
    "SELECT event_id FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND txn_id = $4 AND device_id = $5
        AND sender = $6 AND kind = $7
      ORDER BY pos LIMIT 1",
);

static LIST_TXNS: Sql = Sql::new(
    "event.list_txns",
    "SELECT sender, kind, device_id, txn_id FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND txn_id IS NOT NULL
      ORDER BY pos DESC LIMIT $4",
);

static BEFORE: Sql = Sql::new(
    "event.before",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.pos < $3 AND e.pos >= $4
      ORDER BY e.pos DESC LIMIT $5",
);

static AFTER: Sql = Sql::new(
    "event.after",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.pos > $3 AND e.pos <= $4
      ORDER BY e.pos ASC LIMIT $5",
);

static AT: Sql = Sql::new(
    "event.at",
    "SELECT e.pos, e.room_nid, e.event_id, c.json, e.redacted_by, e.device_id, e.txn_id
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.pos IN {in}",
);

static REDACT: Sql = Sql::new(
    "event.redact",
    "UPDATE event SET redacted_by = $4, relates_to = NULL, relation = NULL
      WHERE tenant_id = $1 AND room_nid = $2 AND pos = $3",
);

static REWRITE: Sql = Sql::new(
    "event.rewrite",
    "UPDATE event_content SET json = $3 WHERE tenant_id = $1 AND pos = $2",
);

static DELETE: Sql = Sql::new(
    "event.delete",
    "DELETE FROM event WHERE tenant_id = $1 AND room_nid = $2 AND pos IN {in}",
);

static DELETE_CONTENT: Sql = Sql::new(
    "event.delete_content",
    "DELETE FROM event_content WHERE tenant_id = $1 AND pos IN {in}",
);

static LIST_IDS: Sql = Sql::new(
    "event.list_ids",
    "SELECT pos, event_id FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 ORDER BY pos LIMIT $4",
);

static MOVED_MEMBERS: Sql = Sql::new(
    "event.moved_members",
    "SELECT DISTINCT state_key FROM event
      WHERE tenant_id = $1 AND pos > $2 AND pos <= $3 AND kind = 'm.room.member'
        AND state_key IS NOT NULL AND room_nid IN {in}",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &INSERT_CONTENT,
    &FIND,
    &LIST_BY_ID,
    &FIND_BY_TXN,
    &LIST_TXNS,
    &BEFORE,
    &AFTER,
    &AT,
    &REDACT,
    &REWRITE,
    &DELETE,
    &DELETE_CONTENT,
    &LIST_IDS,
    &MOVED_MEMBERS,
];

/// Adds an event.
pub fn insert_event(tx: &mut Tx<'_>, event: &NewEventRow<'_>) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            event.room_nid.into(),
            event.pos.into(),
            event.event_id.into(),
            event.kind.into(),
            event.sender.into(),
            event.state_key.into(),
            event.relation.map(|(target, _)| target).into(),
            event.relation.map(|(_, kind)| kind).into(),
            event.txn.map(|(device, _)| device).into(),
            event.txn.map(|(_, txn)| txn).into(),
        ],
    )?;
    let content = [event.pos.into(), event.room_nid.into(), Param::sealed(event.json)];
    tx.execute(&INSERT_CONTENT, &content).map(drop)
}

/// The event of a room with this id.
pub fn find_event(tx: &mut Tx<'_>, room: RoomNid, event_id: &EventId) -> Result<Option<EventRow>> {
    tx.query_opt(&FIND, &[room.into(), event_id.into()], EventRow::from_row)
}

/// The events of a room with these ids, in no particular order; unknown ids are left out.
pub fn list_events_by_id(
    tx: &mut Tx<'_>,
    room: RoomNid,
    event_ids: &[&EventId],
) -> Result<Vec<EventRow>> {
    let starts: Vec<Param<'_>> = event_ids.iter().map(|id| start(id).into()).collect();
    let mut found = tx.query_in(&LIST_BY_ID, &[room.into()], &starts, EventRow::from_row)?;
    found.retain(|row| event_ids.iter().any(|id| id.as_str() == row.event_id));
    Ok(found)
}

/// What the index knows of an id.
fn start(id: &EventId) -> &str {
    const KNOWN: usize = 12;
    let id = id.as_str();
    id.char_indices().nth(KNOWN).map_or(id, |(end, _)| id.get(..end).unwrap_or(id))
}

/// Id of the event a device has sent to a room behind `after` under a transaction id. Reads what the room
/// has behind `after`.
pub fn find_event_by_txn(
    tx: &mut Tx<'_>,
    (room, after): (RoomNid, StreamPos),
    (sender, kind): (&UserId, &str),
    (device, txn): (&str, &str),
) -> Result<Option<String>> {
    let params = [room.into(), after.into(), txn.into(), device.into(), sender.into(), kind.into()];
    tx.query_opt(&FIND_BY_TXN, &params, |row| row.text(0))
}

/// A transaction of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnRow {
    /// Who sent.
    pub sender: String,
    /// The type of what was sent.
    pub kind: String,
    /// The device.
    pub device_id: String,
    /// The transaction id it chose.
    pub txn_id: String,
}

/// The newest transactions of a room behind `after`, at most `limit`.
pub fn list_txns(
    tx: &mut Tx<'_>,
    (room, after): (RoomNid, StreamPos),
    limit: u32,
) -> Result<Vec<TxnRow>> {
    tx.query(&LIST_TXNS, &[room.into(), after.into(), i64::from(limit).into()], |row| {
        Ok(TxnRow {
            sender: row.text(0)?,
            kind: row.text(1)?,
            device_id: row.opt_text(2)?.unwrap_or_default(),
            txn_id: row.text(3)?,
        })
    })
}

/// Events of a room before `before` and not before `floor`, newest first.
pub fn list_events_before(
    tx: &mut Tx<'_>,
    room: RoomNid,
    before: StreamPos,
    floor: StreamPos,
    limit: u32,
) -> Result<Vec<EventRow>> {
    let params = [room.into(), before.into(), floor.into(), i64::from(limit).into()];
    tx.query(&BEFORE, &params, EventRow::from_row)
}

/// Events of a room after `after` and not after `ceiling`, oldest first.
pub fn list_events_after(
    tx: &mut Tx<'_>,
    room: RoomNid,
    after: StreamPos,
    ceiling: StreamPos,
    limit: u32,
) -> Result<Vec<EventRow>> {
    let params = [room.into(), after.into(), ceiling.into(), i64::from(limit).into()];
    tx.query(&AFTER, &params, EventRow::from_row)
}

/// The events of a room at these positions, in no particular order.
pub fn list_events_at(
    tx: &mut Tx<'_>,
    room: RoomNid,
    positions: &[StreamPos],
) -> Result<Vec<EventRow>> {
    let positions: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.query_in(&AT, &[room.into()], &positions, EventRow::from_row)
}

/// Replaces an event by its redacted form: the content is gone from the database.
pub fn redact_event(
    tx: &mut Tx<'_>,
    (room, pos): (RoomNid, StreamPos),
    json: &[u8],
    redacted_by: &EventId,
) -> Result<()> {
    tx.execute(&REDACT, &[room.into(), pos.into(), redacted_by.into()])?;
    rewrite_event(tx, pos, json)
}

/// Puts other JSON in the place of an event's.
pub fn rewrite_event(tx: &mut Tx<'_>, pos: StreamPos, json: &[u8]) -> Result<()> {
    tx.execute(&REWRITE, &[pos.into(), Param::sealed(json)]).map(drop)
}

/// Removes the events of a room at these positions, with their content; answers how many there were.
pub fn delete_events(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<u64> {
    let gone = delete_event_rows(tx, room, positions)?;
    delete_contents(tx, positions)?;
    Ok(gone)
}

/// Removes the events of a room at these positions, and leaves their content to [`delete_contents`].
pub fn delete_event_rows(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<u64> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&DELETE, &[room.into()], &list)
}

/// Removes the content of events at these positions.
pub fn delete_contents(tx: &mut Tx<'_>, positions: &[StreamPos]) -> Result<u64> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&DELETE_CONTENT, &[], &list)
}

/// Ids of up to `limit` events of a room behind `after`, in order.
pub fn list_event_ids(
    tx: &mut Tx<'_>,
    room: RoomNid,
    after: StreamPos,
    limit: u16,
) -> Result<Vec<(StreamPos, String)>> {
    let params = [room.into(), after.into(), i64::from(limit).into()];
    tx.query(&LIST_IDS, &params, |row| Ok((row.pos(0)?, row.text(1)?)))
}

/// Users with a membership event in `rooms` after `from`, up to and including `to`; in no order,
/// perhaps more than once.
pub fn list_moved_members(
    tx: &mut Tx<'_>,
    rooms: &[RoomNid],
    from: StreamPos,
    to: StreamPos,
) -> Result<Vec<OwnedUserId>> {
    let rooms: Vec<Param<'_>> = rooms.iter().map(|room| Param::from(*room)).collect();
    tx.query_in(&MOVED_MEMBERS, &[from.into(), to.into()], &rooms, |row| row.id(0))
}
