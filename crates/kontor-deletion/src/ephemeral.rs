//! Ephemeral rooms: what every device has goes within a minute; how long messages stay is measured.
//! law: R-114

use std::time::Duration;

use kontor_core::{Cx, Error, Permission, Result, RoomClass, RoomNid, Timestamp};
use kontor_db::Tx;
use kontor_store::deletion_run::{self, Removed};
use kontor_store::delivered;
use kontor_store::room;
use ruma::OwnedRoomId;

use crate::Deletion;
use crate::service::run_key;

pub use kontor_store::delivered::Residence;

/// Devices forget a message so long after it was written, a little before the promised day.
const TOLD_AFTER: Duration = Duration::from_mins(24 * 60 - 30);
/// The residence time is told for so long. law: R-114
const MEASURED: Duration = Duration::from_hours(24 * 30);
/// Rooms looked at in one read.
const ROOMS: u16 = 200;

impl Deletion {
    /// Removes messages that every device has, and tells devices to forget those whose day is over. To
    /// be called several times a minute; costs next to nothing where there are no ephemeral rooms.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it.
    pub async fn look_after_ephemeral(&self, cx: &Cx) -> Result<()> {
        let mut after = RoomNid(0);
        loop {
            let from = after;
            let read = move |tx: &mut Tx<'_>| {
                room::list_rooms_of_class(tx, RoomClass::Ephemeral, from, ROOMS)
            };
            let rooms = self.inner.db.read(cx, read).await?;
            let Some(last) = rooms.last() else { break };
            after = last.nid;
            for room in rooms {
                let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
                self.remove_delivered_in(cx, (room.nid, &room_id)).await?;
            }
        }
        while self.inner.rooms.tell_delivered(cx, cx.now.minus(TOLD_AFTER)).await? {}
        Ok(())
    }

    async fn remove_delivered_in(
        &self,
        cx: &Cx,
        (nid, room_id): (RoomNid, &OwnedRoomId),
    ) -> Result<()> {
        let period = self.period(RoomClass::Ephemeral, None).as_millis();
        let terms = (i64::try_from(period).unwrap_or(i64::MAX), cx.now);
        let now = cx.now;
        loop {
            let note = Box::new(move |tx: &mut Tx<'_>, step: &Removed| {
                let run = deletion_run::open_run(tx, run_key(RoomClass::Ephemeral), now, terms)?;
                deletion_run::add_to_run(tx, run, step, 0, terms)
            });
            if !self.inner.rooms.remove_delivered(cx, (nid, room_id), note).await? {
                return Ok(());
            }
        }
    }

    /// How long messages of ephemeral rooms stayed here in the last thirty days.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn residence(&self, cx: &Cx) -> Result<Residence> {
        cx.require(Permission::SeeDeletion)?;
        let since = cx.now.minus(MEASURED);
        self.inner.db.read(cx, move |tx| delivered::residence_since(tx, since)).await
    }
}

/// Numbers older than this are not told any more.
pub(crate) fn measured_since(now: Timestamp) -> Timestamp {
    now.minus(MEASURED)
}
