//! The list of everything that is supervised, for everybody in the organisation. law: R-196

use std::time::Duration;

use kontor_core::{Cx, Error, Result, Role, RoomClass, RoomNid};
use kontor_store::{room, supervision};
use ruma::OwnedRoomId;

use super::terms_of;
use crate::{Rooms, Terms};

/// Rooms answered at most.
const MOST: u16 = 500;
/// Looks of this time are counted.
const LOOKS_OF: Duration = Duration::from_hours(30 * 24);

/// One supervised room, without its name.
#[derive(Clone, Debug)]
pub struct Supervised {
    /// Short number.
    pub nid: RoomNid,
    /// By whom, for what, until when.
    pub terms: Terms,
    /// How many people are in it.
    pub members: usize,
    /// How often it was looked into in the last 30 days.
    pub looks: usize,
    /// Whether the supervision lasts.
    pub lasts: bool,
}

impl Rooms {
    /// What is supervised in the organisation.
    ///
    /// # Errors
    /// `Forbidden` for guests.
    pub async fn supervised(&self, cx: &Cx) -> Result<Vec<Supervised>> {
        if cx.session()?.roles.has(Role::Guest) {
            return Err(Error::forbidden("This list is for people of the organisation."));
        }
        let list = move |tx: &mut kontor_db::Tx<'_>| {
            room::list_rooms_of_class(tx, RoomClass::Supervised, RoomNid(0), MOST)
        };
        let mut found = Vec::new();
        for row in self.db.read(cx, list).await? {
            let room_id = OwnedRoomId::try_from(row.room_id).map_err(Error::internal)?;
            let room = self.room(cx, &room_id).await?;
            let Some(terms) = terms_of(&room) else { continue };
            let (nid, since) = (room.nid, cx.now.minus(LOOKS_OF));
            let looks = self
                .db
                .read(cx, move |tx| supervision::list_readings(tx, nid, since, 1_000))
                .await?;
            let lasts = terms.lasts(cx.now);
            let members = room.live().joined.len();
            found.push(Supervised { nid, terms, members, looks: looks.len(), lasts });
        }
        Ok(found)
    }
}
