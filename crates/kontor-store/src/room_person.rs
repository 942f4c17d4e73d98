//! What a person has left in one room. law: R-128

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::UserId;

/// An event, as far as it matters whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRow {
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// Matrix event id.
    pub event_id: String,
    /// Its type.
    pub kind: String,
    /// Who sent it.
    pub sender: String,
    /// State key of a state event.
    pub state_key: Option<String>,
    /// A device of the sender is noted with it.
    pub has_device: bool,
}

impl OwnerRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            pos: StreamPos(row.int(0)?),
            event_id: row.text(1)?,
            kind: row.text(2)?,
            sender: row.text(3)?,
            state_key: row.opt_text(4)?,
            has_device: row.opt_text(5)?.is_some(),
        })
    }
}

static ROOMS: Sql = Sql::new(
    "room_person.rooms",
    "SELECT m.room_nid, r.room_id
       FROM membership m JOIN room r ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
      WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.room_nid > $3
      ORDER BY m.room_nid LIMIT $4",
);

static OWNERS: Sql = Sql::new(
    "room_person.owners",
    "SELECT pos, event_id, kind, sender, state_key, device_id FROM event
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 ORDER BY pos LIMIT $4",
);

static CLEAR_DEVICES: Sql = Sql::new(
    "room_person.clear_devices",
    "UPDATE event SET device_id = NULL, txn_id = NULL
      WHERE tenant_id = $1 AND room_nid = $2 AND pos IN {in}",
);

static DELETE_RECEIPTS: Sql = Sql::new(
    "room_person.delete_receipts",
    "DELETE FROM receipt WHERE tenant_id = $1 AND room_nid = $2 AND user_id = $3",
);

static DELETE_MEMBERSHIP: Sql = Sql::new(
    "room_person.delete_membership",
    "DELETE FROM membership WHERE tenant_id = $1 AND room_nid = $2 AND user_id = $3",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] =
    &[&ROOMS, &OWNERS, &CLEAR_DEVICES, &DELETE_RECEIPTS, &DELETE_MEMBERSHIP];

/// Up to `limit` rooms behind number `after` that the person is or was in.
pub fn list_rooms(
    tx: &mut Tx<'_>,
    user: &UserId,
    after: RoomNid,
    limit: u16,
) -> Result<Vec<(RoomNid, String)>> {
    let params = [user.into(), after.into(), limit.into()];
    tx.query(&ROOMS, &params, |row| Ok((RoomNid(row.int(0)?), row.text(1)?)))
}

/// Up to `limit` events of a room behind `after`, whoever's, oldest first.
pub fn list_owners(
    tx: &mut Tx<'_>,
    room: RoomNid,
    after: StreamPos,
    limit: u32,
) -> Result<Vec<OwnerRow>> {
    let params = [room.into(), after.into(), i64::from(limit).into()];
    tx.query(&OWNERS, &params, OwnerRow::from_row)
}

/// Forgets with which devices events were sent.
pub fn clear_devices(tx: &mut Tx<'_>, room: RoomNid, positions: &[StreamPos]) -> Result<u64> {
    let list: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.execute_in(&CLEAR_DEVICES, &[room.into()], &list)
}

/// Forgets that the person was in a room, and how far they have read there; answers how many rows
/// that were.
pub fn forget_in_room(tx: &mut Tx<'_>, room: RoomNid, user: &UserId) -> Result<u64> {
    let params = [room.into(), user.into()];
    let receipts = tx.execute(&DELETE_RECEIPTS, &params)?;
    Ok(receipts + tx.execute(&DELETE_MEMBERSHIP, &params)?)
}
