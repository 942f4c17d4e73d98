//! Which rooms there are, for administrators: how big, never what for.

use kontor_core::{Cx, Permission, Result, RoomClass};
use kontor_store::room;

use super::RoomSize;
use crate::Rooms;

impl Rooms {
    /// How many rooms of each class there are.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn count_by_class(&self, cx: &Cx) -> Result<Vec<(RoomClass, u64)>> {
        cx.require(Permission::SeeRoomClasses)?;
        self.db.read(cx, room::count_rooms_by_class).await
    }

    /// Up to `limit` rooms before number `before` (`None`: the newest), newest first; no private
    /// and no confidential ones.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn sizes(&self, cx: &Cx, before: Option<i64>, limit: u16) -> Result<Vec<RoomSize>> {
        cx.require(Permission::SeeRooms)?;
        let before = before.unwrap_or(i64::MAX);
        self.db.read(cx, move |tx| room::list_room_sizes(tx, before, limit)).await
    }
}
