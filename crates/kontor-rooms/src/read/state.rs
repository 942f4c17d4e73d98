//! `/state`: the state of a room, whole or one event.

use std::sync::Arc;

use kontor_core::{Cx, Error, Kind, Result, StreamPos};
use kontor_store::{event, room_state};
use ruma::RoomId;
use ruma::api::client::state::get_state_events::v3 as all;
use serde_json::value::RawValue;

use crate::load::into_events;
use crate::timeline::state_horizon;
use crate::{Event, Room, Rooms};

impl Rooms {
    /// The whole state (spec: `GET /rooms/{roomId}/state`).
    pub async fn all_state(&self, cx: &Cx, request: all::Request) -> Result<all::Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let events = self.visible_state(cx, &room, &sight).await?;
        Ok(all::Response::new(self.show_state(cx, &events)))
    }

    /// One state event as the viewer may see it: the event as clients get it, and its content.
    pub async fn state_event(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        (kind, state_key): (&str, &str),
    ) -> Result<(Box<RawValue>, Box<RawValue>)> {
        let room = self.room_for_member(cx, room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let horizon = state_horizon(&sight)?;
        let event = if horizon == StreamPos::MAX {
            room.live().state.get(kind, state_key).cloned()
        } else {
            self.state_event_at(cx, &room, (kind, state_key), horizon).await?
        };
        let event = event.ok_or_else(|| Error::not_found("This state is not set."))?;
        let shown = event.render(true, &event.unsigned(cx.session().ok(), cx.now));
        let content = RawValue::from_string(event.pdu.content.get().to_owned());
        Ok((shown, content.map_err(Error::internal)?))
    }

    /// The event that held a state key just after `at`.
    pub(crate) async fn state_event_at(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        (kind, state_key): (&str, &str),
        at: StreamPos,
    ) -> Result<Option<Arc<Event>>> {
        let room = Arc::clone(room);
        let (kind, state_key) = (kind.to_owned(), state_key.to_owned());
        self.db
            .read(cx, move |tx| {
                let row = room_state::find_state_at(tx, room.nid, (&kind, &state_key), at)?;
                let Some(row) = row else { return Ok(None) };
                let rows = event::list_events_at(tx, room.nid, &[row.from])?;
                Ok(into_events(tx, rows, (room.nid, &room.room_id), &room.rules)?.pop())
            })
            .await
    }

    /// A room for somebody who is or was in it.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, whether the room exists or not.
    pub(crate) async fn room_for_member(&self, cx: &Cx, room_id: &RoomId) -> Result<Arc<Room>> {
        self.room(cx, room_id).await.map_err(|error| match error.kind {
            Kind::NotFound => Error::forbidden("You are not in this room."),
            _ => error,
        })
    }
}
