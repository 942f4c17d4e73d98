//! Supervised rooms: who knows of it, and when those who supervise have looked into them.

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// That somebody who supervises a room has looked into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// When the reading was opened.
    pub opened: Timestamp,
    /// Who reads.
    pub user_id: OwnedUserId,
    /// When it closes.
    pub until: Timestamp,
    /// First position that may be read.
    pub from: StreamPos,
    /// Last position that may be read.
    pub to: StreamPos,
    /// Why, in the words of whoever reads.
    pub reason: String,
}

impl ReadingRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            opened: row.time(0)?,
            user_id: row.id(1)?,
            until: row.time(2)?,
            from: StreamPos(row.int(3)?),
            to: StreamPos(row.int(4)?),
            reason: row.sealed_text(5)?,
        })
    }
}

static ACKNOWLEDGE: Sql = Sql::new(
    "supervision.acknowledge",
    "INSERT INTO supervision_notice (tenant_id, room_nid, user_id, version, acknowledged_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, room_nid, user_id, version) DO NOTHING",
);

static ACKNOWLEDGED: Sql = Sql::new(
    "supervision.acknowledged",
    "SELECT acknowledged_ms FROM supervision_notice
      WHERE tenant_id = $1 AND room_nid = $2 AND user_id = $3 AND version = $4",
);

static INSERT_READING: Sql = Sql::new(
    "supervision.insert_reading",
    "INSERT INTO supervision_reading
            (tenant_id, room_nid, opened_ms, user_id, until_ms, from_pos, to_pos, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static LIST_READINGS: Sql = Sql::new(
    "supervision.list_readings",
    "SELECT opened_ms, user_id, until_ms, from_pos, to_pos, reason FROM supervision_reading
      WHERE tenant_id = $1 AND room_nid = $2 AND opened_ms >= $3
      ORDER BY opened_ms DESC, user_id LIMIT $4",
);

static LIST_OPEN: Sql = Sql::new(
    "supervision.list_open",
    "SELECT opened_ms, user_id, until_ms, from_pos, to_pos, reason FROM supervision_reading
      WHERE tenant_id = $1 AND room_nid = $2 AND user_id = $3 AND until_ms > $4
      ORDER BY opened_ms",
);

/// All statements of these tables.
pub static STATEMENTS: &[&Sql] =
    &[&ACKNOWLEDGE, &ACKNOWLEDGED, &INSERT_READING, &LIST_READINGS, &LIST_OPEN];

/// Keeps that a person knows of the supervision of a room, as its notice of that version says.
pub fn insert_acknowledgement(
    tx: &mut Tx<'_>,
    room: RoomNid,
    user: &UserId,
    version: i64,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&ACKNOWLEDGE, &[room.into(), user.into(), version.into(), at.into()]).map(drop)
}

/// When a person has acknowledged the notice of that version.
pub fn find_acknowledgement(
    tx: &mut Tx<'_>,
    room: RoomNid,
    user: &UserId,
    version: i64,
) -> Result<Option<Timestamp>> {
    tx.query_opt(&ACKNOWLEDGED, &[room.into(), user.into(), version.into()], |row| row.time(0))
}

/// Keeps a reading.
pub fn insert_reading(tx: &mut Tx<'_>, room: RoomNid, reading: &ReadingRow) -> Result<()> {
    let params = [
        room.into(),
        reading.opened.into(),
        (&reading.user_id).into(),
        reading.until.into(),
        reading.from.into(),
        reading.to.into(),
        Param::sealed(&reading.reason),
    ];
    tx.execute(&INSERT_READING, &params).map(drop)
}

/// The readings of a room opened at or after `since`, newest first.
pub fn list_readings(
    tx: &mut Tx<'_>,
    room: RoomNid,
    since: Timestamp,
    most: u32,
) -> Result<Vec<ReadingRow>> {
    let params = [room.into(), since.into(), i64::from(most).into()];
    tx.query(&LIST_READINGS, &params, ReadingRow::from_row)
}

/// The readings of a person that are open at `now`.
pub fn list_open_readings(
    tx: &mut Tx<'_>,
    room: RoomNid,
    user: &UserId,
    now: Timestamp,
) -> Result<Vec<ReadingRow>> {
    tx.query(&LIST_OPEN, &[room.into(), user.into(), now.into()], ReadingRow::from_row)
}
