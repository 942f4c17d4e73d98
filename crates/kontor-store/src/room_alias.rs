//! Room aliases: the readable addresses of rooms.

use kontor_core::{Error, MatrixCode, Result, RoomNid, Timestamp};
use kontor_db::{Sql, Tx};
use ruma::{RoomAliasId, UserId};

static INSERT: Sql = Sql::new(
    "room_alias.insert",
    "INSERT INTO room_alias (tenant_id, alias, room_nid, creator, created_ms)
     VALUES ($1, $2, $3, $4, $5)",
);

static FIND: Sql = Sql::new(
    "room_alias.find",
    "SELECT r.room_id, a.creator
       FROM room_alias a JOIN room r ON r.tenant_id = a.tenant_id AND r.room_nid = a.room_nid
      WHERE a.tenant_id = $1 AND a.alias = $2",
);

static LIST_OF_ROOM: Sql = Sql::new(
    "room_alias.list_of_room",
    "SELECT alias FROM room_alias WHERE tenant_id = $1 AND room_nid = $2 ORDER BY alias",
);

static DELETE: Sql =
    Sql::new("room_alias.delete", "DELETE FROM room_alias WHERE tenant_id = $1 AND alias = $2");

static MOVE: Sql = Sql::new(
    "room_alias.move",
    "UPDATE room_alias SET room_nid = $3 WHERE tenant_id = $1 AND room_nid = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &FIND, &LIST_OF_ROOM, &DELETE, &MOVE];

/// Adds an alias.
///
/// # Errors
/// `Conflict` (`M_ROOM_IN_USE`) if it is taken.
pub fn add_alias(
    tx: &mut Tx<'_>,
    alias: &RoomAliasId,
    room: RoomNid,
    creator: &UserId,
    at: Timestamp,
) -> Result<()> {
    if find_alias(tx, alias)?.is_some() {
        let text = "This room address is taken.";
        return Err(Error::conflict(MatrixCode::RoomInUse, text));
    }
    tx.execute(&INSERT, &[alias.into(), room.into(), creator.into(), at.into()])?;
    Ok(())
}

/// Room id and creator of an alias.
pub fn find_alias(tx: &mut Tx<'_>, alias: &RoomAliasId) -> Result<Option<(String, String)>> {
    tx.query_opt(&FIND, &[alias.into()], |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Aliases of a room, in alphabetical order.
pub fn list_aliases(tx: &mut Tx<'_>, room: RoomNid) -> Result<Vec<String>> {
    tx.query(&LIST_OF_ROOM, &[room.into()], |row| row.text(0))
}

/// Removes an alias; `false` if there was none.
pub fn delete_alias(tx: &mut Tx<'_>, alias: &RoomAliasId) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[alias.into()])? > 0)
}

/// Points every alias of one room to another.
pub fn move_aliases(tx: &mut Tx<'_>, from: RoomNid, to: RoomNid) -> Result<()> {
    tx.execute(&MOVE, &[from.into(), to.into()])?;
    Ok(())
}
