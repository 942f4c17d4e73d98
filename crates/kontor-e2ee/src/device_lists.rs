//! Telling people whose keys changed (spec: "Tracking the device list for a user").

use std::collections::BTreeSet;

use kontor_core::{Cx, Result, StreamPos};
use kontor_feed::DeviceListChange;
use kontor_store::{device_list_change, event};
use ruma::events::room::member::MembershipState;
use ruma::{OwnedUserId, UserId};

use crate::E2ee;

/// Whose keys a person must fetch anew, and whose are of no concern any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedDeviceLists {
    /// Keys changed, or a room is shared newly.
    pub changed: BTreeSet<OwnedUserId>,
    /// No room is shared any more.
    pub left: BTreeSet<OwnedUserId>,
}

/// People whose membership of a room of the viewer changed in a span of time.
///
/// If the viewer joined or left a room, that is everybody in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// May share a room newly.
    pub joined: BTreeSet<OwnedUserId>,
    /// May share no room any more.
    pub left: BTreeSet<OwnedUserId>,
}

impl E2ee {
    /// Whose keys changed for `user` after `from`, up to and including `to`.
    ///
    /// `moves` are the membership changes of the same span. If nothing happened, this costs
    /// neither database access nor a look at rooms.
    pub async fn device_lists(
        &self,
        cx: &Cx,
        user: &UserId,
        (from, to): (StreamPos, StreamPos),
        moves: &Moves,
    ) -> Result<ChangedDeviceLists> {
        let changes = self.changes(cx, from, to).await?;
        let concerns =
            |change: &DeviceListChange| change.viewer.as_ref().is_none_or(|viewer| viewer == user);
        let mut lists = ChangedDeviceLists::default();
        if !changes.iter().any(concerns) && moves.joined.is_empty() && moves.left.is_empty() {
            return Ok(lists);
        }
        let sharing = self.rooms.users_sharing_room(cx, user).await?;
        for change in changes.into_iter().filter(concerns) {
            // What only this viewer sees is told in any case.
            if change.viewer.is_some() || sharing.contains(&change.user_id) {
                lists.changed.insert(change.user_id);
            }
        }
        lists.changed.extend(moves.joined.intersection(&sharing).cloned());
        lists.left.extend(moves.left.difference(&sharing).cloned());
        Ok(lists)
    }

    /// Whose keys changed for the caller between two positions (spec: `GET /keys/changes`).
    pub async fn key_changes(
        &self,
        cx: &Cx,
        from: StreamPos,
        to: StreamPos,
    ) -> Result<ChangedDeviceLists> {
        let user = cx.user()?.to_owned();
        let to = to.min(self.db.committed());
        let moves = self.moves(cx, &user, from, to).await?;
        self.device_lists(cx, &user, (from, to), &moves).await
    }

    async fn changes(
        &self,
        cx: &Cx,
        from: StreamPos,
        to: StreamPos,
    ) -> Result<Vec<DeviceListChange>> {
        if to <= from {
            return Ok(Vec::new());
        }
        if let Some(changes) = self.feed.device_lists().between(from, to) {
            return Ok(changes);
        }
        let rows =
            self.db.read(cx, move |tx| device_list_change::list_changes(tx, from, to)).await?;
        let changes = rows.into_iter().map(|row| DeviceListChange {
            pos: row.pos,
            user_id: row.user_id,
            viewer: row.viewer,
        });
        Ok(changes.collect())
    }

    /// The membership changes in rooms of `user` between two positions, from the database.
    async fn moves(&self, cx: &Cx, user: &UserId, from: StreamPos, to: StreamPos) -> Result<Moves> {
        let mut rooms = Vec::new();
        let mut moves = Moves::default();
        for (room_id, entry) in &self.rooms.rooms_of(cx, user).await? {
            let moved = entry.pos > from && entry.pos <= to;
            let is_joined = entry.membership == MembershipState::Join;
            if is_joined || moved {
                rooms.push(entry.nid);
            }
            if moved {
                let joined = self.rooms.room(cx, room_id).await?.live().joined;
                let others = if is_joined { &mut moves.joined } else { &mut moves.left };
                others.extend(joined);
            }
        }
        let moved =
            self.db.read(cx, move |tx| event::list_moved_members(tx, &rooms, from, to)).await?;
        // Whether they came or went shows in whether a room is shared now.
        moves.joined.extend(moved.iter().cloned());
        moves.left.extend(moved);
        moves.joined.remove(user);
        moves.left.remove(user);
        Ok(moves)
    }
}
