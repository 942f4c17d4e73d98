//! The read side as the client-server API asks for it: answers in the protocol's types.

mod directory;
mod members;
mod messages;
mod mutual;
mod related;
mod sizes;
mod state;
mod summary;
mod timestamp;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, RoomClass, StreamPos};
use kontor_store::event;
use ruma::serde::Raw;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use crate::{Event, Room, Rooms, Sight};

pub use kontor_store::room::SizeRow as RoomSize;
pub use related::{RelationsPage, RelationsRequest};

/// Most events in one page.
const PAGE_LIMIT: usize = 1_000;

impl Rooms {
    /// Events as their viewer gets them, with bundled aggregations.
    pub async fn show_events<T>(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        (sight, with_room_id): (&Sight, bool),
        events: &[Arc<Event>],
    ) -> Result<Vec<Raw<T>>> {
        let session = cx.session()?;
        if room.class == RoomClass::Supervised {
            // Rare, and large where it happens.
            Box::pin(self.note_continuous_look(cx, room, events)).await?;
        }
        let bundles = self.bundles(cx, room, (&session.user_id, sight), events).await?;
        Ok(events
            .iter()
            .map(|event| {
                let membership = sight.membership_at(event.pos());
                let mut unsigned = event.unsigned(Some(session), cx.now);
                unsigned.membership = Some(membership.as_str());
                unsigned.relations = bundles.get(&event.pdu.event_id).cloned();
                Raw::from_json(event.render(with_room_id, &unsigned))
            })
            .collect())
    }

    /// Events as other servers get them, signatures and all, with what [`Self::show_events`] says
    /// beside them (filters with `event_format: federation`).
    pub async fn show_stored_events<T>(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        sight: &Sight,
        events: &[Arc<Event>],
    ) -> Result<Vec<Raw<T>>> {
        let shown: Vec<Raw<T>> = self.show_events(cx, room, (sight, false), events).await?;
        let ids: Vec<_> = events.iter().map(|event| event.pdu.event_id.clone()).collect();
        let nid = room.nid;
        let rows = self.db.read(cx, move |tx| {
            let ids: Vec<_> = ids.iter().map(|id| &**id).collect();
            event::list_events_by_id(tx, nid, &ids)
        });
        let stored: HashMap<String, Vec<u8>> =
            rows.await?.into_iter().map(|row| (row.event_id, row.json)).collect();
        let mut answer = Vec::with_capacity(events.len());
        for (event, shown) in events.iter().zip(shown) {
            let Some(json) = stored.get(event.pdu.event_id.as_str()) else { continue };
            let mut fields: Map<String, Value> =
                serde_json::from_slice(json).map_err(Error::internal)?;
            fields.insert("event_id".to_owned(), Value::from(event.pdu.event_id.as_str()));
            fields.insert("room_id".to_owned(), Value::from(room.room_id.as_str()));
            let unsigned = shown.get_field("unsigned").map_err(Error::internal)?;
            fields.insert("unsigned".to_owned(), unsigned.unwrap_or_default());
            answer.push(Raw::from_json(to_raw_value(&fields).map_err(Error::internal)?));
        }
        Ok(answer)
    }

    /// State events as anybody in the room gets them.
    pub fn show_state<T>(&self, cx: &Cx, events: &[Arc<Event>]) -> Vec<Raw<T>> {
        let viewer = cx.session().ok();
        events
            .iter()
            .map(|event| Raw::from_json(event.render(true, &event.unsigned(viewer, cx.now))))
            .collect()
    }

    /// The membership events of the senders of `events`, as of `at` (lazy loading).
    pub async fn senders_of(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        at: StreamPos,
        events: &[Arc<Event>],
    ) -> Result<Vec<Arc<Event>>> {
        let senders: BTreeSet<_> = events.iter().map(|event| event.pdu.sender.clone()).collect();
        let state = room.live().state;
        let mut members = Vec::with_capacity(senders.len());
        for sender in senders {
            match state.get("m.room.member", sender.as_str()) {
                Some(event) if event.pos() <= at => members.push(Arc::clone(event)),
                Some(_) => {
                    let key = ("m.room.member", sender.as_str());
                    members.extend(self.state_event_at(cx, room, key, at).await?);
                }
                None => {}
            }
        }
        Ok(members)
    }
}

/// The position in a pagination token: `t…` from pages, `s…_…` from `/sync`.
pub fn token_position(token: &str) -> Result<StreamPos> {
    let number = token.strip_prefix(['t', 's']).and_then(|rest| rest.split('_').next());
    let position = number.and_then(|number| number.parse::<i64>().ok()).filter(|pos| *pos >= 0);
    position.map(StreamPos).ok_or_else(|| {
        Error::invalid(MatrixCode::InvalidParam, "from: not a token of this server.")
    })
}

/// The answer to a word that a parameter does not know.
pub(crate) fn unknown_word(parameter: &str, words: &str) -> Error {
    Error::invalid(MatrixCode::InvalidParam, format!("{parameter}: must be {words}."))
}

/// The token for a position.
#[must_use]
pub fn token(pos: StreamPos) -> String {
    format!("t{pos}")
}

/// The number of events to answer: as asked for, but at least one and not too many.
fn page_size(asked: Option<ruma::UInt>) -> usize {
    let asked = asked.map_or(10, |limit| usize::try_from(u64::from(limit)).unwrap_or(PAGE_LIMIT));
    asked.clamp(1, PAGE_LIMIT)
}
