//! Who is in which room, now.

use kontor_core::{Error, Result, RoomClass, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId};

/// A user's present membership of one room.
#[derive(Clone, Debug)]
pub struct MembershipRow {
    /// Room.
    pub room_nid: RoomNid,
    /// Matrix id of the room.
    pub room_id: OwnedRoomId,
    /// `join`, `invite`, `knock`, `leave` or `ban`.
    pub membership: String,
    /// Position of the membership event.
    pub pos: StreamPos,
    /// The user asked to forget the room.
    pub forgotten: bool,
}

impl MembershipRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            room_nid: RoomNid(row.int(0)?),
            room_id: RoomId::parse(row.text(1)?).map_err(Error::internal)?,
            membership: row.text(2)?,
            pos: StreamPos(row.int(3)?),
            forgotten: row.bool(4)?,
        })
    }
}

static UPSERT: Sql = Sql::new(
    "membership.upsert",
    "INSERT INTO membership (tenant_id, user_id, room_nid, membership, pos, forgotten)
     VALUES ($1, $2, $3, $4, $5, FALSE)
     ON CONFLICT (tenant_id, user_id, room_nid) DO UPDATE
        SET membership = excluded.membership, pos = excluded.pos, forgotten = FALSE",
);

static FORGET: Sql = Sql::new(
    "membership.forget",
    "UPDATE membership SET forgotten = TRUE
      WHERE tenant_id = $1 AND user_id = $2 AND room_nid = $3",
);

static LIST_OF_USER: Sql = Sql::new(
    "membership.list_of_user",
    "SELECT m.room_nid, r.room_id, m.membership, m.pos, m.forgotten
       FROM membership m JOIN room r ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
      WHERE m.tenant_id = $1 AND m.user_id = $2",
);

static LIST_JOINED: Sql = Sql::new(
    "membership.list_joined",
    "SELECT user_id FROM membership
      WHERE tenant_id = $1 AND room_nid = $2 AND membership = 'join'",
);

static COUNT_INSIDE: Sql = Sql::new(
    "membership.count_inside",
    "SELECT COUNT(*)
       FROM membership m JOIN room r ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
      WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.membership IN ('join', 'invite', 'knock')
        AND r.class IN {in}",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FORGET, &LIST_OF_USER, &LIST_JOINED, &COUNT_INSIDE];

/// Records a user's present membership.
pub fn upsert_membership(
    tx: &mut Tx<'_>,
    user: &str,
    room: RoomNid,
    membership: &str,
    pos: StreamPos,
) -> Result<()> {
    tx.execute(&UPSERT, &[user.into(), room.into(), membership.into(), pos.into()])?;
    Ok(())
}

/// Marks a room as forgotten by a user.
pub fn forget_membership(tx: &mut Tx<'_>, user: &UserId, room: RoomNid) -> Result<()> {
    tx.execute(&FORGET, &[user.into(), room.into()])?;
    Ok(())
}

/// Every room a user is or was in.
pub fn list_memberships_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<MembershipRow>> {
    tx.query(&LIST_OF_USER, &[user.into()], MembershipRow::from_row)
}

/// Who is in a room.
pub fn list_joined_members(tx: &mut Tx<'_>, room: RoomNid) -> Result<Vec<OwnedUserId>> {
    tx.query(&LIST_JOINED, &[room.into()], |row| row.id(0))
}

/// In how many rooms of these classes a person is, or is about to be.
pub fn count_rooms_of(tx: &mut Tx<'_>, user: &UserId, classes: &[RoomClass]) -> Result<u64> {
    let classes: Vec<Param<'_>> = classes.iter().map(|class| class.as_str().into()).collect();
    let counts = tx.query_in(&COUNT_INSIDE, &[user.into()], &classes, |row| row.int(0))?;
    Ok(counts.into_iter().map(|count| u64::try_from(count).unwrap_or_default()).sum())
}
