//! What the caller may do in a room beyond what the event auth rules decide.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, Session};
use kontor_protocol::PowerLevels;
use kontor_store::{account, profile};
use ruma::events::room::member::MembershipState;
use ruma::{RoomId, UserId};
use serde_json::{Map, Value};

use crate::{Event, Room, Rooms};

impl Rooms {
    /// A room that the caller is in.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, whether the room exists or not.
    pub async fn joined_room(&self, cx: &Cx, room_id: &RoomId) -> Result<Arc<Room>> {
        let room = self.room_for_member(cx, room_id).await?;
        require_joined(cx, &room)?;
        Ok(room)
    }

    /// A room that the caller is in or invited to.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, whether the room exists or not.
    pub async fn joined_or_invited_room(&self, cx: &Cx, room_id: &RoomId) -> Result<Arc<Room>> {
        let room = self.room_for_member(cx, room_id).await?;
        match room.live().state.membership(cx.user()?) {
            MembershipState::Join | MembershipState::Invite => Ok(room),
            _ => Err(Error::forbidden("You are not in this room.")),
        }
    }

    /// The power levels in force.
    pub fn power_levels(&self, room: &Room) -> PowerLevels {
        let state = room.live().state;
        let create = state.get("m.room.create", "").map(|event| &event.pdu);
        let levels = state.get("m.room.power_levels", "").map(|event| &event.pdu);
        PowerLevels::new(&room.rules, create, levels)
    }

    /// Own events, or the level for redactions.
    pub(crate) fn require_may_redact(
        &self,
        room: &Room,
        session: &Session,
        target: &Arc<Event>,
    ) -> Result<()> {
        let levels = self.power_levels(room);
        if levels.may_redact_others(&session.user_id) {
            return Ok(());
        }
        if target.pdu.sender == session.user_id {
            if self.policy.now().delete_own_messages {
                return Ok(());
            }
            return Err(Error::forbidden("Messages are not deleted in this organisation."));
        }
        Err(Error::forbidden("You may not delete messages of others in this room."))
    }

    /// The person has an account in this organisation.
    ///
    /// # Errors
    /// `Forbidden` for people of other servers (no federation), `NotFound` for unknown people.
    pub(crate) async fn require_known(&self, cx: &Cx, user: &UserId) -> Result<()> {
        if user.server_name() != self.server_name {
            let text = "People of other servers can't be reached: federation is off.";
            return Err(Error::forbidden(text));
        }
        let wanted = user.to_owned();
        let found = self.db.read(cx, move |tx| account::find_account(tx, &wanted)).await?;
        match found.is_some_and(|account| account.deactivated.is_none()) {
            true => Ok(()),
            false => Err(Error::not_found("There is no such person in this organisation.")),
        }
    }

    /// Display name and picture of a person, as fields of a membership event.
    pub(crate) async fn name_and_picture(
        &self,
        cx: &Cx,
        user: &UserId,
    ) -> Result<Map<String, Value>> {
        let wanted = user.to_owned();
        let fields = self.db.read(cx, move |tx| profile::list_profile(tx, &wanted)).await?;
        Ok(fields
            .into_iter()
            .filter(|(name, _)| name == "displayname" || name == "avatar_url")
            .collect())
    }
}

/// # Errors
/// `Forbidden` unless the caller is joined.
pub(crate) fn require_joined(cx: &Cx, room: &Room) -> Result<()> {
    match room.live().joined.contains(cx.user()?) {
        true => Ok(()),
        false => Err(Error::forbidden("You are not in this room.")),
    }
}
