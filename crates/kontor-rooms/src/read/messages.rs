//! `/messages`, `/context` and `/event`.

use std::sync::Arc;

use kontor_core::{Cx, Error, Kind, Result, StreamPos};
use kontor_protocol::EventMatcher;
use ruma::api::Direction as Dir;
use ruma::api::client::context::get_context::v3 as context;
use ruma::api::client::filter::LazyLoadOptions;
use ruma::api::client::message::get_message_events::v3 as messages;
use ruma::api::client::room::get_room_event::v3 as single;

use super::{page_size, token, token_position};
use crate::timeline::Direction;
use crate::{Event, Rooms};

impl Rooms {
    /// A page of the timeline (spec: `GET /rooms/{roomId}/messages`).
    pub async fn messages(
        &self,
        cx: &Cx,
        request: messages::Request,
    ) -> Result<messages::Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let direction = match request.dir {
            Dir::Backward => Direction::Backwards,
            Dir::Forward => Direction::Forwards,
        };
        let from = match (&request.from, direction) {
            (Some(token), _) => token_position(token)?,
            (None, Direction::Backwards) => room.live().last_pos,
            (None, Direction::Forwards) => StreamPos::ZERO,
        };
        let until = request.to.as_deref().map(token_position).transpose()?;
        let matcher = EventMatcher::new(&request.filter);
        let wanted = |event: &Event| matcher.matches(&event.pdu);
        let limit = page_size(Some(request.limit));
        let page = self.page(cx, (&room, &sight), (from, direction), (limit, &wanted)).await?;
        let mut events = page.events;
        let mut next = page.next;
        if let Some(until) = until {
            events.retain(|event| match direction {
                Direction::Backwards => event.pos() > until,
                Direction::Forwards => event.pos() <= until,
            });
            next = next.filter(|next| match direction {
                Direction::Backwards => *next > until,
                Direction::Forwards => *next < until,
            });
        }
        let mut response = messages::Response::new();
        response.start = token(from);
        response.end = next.map(token);
        if matches!(request.filter.lazy_load_options, LazyLoadOptions::Enabled { .. }) {
            let known = sight.state_horizon().unwrap_or(StreamPos::ZERO);
            let members = self.senders_of(cx, &room, known, &events).await?;
            response.state = self.show_state(cx, &members);
        }
        response.chunk = self.show_events(cx, &room, (&sight, true), &events).await?;
        Ok(response)
    }

    /// An event and what surrounds it (spec: `GET /rooms/{roomId}/context/{eventId}`).
    pub async fn context(&self, cx: &Cx, request: context::Request) -> Result<context::Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let event = self.visible_event(cx, &room, &sight, &request.event_id).await?;
        let limit = usize::try_from(u64::from(request.limit)).unwrap_or_default().min(100);
        let matcher = EventMatcher::new(&request.filter);
        let wanted = |event: &Event| matcher.matches(&event.pdu);
        let (past, future) = (StreamPos(event.pos().0 - 1), event.pos());
        let half = limit.div_ceil(2);
        let mut before = Vec::new();
        let mut start = past;
        if half > 0 {
            let from = (past, Direction::Backwards);
            let page = self.page(cx, (&room, &sight), from, (half, &wanted)).await?;
            start = page.next.unwrap_or(StreamPos::ZERO);
            before = page.events;
        }
        let mut after = Vec::new();
        if limit - half > 0 {
            let from = (future, Direction::Forwards);
            after = self.page(cx, (&room, &sight), from, (limit - half, &wanted)).await?.events;
        }
        let end = after.last().map_or(future, |event| event.pos());
        // Whoever is only invited sees events, but no state; who has left, not the present.
        let known = sight.state_horizon().map_or(StreamPos::ZERO, |known| known.min(end));
        let mut state = self.state_at(cx, &room, known).await?;
        if matches!(request.filter.lazy_load_options, LazyLoadOptions::Enabled { .. }) {
            let shown: Vec<Arc<Event>> =
                before.iter().chain([&event]).chain(&after).cloned().collect();
            let members = self.senders_of(cx, &room, known, &shown).await?;
            state.retain(|event| event.membership.is_none());
            state.extend(members);
        }
        let mut response = context::Response::new();
        response.start = Some(token(start));
        response.end = Some(token(end));
        response.events_before = self.show_events(cx, &room, (&sight, true), &before).await?;
        response.events_after = self.show_events(cx, &room, (&sight, true), &after).await?;
        response.event = self.show_events(cx, &room, (&sight, true), &[event]).await?.pop();
        response.state = self.show_state(cx, &state);
        Ok(response)
    }

    /// One event (spec: `GET /rooms/{roomId}/event/{eventId}`).
    pub async fn event(&self, cx: &Cx, request: single::Request) -> Result<single::Response> {
        // There is one answer to everything that cannot be seen.
        let unseen = |error: Error| match error.kind {
            Kind::Forbidden | Kind::NotFound => Error::not_found("There is no such event."),
            _ => error,
        };
        let room = self.room(cx, &request.room_id).await.map_err(unseen)?;
        let sight = self.remembered_sight(cx, &room).await.map_err(unseen)?;
        let event = self.visible_event(cx, &room, &sight, &request.event_id).await?;
        let mut shown = self.show_events(cx, &room, (&sight, true), &[event]).await?;
        let event = shown.pop().ok_or_else(|| Error::internal("no event shown"))?;
        Ok(single::Response::new(event))
    }
}
