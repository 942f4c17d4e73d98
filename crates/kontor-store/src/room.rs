//! Rooms: number, id, version, and whether the directory lists them.

use kontor_core::{Error, Result, RoomClass, RoomNid, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{RoomId, UserId};

/// One room.
#[derive(Clone, Debug)]
pub struct RoomRow {
    /// Short number used by all other tables.
    pub nid: RoomNid,
    /// Matrix room id.
    pub room_id: String,
    /// Room version, `"12"`.
    pub version: String,
    /// Listed in the room directory.
    pub published: bool,
    /// What it is for.
    pub class: RoomClass,
}

/// How big a room is. Neither its name nor who is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeRow {
    /// Short number.
    pub nid: RoomNid,
    /// Matrix room id.
    pub room_id: String,
    /// Room version.
    pub version: String,
    /// Listed in the room directory.
    pub published: bool,
    /// When it was created.
    pub created: Timestamp,
    /// People in it.
    pub joined: u64,
    /// People invited.
    pub invited: u64,
    /// Events of it; not counted beyond [`SizeRow::MOST_COUNTED`].
    pub events: u64,
    /// Messages in it are end-to-end encrypted.
    pub encrypted: bool,
    /// What it is for.
    pub class: RoomClass,
}

impl SizeRow {
    /// Events that are counted at most.
    pub const MOST_COUNTED: u64 = 10_000;

    fn from_row(row: &Row<'_>) -> Result<Self> {
        let count = |column| row.int(column).map(|it| u64::try_from(it).unwrap_or_default());
        Ok(Self {
            nid: RoomNid(row.int(0)?),
            room_id: row.text(1)?,
            version: row.text(2)?,
            published: row.bool(3)?,
            created: row.time(4)?,
            joined: count(5)?,
            invited: count(6)?,
            events: count(7)?,
            encrypted: row.bool(8)?,
            class: class(row, 9)?,
        })
    }
}

impl RoomRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            nid: RoomNid(row.int(0)?),
            room_id: row.text(1)?,
            version: row.text(2)?,
            published: row.bool(3)?,
            class: class(row, 4)?,
        })
    }
}

fn class(row: &Row<'_>, column: usize) -> Result<RoomClass> {
    row.text(column)?.parse().map_err(Error::internal)
}

static INSERT: Sql = Sql::new(
    "room.insert",
    "INSERT INTO room (tenant_id, room_nid, room_id, version, creator, published, created_ms, class)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static FIND: Sql = Sql::new(
    "room.find",
    "SELECT room_nid, room_id, version, published, class FROM room
      WHERE tenant_id = $1 AND room_id = $2",
);

static FIND_BY_NID: Sql = Sql::new(
    "room.find_by_nid",
    "SELECT room_nid, room_id, version, published, class FROM room
      WHERE tenant_id = $1 AND room_nid = $2",
);

static LIST_PUBLISHED: Sql = Sql::new(
    "room.list_published",
    "SELECT room_nid, room_id, version, published, class FROM room
      WHERE tenant_id = $1 AND published = TRUE ORDER BY room_nid",
);

static LIST_OF_CLASS: Sql = Sql::new(
    "room.list_of_class",
    "SELECT room_nid, room_id, version, published, class FROM room
      WHERE tenant_id = $1 AND class = $2 AND room_nid > $3 ORDER BY room_nid LIMIT $4",
);

static COUNT_BY_CLASS: Sql = Sql::new(
    "room.count_by_class",
    "SELECT class, COUNT(*) FROM room WHERE tenant_id = $1 GROUP BY class ORDER BY class",
);

static UPDATE_PUBLISHED: Sql = Sql::new(
    "room.update_published",
    "UPDATE room SET published = $3 WHERE tenant_id = $1 AND room_nid = $2",
);

static UPDATE_RETENTION: Sql = Sql::new(
    "room.update_retention",
    "UPDATE room SET retention_ms = $3 WHERE tenant_id = $1 AND room_nid = $2",
);

static LIST_SIZES: Sql = Sql::new(
    "room.list_sizes",
    "SELECT r.room_nid, r.room_id, r.version, r.published, r.created_ms,
            (SELECT COUNT(*) FROM membership m
              WHERE m.tenant_id = r.tenant_id AND m.room_nid = r.room_nid
                AND m.membership = 'join'),
            (SELECT COUNT(*) FROM membership m
              WHERE m.tenant_id = r.tenant_id AND m.room_nid = r.room_nid
                AND m.membership = 'invite'),
            (SELECT COUNT(*) FROM
              (SELECT 1 FROM event e
                WHERE e.tenant_id = r.tenant_id AND e.room_nid = r.room_nid LIMIT 10000) AS counted),
            EXISTS (SELECT 1 FROM room_state s
              WHERE s.tenant_id = r.tenant_id AND s.room_nid = r.room_nid
                AND s.kind = 'm.room.encryption' AND s.state_key = ''),
            r.class
       FROM room r
      WHERE r.tenant_id = $1 AND r.room_nid < $2 AND r.class NOT IN ('privat', 'vertraulich')
      ORDER BY r.room_nid DESC LIMIT $3",
);

static NEWEST_NID: Sql = Sql::new(
    "room.newest_nid",
    "SELECT CAST(COALESCE(MAX(room_nid), 0) AS BIGINT) FROM room WHERE tenant_id = $1",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &FIND,
    &FIND_BY_NID,
    &LIST_PUBLISHED,
    &LIST_OF_CLASS,
    &COUNT_BY_CLASS,
    &LIST_SIZES,
    &UPDATE_PUBLISHED,
    &UPDATE_RETENTION,
    &NEWEST_NID,
];

/// Adds a room.
pub fn insert_room(tx: &mut Tx<'_>, room: &RoomRow, creator: &UserId, at: Timestamp) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            room.nid.into(),
            room.room_id.as_str().into(),
            room.version.as_str().into(),
            creator.into(),
            room.published.into(),
            at.into(),
            room.class.as_str().into(),
        ],
    )?;
    Ok(())
}

/// The room with this Matrix id.
pub fn find_room(tx: &mut Tx<'_>, room_id: &RoomId) -> Result<Option<RoomRow>> {
    tx.query_opt(&FIND, &[room_id.into()], RoomRow::from_row)
}

/// The room with this number.
pub fn find_room_by_nid(tx: &mut Tx<'_>, nid: RoomNid) -> Result<Option<RoomRow>> {
    tx.query_opt(&FIND_BY_NID, &[nid.into()], RoomRow::from_row)
}

/// Rooms listed in the directory, oldest first.
pub fn list_published_rooms(tx: &mut Tx<'_>) -> Result<Vec<RoomRow>> {
    tx.query(&LIST_PUBLISHED, &[], RoomRow::from_row)
}

/// Up to `limit` rooms of a class behind number `after`, oldest first.
pub fn list_rooms_of_class(
    tx: &mut Tx<'_>,
    class: RoomClass,
    after: RoomNid,
    limit: u16,
) -> Result<Vec<RoomRow>> {
    let params = [class.as_str().into(), after.into(), i64::from(limit).into()];
    tx.query(&LIST_OF_CLASS, &params, RoomRow::from_row)
}

/// How many rooms of each class there are; classes without rooms are left out.
pub fn count_rooms_by_class(tx: &mut Tx<'_>) -> Result<Vec<(RoomClass, u64)>> {
    tx.query(&COUNT_BY_CLASS, &[], |row| {
        Ok((class(row, 0)?, u64::try_from(row.int(1)?).unwrap_or_default()))
    })
}

/// Up to `limit` rooms before number `before`, newest first, with how big they are. Private and
/// confidential ones are not among them: that they exist is all that may be known (law: R-072).
pub fn list_room_sizes(tx: &mut Tx<'_>, before: i64, limit: u16) -> Result<Vec<SizeRow>> {
    tx.query(&LIST_SIZES, &[before.into(), i64::from(limit).into()], SizeRow::from_row)
}

/// Lists or unlists a room in the directory.
pub fn update_published(tx: &mut Tx<'_>, nid: RoomNid, published: bool) -> Result<()> {
    tx.execute(&UPDATE_PUBLISHED, &[nid.into(), published.into()])?;
    Ok(())
}

/// Notes the period a room has chosen, in milliseconds; `None`: that of its class.
pub fn update_retention(tx: &mut Tx<'_>, nid: RoomNid, retention_ms: Option<i64>) -> Result<()> {
    tx.execute(&UPDATE_RETENTION, &[nid.into(), retention_ms.into()]).map(drop)
}

/// Highest room number in use; zero without rooms.
pub fn newest_room_nid(tx: &mut Tx<'_>) -> Result<RoomNid> {
    tx.query_one(&NEWEST_NID, &[], |row| Ok(RoomNid(row.int(0)?)))
}
