//! What holds have kept: events and files whose time is over, where no client finds them. law: R-123

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};

/// A held event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// Short number of its room.
    pub room: RoomNid,
    /// Matrix id of its room.
    pub room_id: String,
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// Who sent it.
    pub sender: String,
    /// The whole event, canonical JSON.
    pub json: Vec<u8>,
}

impl HeldRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            room: RoomNid(row.int(0)?),
            room_id: row.text(1)?,
            pos: StreamPos(row.int(2)?),
            sender: row.text(3)?,
            json: row.sealed(4)?,
        })
    }
}

static KEEP_EVENTS: Sql = Sql::new(
    "held.keep_events",
    "INSERT INTO held_event (tenant_id, room_nid, pos, event_id, kind, sender, json, held_ms)
     SELECT tenant_id, room_nid, pos, event_id, kind, sender, json, CAST($3 AS BIGINT) FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos IN {in}
     ON CONFLICT (tenant_id, room_nid, pos) DO NOTHING",
);

static KEEP_MEDIA: Sql = Sql::new(
    "held.keep_media",
    "INSERT INTO held_media (tenant_id, room_nid, event_pos, media_id, uploader, blob_id, size_bytes,
                             content_type, file_name)
     SELECT tenant_id, room_nid, event_pos, media_id, uploader, blob_id, size_bytes, content_type,
            file_name FROM media
      WHERE tenant_id = $1 AND room_nid = $2 AND event_pos IN {in}
     ON CONFLICT (tenant_id, room_nid, event_pos, media_id) DO NOTHING",
);

static HELD_BLOBS: Sql = Sql::new(
    "held.blobs",
    "SELECT blob_id FROM held_media
      WHERE tenant_id = $1 AND room_nid = $2 AND blob_id IS NOT NULL AND event_pos IN {in}",
);

static LIST: Sql = Sql::new(
    "held.list",
    "SELECT h.room_nid, r.room_id, h.pos, h.sender, h.json
       FROM held_event h JOIN room r ON r.tenant_id = h.tenant_id AND r.room_nid = h.room_nid
      WHERE h.tenant_id = $1 AND (h.room_nid > $2 OR (h.room_nid = $2 AND h.pos > $3))
      ORDER BY h.room_nid, h.pos LIMIT $4",
);

static COUNT: Sql = Sql::new(
    "held.count",
    "SELECT (SELECT COUNT(*) FROM held_event WHERE tenant_id = $1),
            (SELECT COUNT(*) FROM held_media WHERE tenant_id = $1)",
);

static DELETE_EVENTS: Sql = Sql::new(
    "held.delete_events",
    "DELETE FROM held_event WHERE tenant_id = $1 AND room_nid = $2 AND pos IN {in}",
);

static DELETE_MEDIA: Sql = Sql::new(
    "held.delete_media",
    "DELETE FROM held_media WHERE tenant_id = $1 AND room_nid = $2 AND event_pos IN {in}",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] =
    &[&KEEP_EVENTS, &KEEP_MEDIA, &HELD_BLOBS, &LIST, &COUNT, &DELETE_EVENTS, &DELETE_MEDIA];

/// Keeps events of a room and their files; whoever calls then removes the originals. Answers the blobs
/// of the files, which stay.
pub fn keep(
    tx: &mut Tx<'_>,
    room: RoomNid,
    positions: &[StreamPos],
    now: Timestamp,
) -> Result<Vec<String>> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&KEEP_EVENTS, &[room.into(), now.into()], &list)?;
    tx.execute_in(&KEEP_MEDIA, &[room.into()], &list)?;
    tx.query_in(&HELD_BLOBS, &[room.into()], &list, |row| row.text(0))
}

/// Up to `limit` held events behind a place, in order of room and position.
pub fn list_held(
    tx: &mut Tx<'_>,
    (room, pos): (RoomNid, StreamPos),
    limit: u32,
) -> Result<Vec<HeldRow>> {
    let params = [room.into(), pos.into(), i64::from(limit).into()];
    tx.query(&LIST, &params, HeldRow::from_row)
}

/// How many events and files are held.
pub fn count_held(tx: &mut Tx<'_>) -> Result<(u64, u64)> {
    tx.query_one(&COUNT, &[], |row| {
        let number = |column| row.int(column).map(|it| u64::try_from(it).unwrap_or_default());
        Ok((number(0)?, number(1)?))
    })
}

/// Removes held events of a room and their files; answers the blobs, which the caller deletes once this
/// is committed.
pub fn delete_held(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<Vec<String>> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    let blobs = tx.query_in(&HELD_BLOBS, &[room.into()], &list, |row| row.text(0))?;
    tx.execute_in(&DELETE_MEDIA, &[room.into()], &list)?;
    tx.execute_in(&DELETE_EVENTS, &[room.into()], &list)?;
    Ok(blobs)
}
