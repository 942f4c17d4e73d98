//! `/members` and `/joined_members`.

use kontor_core::{Cx, Result, StreamPos};
use ruma::api::client::membership::get_member_events::v3 as members;
use ruma::api::client::membership::joined_members::v3 as joined;
use ruma::events::room::member::MembershipState;
use serde_json::Value;

use super::{token_position, unknown_word};
use crate::Rooms;
use crate::authority::require_joined;
use crate::timeline::state_horizon;

/// What somebody can be in a room.
const MEMBERSHIPS: [&str; 5] = ["join", "invite", "knock", "leave", "ban"];

impl Rooms {
    /// Membership events of a room (spec: `GET /rooms/{roomId}/members`).
    pub async fn members(&self, cx: &Cx, request: members::Request) -> Result<members::Response> {
        let words = [("membership", &request.membership)];
        let words = words.into_iter().chain([("not_membership", &request.not_membership)]);
        for (parameter, word) in words {
            if word.as_ref().is_some_and(|word| !MEMBERSHIPS.contains(&word.as_str())) {
                return Err(unknown_word(parameter, "join, invite, knock, leave or ban"));
            }
        }
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let asked = request.at.as_deref().map(token_position).transpose()?;
        let at = asked.unwrap_or(StreamPos::MAX).min(state_horizon(&sight)?);
        let mut events = self.state_at(cx, &room, at).await?;
        events.retain(|event| {
            let Some(membership) = &event.membership else { return false };
            let wanted = request.membership.as_ref().map(|wanted| wanted == membership);
            let other = request.not_membership.as_ref().map(|unwanted| unwanted != membership);
            // spec: "the two parameters create an 'or' condition".
            match (wanted, other) {
                (None, None) => true,
                (wanted, other) => wanted == Some(true) || other == Some(true),
            }
        });
        Ok(members::Response::new(self.show_state(cx, &events)))
    }

    /// Joined members with name and picture (spec: `GET /rooms/{roomId}/joined_members`).
    pub async fn joined_members(
        &self,
        cx: &Cx,
        request: joined::Request,
    ) -> Result<joined::Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        require_joined(cx, &room)?;
        let state = room.live().state;
        let mut answer = joined::Response::new(std::collections::BTreeMap::new());
        for event in state.of_kind("m.room.member") {
            let user = event.pdu.state_key.as_deref().and_then(|key| key.try_into().ok());
            let (Some(user), Some(MembershipState::Join)) = (user, &event.membership) else {
                continue;
            };
            let content: Value = serde_json::from_str(event.pdu.content.get()).unwrap_or_default();
            let text = |name: &str| content.get(name).and_then(Value::as_str).map(str::to_owned);
            let mut member = joined::RoomMember::new();
            member.display_name = text("displayname");
            member.avatar_url = text("avatar_url").map(Into::into);
            answer.joined.insert(user, member);
        }
        Ok(answer)
    }
}
