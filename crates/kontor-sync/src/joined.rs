//! Rooms the person is in: timeline, state and summary.

use std::sync::Arc;

use kontor_core::{Cx, Result, StreamPos};
use kontor_rooms::{Direction, Event, Sight, UserRoom, token};
use ruma::UInt;
use ruma::api::client::sync::sync_events::v3::{JoinedRoom, RoomSummary, State, Timeline};
use ruma::events::room::member::MembershipState;

use crate::sync::{RoomHandle, Scope, Sync, heroes};

/// A part of a room's history to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// What the device has; `None`: nothing of this room.
    pub(crate) since: Option<StreamPos>,
    /// Where the answer ends.
    pub(crate) upto: StreamPos,
}

/// A stretch as sent.
pub(crate) struct Part {
    pub(crate) timeline: Timeline,
    pub(crate) state: State,
    /// A membership changed in it, or the device knew nothing.
    pub(crate) members_changed: bool,
}

impl Sync {
    /// What is new in a joined room; `None` if nothing is.
    pub(crate) async fn joined(
        &self,
        cx: &Cx,
        scope: &Scope,
        room: &RoomHandle,
        entry: &UserRoom,
    ) -> Result<Option<JoinedRoom>> {
        let sight = self.rooms.sight(cx, room, &scope.user).await?;
        let since = match scope.since {
            Some(since) if entry.pos <= since.stream => Some(since.stream),
            Some(since) if sight.membership_at(since.stream) == MembershipState::Join => {
                Some(since.stream)
            }
            _ => None,
        };
        let mut joined = JoinedRoom::new();
        let upto = scope.upto.stream;
        if since.is_none_or(|since| room.last_pos() > since) || scope.full_state {
            let part = self.stretch(cx, scope, (room, &sight), Stretch { since, upto }).await?;
            if part.members_changed {
                joined.summary = summary(room, scope);
            }
            joined.timeline = part.timeline;
            joined.state = part.state;
        }
        Ok(Some(joined).filter(|joined| since.is_none() || !joined.is_empty()))
    }

    /// The newest visible events of a stretch, and the state around them.
    pub(crate) async fn stretch(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, sight): (&RoomHandle, &Sight),
        stretch: Stretch,
    ) -> Result<Part> {
        let floor = stretch.since.unwrap_or(StreamPos::ZERO);
        let limit = scope.timeline_limit();
        let picked = |event: &Event| event.pos() <= floor || scope.timeline.matches(&event.pdu);
        // One more than asked for tells whether there is a gap.
        let from = (stretch.upto, Direction::Backwards);
        let page = self.rooms.page(cx, (room, sight), from, (limit + 1, &picked)).await?;
        let mut events: Vec<Arc<Event>> =
            page.events.into_iter().take_while(|event| event.pos() > floor).collect();
        let limited = events.len() > limit;
        events.truncate(limit);
        events.reverse();
        let start = match events.first() {
            Some(first) => StreamPos(first.pos().0 - 1),
            None => stretch.upto,
        };
        let members_changed = stretch.since.is_none()
            || limited
            || events.iter().any(|event| event.membership.is_some());
        let state = self.state(cx, scope, (room, sight), (stretch, start, &events)).await?;
        let mut timeline = Timeline::new();
        timeline.limited = limited;
        if !events.is_empty() || stretch.since.is_none() {
            timeline.prev_batch = Some(token(start));
        }
        timeline.events = self.rooms.show_events(cx, room, (sight, false), &events).await?;
        Ok(Part { timeline, state, members_changed })
    }

    /// The state the device lacks: up to the start of the timeline, or up to its end if the
    /// device asked for that.
    async fn state(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, sight): (&RoomHandle, &Sight),
        (stretch, start, timeline): (Stretch, StreamPos, &[Arc<Event>]),
    ) -> Result<State> {
        let until = if scope.state_after { stretch.upto } else { start };
        let Some(known) = sight.state_horizon() else {
            return self.own_membership(cx, scope, (room, sight)).await;
        };
        let until = until.min(known);
        let mut events = match stretch.since {
            Some(since) if !scope.full_state && until <= since => Vec::new(),
            Some(since) if !scope.full_state => {
                self.rooms.state_between(cx, room, since, until).await?
            }
            _ => self.rooms.state_at(cx, room, until).await?,
        };
        if scope.lazy_members() {
            let members = self.rooms.senders_of(cx, room, until, timeline).await?;
            let own = Some(scope.user.as_str());
            let full = stretch.since.is_none() || scope.full_state;
            if full {
                events.retain(|event| {
                    event.membership.is_none() || event.pdu.state_key.as_deref() == own
                });
            }
            let known: Vec<_> = events.iter().map(|event| event.pdu.event_id.clone()).collect();
            events.extend(members.into_iter().filter(|e| !known.contains(&e.pdu.event_id)));
        }
        events.retain(|event| scope.state.matches(&event.pdu));
        let shown = self.rooms.show_events(cx, room, (sight, false), &events).await?.into();
        Ok(if scope.state_after { State::After(shown) } else { State::Before(shown) })
    }
}

impl Sync {
    /// All that somebody who never was a member is told when an invitation or a knock is over.
    async fn own_membership(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, sight): (&RoomHandle, &Sight),
    ) -> Result<State> {
        let own = room.live().state.get("m.room.member", scope.user.as_str()).cloned();
        let events: Vec<_> = own.into_iter().collect();
        let shown = self.rooms.show_events(cx, room, (sight, false), &events).await?.into();
        Ok(if scope.state_after { State::After(shown) } else { State::Before(shown) })
    }
}

fn summary(room: &RoomHandle, scope: &Scope) -> RoomSummary {
    let live = room.live();
    let named = live.state.get("m.room.name", "").is_some()
        || live.state.get("m.room.canonical_alias", "").is_some();
    let mut summary = RoomSummary::new();
    if !named {
        summary.heroes = heroes(&live, &scope.user);
    }
    summary.joined_member_count = UInt::try_from(live.joined.len()).ok();
    summary.invited_member_count = UInt::try_from(live.invited).ok();
    summary
}
