//! Rooms the person is in: timeline, state and summary.

use std::sync::Arc;

use kontor_core::{Cx, Result, StreamPos};
use kontor_rooms::{Direction, Event, Sight, UserRoom, token};
use ruma::api::client::sync::sync_events::v3::{JoinedRoom, RoomSummary, State, Timeline};
use ruma::events::room::member::MembershipState;

use crate::summary::{Summary, may_have_changed};
use crate::sync::{RoomHandle, Scope, Sync};

/// A part of a room's history to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// What the device has; `None`: nothing of this room.
    pub(crate) since: Option<StreamPos>,
    /// Where the answer ends.
    pub(crate) upto: StreamPos,
    /// Whether the room's summary goes with it.
    pub(crate) summary: bool,
}

/// A stretch as sent.
pub(crate) struct Part {
    pub(crate) timeline: Timeline,
    pub(crate) state: State,
    pub(crate) summary: Option<RoomSummary>,
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
            let summary =
                scope.full_state || since.is_none_or(|since| may_have_changed(&room.live(), since));
            let stretch = Stretch { since, upto, summary };
            let part = self.stretch(cx, scope, (room, &sight), stretch).await?;
            joined.summary = part.summary.unwrap_or_default();
            joined.timeline = part.timeline;
            joined.state = part.state;
        }
        if let Some(since) = since {
            self.add_forgotten(cx, room, (since, upto), &mut joined.timeline).await?;
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
        let looked_to = page.next.filter(|next| *next > floor);
        let mut events: Vec<Arc<Event>> =
            page.events.into_iter().take_while(|event| event.pos() > floor).collect();
        let is_full = events.len() > limit;
        events.truncate(limit);
        events.reverse();
        // Where few events fit the filter, the search ends before the stretch does; what fits
        // further back is behind the token.
        let mut start = match (events.first(), looked_to) {
            (_, Some(looked_to)) if !is_full => looked_to,
            (Some(first), _) => StreamPos(first.pos().0 - 1),
            (None, _) => stretch.upto,
        };
        let mut limited = is_full || looked_to.is_some();
        if let Some(hidden) = self.hidden_state(cx, (room, sight), start, stretch.upto).await? {
            events.retain(|event| event.pos() > hidden);
            start = hidden;
            limited = true;
        }
        let summary = stretch.summary.then(|| Summary::new(&room.live(), &scope.user));
        let heroes = summary.as_ref().map_or(&[][..], |summary| &summary.heroes);
        let around = Around { stretch, start, timeline: &events, heroes };
        let state = self.state(cx, scope, (room, sight), around).await?;
        let mut timeline = Timeline::new();
        timeline.limited = limited;
        if !events.is_empty() || limited || stretch.since.is_none() {
            timeline.prev_batch = Some(token(start));
        }
        timeline.events = self.show(cx, scope, (room, sight), &events).await?;
        let summary = summary.map(|summary| summary.shown);
        Ok(Part { timeline, state, summary })
    }

    /// The last state event of a stretch that the person is not shown as history, from before they
    /// joined. It is state of their room all the same, so the timeline begins behind it: what stands
    /// before a timeline is told as state.
    async fn hidden_state(
        &self,
        cx: &Cx,
        (room, sight): (&RoomHandle, &Sight),
        start: StreamPos,
        upto: StreamPos,
    ) -> Result<Option<StreamPos>> {
        let Some(known) = sight.state_horizon() else { return Ok(None) };
        // Whoever was a member all the time is shown everything.
        if sight.membership_at(start) == MembershipState::Join || start >= upto.min(known) {
            return Ok(None);
        }
        let state = self.rooms.state_between(cx, room, start, upto.min(known)).await?;
        Ok(state.iter().filter(|event| !sight.sees(event)).map(|event| event.pos()).max())
    }

    /// The state the device lacks: up to the start of the timeline and what its filter has taken
    /// out of it, or up to its end if the device asked for that.
    async fn state(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, sight): (&RoomHandle, &Sight),
        around: Around<'_>,
    ) -> Result<State> {
        let Around { stretch, start, timeline, .. } = around;
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
        if !scope.timeline.takes_all() {
            let upto = stretch.upto.min(known);
            let behind = match upto > until {
                true => self.rooms.state_between(cx, room, until, upto).await?,
                false => Vec::new(),
            };
            lay_over(&mut events, behind.into_iter().filter(|event| !contains(timeline, event)));
        }
        if scope.lazy_members() {
            self.keep_needed_members(cx, scope, (room, until), (&around, &mut events)).await?;
        }
        events.retain(|event| scope.state.matches(&event.pdu));
        let shown = self.show(cx, scope, (room, sight), &events).await?.into();
        Ok(if scope.state_after { State::After(shown) } else { State::Before(shown) })
    }

    /// Lazy loading: of the members only the own one, those who speak in the timeline, and those
    /// the room is named after.
    async fn keep_needed_members(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, until): (&RoomHandle, StreamPos),
        (around, events): (&Around<'_>, &mut Vec<Arc<Event>>),
    ) -> Result<()> {
        if around.stretch.since.is_none() || scope.full_state {
            let own = Some(scope.user.as_str());
            events.retain(|event| {
                event.membership.is_none() || event.pdu.state_key.as_deref() == own
            });
        }
        let senders = self.rooms.senders_of(cx, room, until, around.timeline).await?;
        let upto = around.stretch.upto;
        let heroes = around.heroes.iter().filter(|event| event.pos() <= upto).cloned();
        let missing: Vec<Arc<Event>> = heroes
            .chain(senders)
            .filter(|event| !contains(around.timeline, event) && !contains(events, event))
            .collect();
        lay_over(events, missing.into_iter());
        Ok(())
    }
}

/// What a stretch's state is put around.
#[derive(Clone, Copy)]
struct Around<'t> {
    stretch: Stretch,
    /// Where the timeline begins.
    start: StreamPos,
    timeline: &'t [Arc<Event>],
    /// Membership events of those the room is named after.
    heroes: &'t [Arc<Event>],
}

fn contains(events: &[Arc<Event>], wanted: &Event) -> bool {
    events.iter().any(|event| event.pdu.event_id == wanted.pdu.event_id)
}

/// Sets state events in the place of those of the same type and key.
fn lay_over(events: &mut Vec<Arc<Event>>, newer: impl Iterator<Item = Arc<Event>>) {
    for event in newer {
        events.retain(|older| {
            older.pdu.state_key != event.pdu.state_key || older.pdu.kind != event.pdu.kind
        });
        events.push(event);
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
        let shown = self.show(cx, scope, (room, sight), &events).await?.into();
        Ok(if scope.state_after { State::After(shown) } else { State::Before(shown) })
    }
}
