//! The event at a time.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, StreamPos};
use kontor_db::Tx;
use kontor_store::event;
use ruma::MilliSecondsSinceUnixEpoch;
use ruma::api::Direction as Dir;
use ruma::api::client::room::get_event_by_timestamp::v1::{Request, Response};
use serde::Deserialize;

use crate::timeline::Direction;
use crate::{Event, Room, Rooms};

/// The part of a stored event that is looked at.
#[derive(Deserialize)]
struct Stamp {
    origin_server_ts: MilliSecondsSinceUnixEpoch,
}

impl Rooms {
    /// The visible event closest to a time, on one side of it (spec: `GET
    /// /rooms/{roomId}/timestamp_to_event`).
    ///
    /// Takes the times of a room's events to rise with their order; where the clock once jumped
    /// back, an event further away may be found.
    ///
    /// # Errors
    /// `NotFound` if there is none on that side.
    pub async fn event_at_time(&self, cx: &Cx, request: Request) -> Result<Response> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let (wanted, forwards) = (request.ts, request.dir == Dir::Forward);
        let reached = move |ts| if forwards { ts >= wanted } else { ts > wanted };
        let first = self.first_position(cx, &room, reached).await?;
        let before = StreamPos(first.0.saturating_sub(1));
        let direction = if forwards { Direction::Forwards } else { Direction::Backwards };
        let fits = |event: &Event| reached(event.pdu.origin_server_ts) == forwards;
        let page = self.page(cx, (&room, &sight), (before, direction), (1, &fits)).await?;
        let event = page.events.first();
        let event = event.ok_or_else(|| Error::not_found("There is no event on that side."))?;
        Ok(Response::new(event.pdu.event_id.clone(), event.pdu.origin_server_ts))
    }

    /// The position of the first event of a room whose time `reached` accepts; just behind the
    /// last event if there is none.
    pub(crate) async fn first_position(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        reached: impl Fn(MilliSecondsSinceUnixEpoch) -> bool + Send + 'static,
    ) -> Result<StreamPos> {
        let (nid, end) = (room.nid, room.last_pos().0 + 1);
        self.db
            .read(cx, move |tx: &mut Tx<'_>| {
                let (mut low, mut high) = (0, end);
                while low < high {
                    let middle = low + (high - low) / 2;
                    let (before, floor) = (StreamPos(middle + 1), StreamPos(low));
                    let newest = event::list_events_before(tx, nid, before, floor, 1)?.pop();
                    let found = newest.map(|row| {
                        serde_json::from_slice::<Stamp>(&row.json).map(|stamp| (row.pos, stamp))
                    });
                    match found.transpose().map_err(Error::internal)? {
                        Some((pos, stamp)) if reached(stamp.origin_server_ts) => high = pos.0,
                        _ => low = middle + 1,
                    }
                }
                Ok(StreamPos(high))
            })
            .await
    }
}
