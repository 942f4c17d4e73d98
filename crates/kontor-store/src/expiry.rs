//! What goes when its time is over: events, replaced state, and what hangs on them; and the notices
//! by which devices forget it too. law: R-111 … R-113

use kontor_core::{Result, RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};

/// A room, as far as the age of its messages is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgingRoom {
    /// Short number.
    pub nid: RoomNid,
    /// Matrix room id.
    pub room_id: String,
    /// What it is for.
    pub class: RoomClass,
    /// A period of its own, in milliseconds.
    pub retention_ms: Option<i64>,
}

/// An event whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiredRow {
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// Matrix event id.
    pub event_id: String,
}

/// How much of something there is, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub count: u64,
    /// Position of the oldest.
    pub oldest: Option<StreamPos>,
}

/// What members of a room are told to forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// When it was told.
    pub expired: Timestamp,
    /// The events.
    pub event_ids: Vec<String>,
}

/// A file of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Second half of its address.
    pub media_id: String,
    /// Its bytes, before sealing.
    pub size_bytes: i64,
}

static ROOMS: Sql = Sql::new(
    "expiry.rooms",
    "SELECT room_nid, room_id, class, retention_ms FROM room
      WHERE tenant_id = $1 AND room_nid > $2 ORDER BY room_nid LIMIT $3",
);

static MESSAGES: Sql = Sql::new(
    "expiry.messages",
    "SELECT pos, event_id FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND pos <= $4 AND state_key IS NULL
      ORDER BY pos LIMIT $5",
);

static COUNT_MESSAGES: Sql = Sql::new(
    "expiry.count_messages",
    "SELECT COUNT(*), MIN(pos) FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND pos <= $4 AND state_key IS NULL",
);

static COUNT_MESSAGES_OF: Sql = Sql::new(
    "expiry.count_messages_of",
    "SELECT COUNT(*) FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $4 AND pos <= $5 AND state_key IS NULL
        AND sender = $3",
);

static REPLACED: Sql = Sql::new(
    "expiry.replaced",
    "SELECT from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND until_pos <= $3
      ORDER BY until_pos LIMIT $4",
);

static DELETE_INTERVALS: Sql = Sql::new(
    "expiry.delete_intervals",
    "DELETE FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND until_pos <= $3 AND from_pos IN {in}",
);

static FILES: Sql = Sql::new(
    "expiry.files",
    "SELECT media_id, size_bytes FROM media
      WHERE tenant_id = $1 AND room_nid = $2 AND event_pos IN {in}",
);

static COUNT_FILES: Sql = Sql::new(
    "expiry.count_files",
    "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM media
      WHERE tenant_id = $1 AND room_nid = $2 AND event_pos <= $3",
);

static DELETE_RECEIPTS: Sql = Sql::new(
    "expiry.delete_receipts",
    "DELETE FROM receipt WHERE tenant_id = $1 AND room_nid = $2 AND event_pos <= $3",
);

static HAS_KEYS: Sql = Sql::new(
    "expiry.has_keys",
    "SELECT uploaded_ms FROM key_backup_session
      WHERE tenant_id = $1 AND room_id = $2 AND uploaded_ms < $3 LIMIT 1",
);

static BACKED_UP: Sql = Sql::new(
    "expiry.backed_up",
    "SELECT DISTINCT user_id FROM key_backup_session
      WHERE tenant_id = $1 AND room_id = $2 AND uploaded_ms < $3",
);

static DELETE_KEYS: Sql = Sql::new(
    "expiry.delete_keys",
    "DELETE FROM key_backup_session WHERE tenant_id = $1 AND room_id = $2 AND uploaded_ms < $3",
);

static RECOUNT_KEYS: Sql = Sql::new(
    "expiry.recount_keys",
    "UPDATE key_backup_version SET session_count =
       (SELECT COUNT(*) FROM key_backup_session s
         WHERE s.tenant_id = key_backup_version.tenant_id
           AND s.user_id = key_backup_version.user_id
           AND s.version = key_backup_version.version)
      WHERE tenant_id = $1 AND user_id IN {in} AND deleted = FALSE",
);

static INSERT_NOTICE: Sql = Sql::new(
    "expiry.insert_notice",
    "INSERT INTO expiry_notice (tenant_id, room_nid, pos, expired_ms, event_ids)
     VALUES ($1, $2, $3, $4, $5)",
);

static NOTICES: Sql = Sql::new(
    "expiry.notices",
    "SELECT pos, expired_ms, event_ids FROM expiry_notice
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND pos <= $4
      ORDER BY pos DESC LIMIT $5",
);

static NEWEST_NOTICE: Sql = Sql::new(
    "expiry.newest_notice",
    "SELECT CAST(COALESCE(MAX(pos), 0) AS BIGINT) FROM expiry_notice
      WHERE tenant_id = $1 AND room_nid = $2",
);

static DELETE_NOTICES: Sql = Sql::new(
    "expiry.delete_notices",
    "DELETE FROM expiry_notice WHERE tenant_id = $1 AND expired_ms < $2",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] = &[
    &ROOMS,
    &MESSAGES,
    &COUNT_MESSAGES,
    &COUNT_MESSAGES_OF,
    &REPLACED,
    &DELETE_INTERVALS,
    &FILES,
    &COUNT_FILES,
    &DELETE_RECEIPTS,
    &HAS_KEYS,
    &BACKED_UP,
    &DELETE_KEYS,
    &RECOUNT_KEYS,
    &INSERT_NOTICE,
    &NOTICES,
    &NEWEST_NOTICE,
    &DELETE_NOTICES,
];

/// Up to `limit` rooms behind number `after`.
pub fn list_aging_rooms(tx: &mut Tx<'_>, after: RoomNid, limit: u16) -> Result<Vec<AgingRoom>> {
    tx.query(&ROOMS, &[after.into(), i64::from(limit).into()], |row| {
        Ok(AgingRoom {
            nid: RoomNid(row.int(0)?),
            room_id: row.text(1)?,
            class: row.text(2)?.parse().map_err(kontor_core::Error::internal)?,
            retention_ms: row.opt_int(3)?,
        })
    })
}

/// Up to `limit` messages of a room behind `after` and up to `upto`, oldest first.
pub fn list_messages(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (after, upto): (StreamPos, StreamPos),
    limit: u32,
) -> Result<Vec<ExpiredRow>> {
    let params = [room.into(), after.into(), upto.into(), i64::from(limit).into()];
    tx.query(&MESSAGES, &params, |row| {
        Ok(ExpiredRow { pos: StreamPos(row.int(0)?), event_id: row.text(1)? })
    })
}

/// How many messages a room has behind `after` and up to `upto`.
pub fn count_messages(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (after, upto): (StreamPos, StreamPos),
) -> Result<Amount> {
    tx.query_one(&COUNT_MESSAGES, &[room.into(), after.into(), upto.into()], |row| {
        Ok(Amount { count: number(row, 0)?, oldest: row.opt_int(1)?.map(StreamPos) })
    })
}

/// How many messages of one sender a room has behind `after` and up to `upto`.
pub fn count_messages_of(
    tx: &mut Tx<'_>,
    (room, sender): (RoomNid, &str),
    (after, upto): (StreamPos, StreamPos),
) -> Result<u64> {
    let params = [room.into(), sender.into(), after.into(), upto.into()];
    tx.query_one(&COUNT_MESSAGES_OF, &params, |row| number(row, 0))
}

/// Up to `limit` positions of state events that were replaced at or before `upto`.
pub fn list_replaced_states(
    tx: &mut Tx<'_>,
    room: RoomNid,
    upto: StreamPos,
    limit: u32,
) -> Result<Vec<StreamPos>> {
    let params = [room.into(), upto.into(), i64::from(limit).into()];
    tx.query(&REPLACED, &params, |row| Ok(StreamPos(row.int(0)?)))
}

/// Removes the intervals of state that was replaced at or before `upto`, and began at these positions.
pub fn delete_replaced_states(
    tx: &mut Tx<'_>,
    room: RoomNid,
    upto: StreamPos,
    positions: &[StreamPos],
) -> Result<u64> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&DELETE_INTERVALS, &[room.into(), upto.into()], &list)
}

/// Files of the events of a room at these positions.
pub fn list_files(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<Vec<FileRow>> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.query_in(&FILES, &[room.into()], &list, |row| {
        Ok(FileRow { media_id: row.text(0)?, size_bytes: row.int(1)? })
    })
}

/// How many files the events of a room up to a position have, and their bytes.
pub fn count_files(tx: &mut Tx<'_>, room: RoomNid, upto: StreamPos) -> Result<(u64, u64)> {
    let params = [room.into(), upto.into()];
    tx.query_one(&COUNT_FILES, &params, |row| Ok((number(row, 0)?, number(row, 1)?)))
}

/// Removes receipts that point to events up to a position.
pub fn delete_receipts(tx: &mut Tx<'_>, room: RoomNid, upto: StreamPos) -> Result<u64> {
    tx.execute(&DELETE_RECEIPTS, &[room.into(), upto.into()])
}

/// Whether anybody's backup has keys of a room that were uploaded before `time`.
pub fn has_backed_up_keys(tx: &mut Tx<'_>, room_id: &str, time: Timestamp) -> Result<bool> {
    let found = tx.query_opt(&HAS_KEYS, &[room_id.into(), time.into()], |row| row.int(0))?;
    Ok(found.is_some())
}

/// Removes keys of a room from everybody's backups that were last uploaded before `time`.
pub fn delete_backed_up_keys(tx: &mut Tx<'_>, room_id: &str, time: Timestamp) -> Result<u64> {
    let params = [room_id.into(), time.into()];
    let owners = tx.query(&BACKED_UP, &params, |row| row.text(0))?;
    if owners.is_empty() {
        return Ok(0);
    }
    let deleted = tx.execute(&DELETE_KEYS, &params)?;
    let owners: Vec<Param<'_>> = owners.iter().map(Param::from).collect();
    tx.execute_in(&RECOUNT_KEYS, &[], &owners)?;
    Ok(deleted)
}

/// Keeps what the members of a room are told to forget.
pub fn insert_notice(tx: &mut Tx<'_>, room: RoomNid, notice: &NoticeRow) -> Result<()> {
    let ids = notice.event_ids.join(" ");
    let params = [room.into(), notice.pos.into(), notice.expired.into(), ids.as_str().into()];
    tx.execute(&INSERT_NOTICE, &params).map(drop)
}

/// Up to `limit` notices of a room behind `from` and up to `upto`, newest first.
pub fn list_notices(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (from, upto): (StreamPos, StreamPos),
    limit: u16,
) -> Result<Vec<NoticeRow>> {
    let params = [room.into(), from.into(), upto.into(), i64::from(limit).into()];
    tx.query(&NOTICES, &params, |row| {
        Ok(NoticeRow {
            pos: StreamPos(row.int(0)?),
            expired: row.time(1)?,
            event_ids: row.text(2)?.split_whitespace().map(str::to_owned).collect(),
        })
    })
}

/// Position of a room's newest notice; zero if there is none.
pub fn newest_notice(tx: &mut Tx<'_>, room: RoomNid) -> Result<StreamPos> {
    tx.query_one(&NEWEST_NOTICE, &[room.into()], |row| Ok(StreamPos(row.int(0)?)))
}

/// Removes notices older than a time: devices that have not asked since start afresh.
pub fn delete_notices_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_NOTICES, &[time.into()])
}

fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    row.int(column).map(|it| u64::try_from(it).unwrap_or_default())
}
