//! Rooms that nobody is in any more, and everything of them. law: R-116

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Sql, Tx};

/// A room that nobody is in, or about to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbandonedRoom {
    /// Short number.
    pub nid: RoomNid,
    /// Matrix room id.
    pub room_id: String,
    /// Position of the newest event: the last one left at that time.
    pub last_pos: StreamPos,
}

static LIST: Sql = Sql::new(
    "abandoned_room.list",
    "SELECT r.room_nid, r.room_id,
            (SELECT CAST(COALESCE(MAX(e.pos), 0) AS BIGINT) FROM event e
              WHERE e.tenant_id = r.tenant_id AND e.room_nid = r.room_nid)
       FROM room r
      WHERE r.tenant_id = $1 AND r.room_nid > $2
        AND NOT EXISTS (SELECT 1 FROM membership m
                         WHERE m.tenant_id = r.tenant_id AND m.room_nid = r.room_nid
                           AND m.membership IN ('join', 'invite', 'knock'))
        AND NOT EXISTS (SELECT 1 FROM held_event h
                         WHERE h.tenant_id = r.tenant_id AND h.room_nid = r.room_nid)
      ORDER BY r.room_nid LIMIT $3",
);

static IS_ABANDONED: Sql = Sql::new(
    "abandoned_room.is_abandoned",
    "SELECT COUNT(*) FROM membership
      WHERE tenant_id = $1 AND room_nid = $2 AND membership IN ('join', 'invite', 'knock')",
);

static EVENTS: Sql = Sql::new(
    "abandoned_room.events",
    "SELECT pos FROM event WHERE tenant_id = $1 AND room_nid = $2 ORDER BY pos LIMIT $3",
);

/// What goes with the room itself. `$2` is its number.
static DELETES: [Sql; 7] = [
    Sql::new(
        "abandoned_room.state",
        "DELETE FROM room_state WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new(
        "abandoned_room.receipts",
        "DELETE FROM receipt WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new(
        "abandoned_room.notices",
        "DELETE FROM expiry_notice WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new(
        "abandoned_room.account_data",
        "DELETE FROM account_data WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new(
        "abandoned_room.aliases",
        "DELETE FROM room_alias WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new(
        "abandoned_room.memberships",
        "DELETE FROM membership WHERE tenant_id = $1 AND room_nid = $2",
    ),
    Sql::new("abandoned_room.room", "DELETE FROM room WHERE tenant_id = $1 AND room_nid = $2"),
];

/// All statements of this chapter.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [&LIST, &IS_ABANDONED, &EVENTS].into_iter().chain(&DELETES)
}

/// Up to `limit` rooms behind number `after` that nobody is in, and of which nothing is held.
pub fn list_abandoned_rooms(
    tx: &mut Tx<'_>,
    after: RoomNid,
    limit: u16,
) -> Result<Vec<AbandonedRoom>> {
    tx.query(&LIST, &[after.into(), limit.into()], |row| {
        Ok(AbandonedRoom {
            nid: RoomNid(row.int(0)?),
            room_id: row.text(1)?,
            last_pos: StreamPos(row.int(2)?),
        })
    })
}

/// Whether nobody is in a room.
pub fn is_abandoned(tx: &mut Tx<'_>, room: RoomNid) -> Result<bool> {
    tx.query_one(&IS_ABANDONED, &[room.into()], |row| Ok(row.int(0)? == 0))
}

/// Positions of up to `limit` events of a room, oldest first.
pub fn list_positions(tx: &mut Tx<'_>, room: RoomNid, limit: u32) -> Result<Vec<StreamPos>> {
    let params = [room.into(), i64::from(limit).into()];
    tx.query(&EVENTS, &params, |row| Ok(StreamPos(row.int(0)?)))
}

/// Removes a room whose events have gone.
pub fn delete_room(tx: &mut Tx<'_>, room: RoomNid) -> Result<u64> {
    let mut rows = 0;
    for sql in &DELETES {
        rows += tx.execute(sql, &[room.into()])?;
    }
    Ok(rows)
}
