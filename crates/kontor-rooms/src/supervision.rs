//! Supervised rooms: by whom, for what, until when; everybody in them knows, and sees every look
//! that is taken. law: R-074…R-077
//!
//! The terms are a state event that only the server sets ([`STATE`]), so every client and every
//! newcomer sees them, signed.

mod acknowledgement;
mod ending;
mod reading;
mod register;
mod terms;

use kontor_core::{RoomClass, RoomNid};
use kontor_store::supervision::ReadingRow;
use ruma::OwnedUserId;

use crate::{Room, Rooms, State};

pub use reading::{Look, READING_LASTS};
pub use register::Supervised;
pub use terms::{Mode, Terms};

/// Type of the state event with the terms; its state key is empty.
pub(crate) const STATE: &str = "app.kontor.supervision";

/// Field of the message that tells a room of a look; only the server sends it.
pub(crate) const READING: &str = "app.kontor.supervision.reading";

/// What memory keeps of supervision; all of it can be read again.
#[derive(Debug)]
pub(crate) struct Known {
    /// The version of the notice that a person has acknowledged.
    acknowledged: quick_cache::sync::Cache<(RoomNid, OwnedUserId), i64>,
    /// The readings of a person that were open when last looked at.
    open: quick_cache::sync::Cache<(RoomNid, OwnedUserId), Vec<ReadingRow>>,
}

/// People of supervised rooms kept in memory.
const KNOWN: usize = 50_000;

impl Default for Known {
    fn default() -> Self {
        let cache = || quick_cache::sync::Cache::new(KNOWN);
        Self { acknowledged: cache(), open: quick_cache::sync::Cache::new(KNOWN / 10) }
    }
}

impl Rooms {
    /// By whom a room is supervised, for what, until when; `None` if it is not.
    #[must_use]
    pub fn terms(&self, room: &Room) -> Option<Terms> {
        terms_of(room)
    }
}

/// The terms of a supervised room; `None` for all others.
pub(crate) fn terms_of(room: &Room) -> Option<Terms> {
    match room.class {
        RoomClass::Supervised => terms_in(&room.live().state),
        _ => None,
    }
}

fn terms_in(state: &State) -> Option<Terms> {
    state.content(STATE, "")
}
