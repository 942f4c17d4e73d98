//! What end-to-end encryption needs: messages between devices, whose keys changed, how many keys
//! are left (spec: "Extensions to /sync").

use kontor_core::{Cx, Result, StreamPos};
use kontor_e2ee::Moves;
use kontor_rooms::{Event, Room, UserRoom};
use ruma::OwnedUserId;
use ruma::api::client::sync::sync_events::v3::Response;
use ruma::events::room::member::MembershipState;

use crate::sync::{Scope, Sync};
use crate::token::Token;

impl Sync {
    /// Messages for the device; sets the answer's token back if not all of them fit.
    pub(crate) async fn add_to_device(
        &self,
        cx: &Cx,
        scope: &Scope,
        response: &mut Response,
    ) -> Result<()> {
        let device = (&*scope.user, cx.device()?);
        let since = scope.since.map(|since| since.inbox.unwrap_or(since.stream));
        let upto = scope.upto.stream;
        let inbox = self.sources.e2ee.take_inbox(cx, device, since, upto).await?;
        response.to_device.events = inbox.events;
        if inbox.until < upto {
            let token = Token { inbox: Some(inbox.until), ..scope.upto };
            response.next_batch = token.to_string();
        }
        Ok(())
    }

    /// Whose keys changed, and how many keys the device has left on the server.
    pub(crate) async fn add_keys(
        &self,
        cx: &Cx,
        scope: &Scope,
        moves: &Moves,
        response: &mut Response,
    ) -> Result<()> {
        let counts = self.sources.e2ee.key_counts(cx, &scope.user, cx.device()?).await?;
        response.device_one_time_keys_count = counts.one_time_keys.clone();
        response.device_unused_fallback_key_types = Some(counts.unused_fallback_keys.clone());
        let Some(since) = scope.since else { return Ok(()) };
        let span = (since.stream, scope.upto.stream);
        let lists = self.sources.e2ee.device_lists(cx, &scope.user, span, moves).await?;
        response.device_lists.changed = lists.changed.into_iter().collect();
        response.device_lists.left = lists.left.into_iter().collect();
        Ok(())
    }
}

/// Notes who came into or left a room since `since`.
pub(crate) fn note_moves(moves: &mut Moves, (room, entry): (&Room, &UserRoom), since: StreamPos) {
    let is_joined = entry.membership == MembershipState::Join;
    let live = room.live();
    if entry.pos > since {
        // The viewer came or went, and all the others with them.
        let others = if is_joined { &mut moves.joined } else { &mut moves.left };
        others.extend(live.joined);
        return;
    }
    if !is_joined {
        return;
    }
    let newer = |event: &&_| Event::pos(event) > since;
    if live.covers(since) {
        live.recent.iter().rev().take_while(|event| newer(&&***event)).for_each(|event| {
            note_move(moves, event);
        });
    } else {
        let members = live.state.of_kind("m.room.member");
        members.filter(|event| newer(&&***event)).for_each(|event| note_move(moves, event));
    }
}

fn note_move(moves: &mut Moves, event: &Event) {
    let Some(membership) = &event.membership else { return };
    let user = event.pdu.state_key.as_deref().and_then(|key| OwnedUserId::try_from(key).ok());
    let Some(user) = user else { return };
    match membership {
        MembershipState::Join => moves.joined.insert(user),
        MembershipState::Leave | MembershipState::Ban => moves.left.insert(user),
        _ => false,
    };
}
