//! What holds have kept: events and files whose time is over, where no client finds them. law: R-123

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::UserId;

use crate::key_backup::BackupScope;

/// An event that is to be held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepable {
    /// Its position.
    pub pos: StreamPos,
    /// The key that opens it; `None` if it is in clear.
    pub session_id: Option<String>,
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldCounts {
    /// Events.
    pub events: u64,
    /// Their files.
    pub files: u64,
    /// Entries of people's key backups.
    pub keys: u64,
}

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
     SELECT e.tenant_id, e.room_nid, e.pos, e.event_id, e.kind, e.sender, c.json,
            CAST($3 AS BIGINT)
       FROM event e JOIN event_content c ON c.tenant_id = e.tenant_id AND c.pos = e.pos
      WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.pos IN {in}
     ON CONFLICT (tenant_id, room_nid, pos) DO NOTHING",
);

static NOTE_SESSION: Sql = Sql::new(
    "held.note_session",
    "UPDATE held_event SET session_id = $4
      WHERE tenant_id = $1 AND room_nid = $2 AND pos = $3 AND session_id IS NULL",
);

static KEEP_KEYS_OF: Sql = Sql::new(
    "held.keep_keys_of",
    "INSERT INTO held_key (tenant_id, user_id, version, room_id, session_id, session_json, held_ms)
     SELECT k.tenant_id, k.user_id, k.version, k.room_id, k.session_id, k.session_json,
            CAST($3 AS BIGINT)
       FROM key_backup_session k
       JOIN room r ON r.tenant_id = k.tenant_id AND r.room_id = k.room_id
      WHERE k.tenant_id = $1 AND k.user_id = $2
        AND (CAST($4 AS BIGINT) IS NULL OR k.version = CAST($4 AS BIGINT))
        AND (CAST($5 AS TEXT) IS NULL OR k.room_id = CAST($5 AS TEXT))
        AND (CAST($6 AS TEXT) IS NULL OR k.session_id = CAST($6 AS TEXT))
        AND EXISTS (SELECT 1 FROM hold h
                     WHERE h.tenant_id = k.tenant_id AND h.released_ms IS NULL AND h.ends_ms > $3
                       AND h.subject IN (k.user_id, k.room_id))
        AND r.class IN {in}
     ON CONFLICT (tenant_id, user_id, version, room_id, session_id) DO NOTHING",
);

static KEEP_KEYS_IN: Sql = Sql::new(
    "held.keep_keys_in",
    "INSERT INTO held_key (tenant_id, user_id, version, room_id, session_id, session_json, held_ms)
     SELECT k.tenant_id, k.user_id, k.version, k.room_id, k.session_id, k.session_json,
            CAST($4 AS BIGINT)
       FROM key_backup_session k
      WHERE k.tenant_id = $1 AND k.uploaded_ms < $3 AND k.session_id IN
            (SELECT e.session_id FROM held_event e
              WHERE e.tenant_id = $1 AND e.room_nid = $2 AND e.session_id IS NOT NULL)
        AND k.room_id =
            (SELECT r.room_id FROM room r WHERE r.tenant_id = $1 AND r.room_nid = $2)
     ON CONFLICT (tenant_id, user_id, version, room_id, session_id) DO NOTHING",
);

static DELETE_KEYS: Sql = Sql::new(
    "held.delete_keys",
    "DELETE FROM held_key WHERE tenant_id = $1
        AND NOT EXISTS (SELECT 1 FROM hold h
                         WHERE h.tenant_id = held_key.tenant_id AND h.released_ms IS NULL
                           AND h.ends_ms > $2
                           AND h.subject IN (held_key.user_id, held_key.room_id))
        AND NOT EXISTS (SELECT 1 FROM held_event e
                          JOIN room r ON r.tenant_id = e.tenant_id AND r.room_nid = e.room_nid
                         WHERE e.tenant_id = held_key.tenant_id
                           AND e.session_id = held_key.session_id
                           AND r.room_id = held_key.room_id)",
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
            (SELECT COUNT(*) FROM held_media WHERE tenant_id = $1),
            (SELECT COUNT(*) FROM held_key WHERE tenant_id = $1)",
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
pub static STATEMENTS: &[&Sql] = &[
    &KEEP_EVENTS,
    &NOTE_SESSION,
    &KEEP_KEYS_OF,
    &KEEP_KEYS_IN,
    &KEEP_MEDIA,
    &HELD_BLOBS,
    &LIST,
    &COUNT,
    &DELETE_EVENTS,
    &DELETE_MEDIA,
    &DELETE_KEYS,
];

/// Keeps events of a room and their files; whoever calls then removes the originals. Answers the blobs
/// of the files, which stay.
pub fn keep(
    tx: &mut Tx<'_>,
    room: RoomNid,
    events: &[Keepable],
    now: Timestamp,
) -> Result<Vec<String>> {
    let list: Vec<Param<'_>> = events.iter().map(|event| event.pos.into()).collect();
    tx.execute_in(&KEEP_EVENTS, &[room.into(), now.into()], &list)?;
    for Keepable { pos, session_id } in events {
        if let Some(session_id) = session_id {
            tx.execute(&NOTE_SESSION, &[room.into(), (*pos).into(), session_id.into()])?;
        }
    }
    tx.execute_in(&KEEP_MEDIA, &[room.into()], &list)?;
    tx.query_in(&HELD_BLOBS, &[room.into()], &list, |row| row.text(0))
}

/// Keeps entries of a person's key backups that are about to go, as far as a hold is on the person or
/// on the room: all of them (`None`), or those of a backup and scope. Only rooms of these classes.
pub fn keep_keys_of(
    tx: &mut Tx<'_>,
    user: &UserId,
    backup: Option<(i64, &BackupScope)>,
    (classes, now): (&[&str], Timestamp),
) -> Result<u64> {
    let (version, scope) = backup.unzip();
    let (room, session) = match scope {
        None | Some(BackupScope::All) => (None, None),
        Some(BackupScope::Room(room)) => (Some(room), None),
        Some(BackupScope::Session(room, session)) => (Some(room), Some(session)),
    };
    let params = [user.into(), now.into(), version.into(), room.into(), session.into()];
    let list: Vec<Param<'_>> = classes.iter().map(|class| (*class).into()).collect();
    tx.execute_in(&KEEP_KEYS_OF, &params, &list)
}

/// Keeps, of everybody's key backups, the keys of a room that were uploaded before `before` and open
/// something that is held.
pub fn keep_keys_in(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (before, now): (Timestamp, Timestamp),
) -> Result<u64> {
    tx.execute(&KEEP_KEYS_IN, &[room.into(), before.into(), now.into()])
}

/// Removes held keys of people and rooms that no hold is on at `now`, and which open nothing that is
/// held.
pub fn delete_unheld_keys(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_KEYS, &[now.into()])
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

/// How much is held.
pub fn count_held(tx: &mut Tx<'_>) -> Result<HeldCounts> {
    tx.query_one(&COUNT, &[], |row| {
        let number = |column| row.int(column).map(|it| u64::try_from(it).unwrap_or_default());
        Ok(HeldCounts { events: number(0)?, files: number(1)?, keys: number(2)? })
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
