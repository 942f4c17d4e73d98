//! Rooms the person has left or was removed from.

use kontor_core::{Cx, Result};
use kontor_rooms::UserRoom;
use ruma::api::client::sync::sync_events::v3::LeftRoom;
use ruma::events::room::member::MembershipState;

use crate::joined::Stretch;
use crate::sync::{RoomHandle, Scope, Sync};

impl Sync {
    /// What happened up to leaving; `None` if the device has no need to know.
    pub(crate) async fn left(
        &self,
        cx: &Cx,
        scope: &Scope,
        room: &RoomHandle,
        entry: &UserRoom,
    ) -> Result<Option<LeftRoom>> {
        let sight = self.rooms.sight(cx, room, &scope.user).await?;
        let before = match scope.since {
            Some(since) => sight.membership_at(since.stream),
            None => MembershipState::Join,
        };
        let wanted = scope.since.is_some() || scope.filter.room.include_leave;
        if !wanted || matches!(before, MembershipState::Leave | MembershipState::Ban) {
            return Ok(None);
        }
        let mut left = LeftRoom::new();
        let was_member = before == MembershipState::Join && scope.since.is_some();
        let since = was_member.then(|| scope.since_pos());
        let upto = entry.pos.min(scope.upto.stream);
        let stretch = Stretch { since, upto, summary: false };
        let part = self.stretch(cx, scope, (room, &sight), stretch).await?;
        left.timeline = part.timeline;
        left.state = part.state;
        Ok(Some(left))
    }
}
