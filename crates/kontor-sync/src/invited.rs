//! Rooms the device is invited to, or has knocked on.

use ruma::api::client::sync::sync_events::v3::{InvitedRoom, KnockState, KnockedRoom};

use crate::stripped::stripped;
use crate::sync::{RoomHandle, Scope, Sync};

impl Sync {
    /// The invitation.
    #[expect(clippy::unused_self, reason = "the parts of an answer are called alike")]
    pub(crate) fn invited(&self, scope: &Scope, room: &RoomHandle) -> InvitedRoom {
        let mut invited = InvitedRoom::new();
        invited.invite_state = stripped(&room.live(), &scope.user).into();
        invited
    }

    /// The knock.
    #[expect(clippy::unused_self, reason = "the parts of an answer are called alike")]
    pub(crate) fn knocked(&self, scope: &Scope, room: &RoomHandle) -> KnockedRoom {
        let mut knock_state = KnockState::new();
        knock_state.events = stripped(&room.live(), &scope.user);
        knock_state.into()
    }
}
