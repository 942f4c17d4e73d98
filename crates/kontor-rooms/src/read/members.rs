//! `/members` and `/joined_members`.

use kontor_core::{Cx, Result, StreamPos};
use ruma::api::client::membership::get_member_events::v3 as members;
use ruma::api::client::membership::joined_members::v3 as joined;
use ruma::events::room::member::MembershipState;
use serde_json::Value;

use super::token_position;
use crate::Rooms;
use crate::authority::require_joined;
use crate::timeline::state_horizon;

impl Rooms {
    /// Membership events of a room (spec: `GET /rooms/{roomId}/members`).
    pub async fn members(&self, cx: &Cx, request: members::Request) -> Result<members::Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let asked = request.at.as_deref().map(token_position).transpose()?;
        let at = asked.unwrap_or(StreamPos::MAX).min(state_horizon(&sight)?);
        let mut events = self.state_at(cx, &room, at).await?;
        events.retain(|event| {
            let Some(membership) = &event.membership else { return false };
            request.membership.as_ref().is_none_or(|wanted| wanted == membership)
                && request.not_membership.as_ref().is_none_or(|unwanted| unwanted != membership)
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
