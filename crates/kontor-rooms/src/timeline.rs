//! Reading the timeline: pages, single events, events around one, the state at a position.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, StreamPos};
use kontor_store::{event, room_state};
use ruma::EventId;

use crate::load::{into_events, load_state};
use crate::{Event, Room, Rooms, Sight};

/// Rows read from the database at a time.
const CHUNK: u32 = 100;

/// Most rows looked at for one page: a filter that matches nothing must come to an end.
const SCAN_LIMIT: usize = 2_000;

/// Which way a page runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the past.
    Backwards,
    /// Towards the present.
    Forwards,
}

/// A page of a room's timeline.
#[derive(Clone, Debug)]
pub struct Page {
    /// The events, in the direction of the page.
    pub events: Vec<Arc<Event>>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<StreamPos>,
}

/// Events in the direction of reading.
struct Chunk {
    events: Vec<Arc<Event>>,
    /// Nothing comes behind them.
    last: bool,
}

impl Rooms {
    /// Up to `limit` events that `sight` shows and `wanted` picks, starting at `from`.
    ///
    /// A position stands between events: backwards takes events at or before it, forwards events
    /// after it.
    pub async fn page(
        &self,
        cx: &Cx,
        (room, sight): (&Arc<Room>, &Sight),
        (from, direction): (StreamPos, Direction),
        (limit, wanted): (usize, &(dyn Fn(&Event) -> bool + Sync)),
    ) -> Result<Page> {
        let mut page = Page { events: Vec::new(), next: None };
        let mut at = StreamPos(from.0.min(sight.horizon().0));
        let mut scanned = 0;
        loop {
            let Chunk { events, last } = self.chunk(cx, room, at, direction).await?;
            for event in events {
                if direction == Direction::Forwards && event.pos() > sight.horizon() {
                    return Ok(page);
                }
                scanned += 1;
                at = match direction {
                    Direction::Backwards => StreamPos(event.pos().0 - 1),
                    Direction::Forwards => event.pos(),
                };
                if sight.sees(&event) && wanted(&event) {
                    page.events.push(event);
                }
                if page.events.len() >= limit || scanned >= SCAN_LIMIT {
                    page.next = Some(at);
                    return Ok(page);
                }
            }
            if last {
                return Ok(page);
            }
        }
    }

    /// The next events from `at`; from memory if they are there.
    async fn chunk(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        at: StreamPos,
        direction: Direction,
    ) -> Result<Chunk> {
        let live = room.live();
        match direction {
            Direction::Forwards if live.covers(at) => {
                let newer = live.recent.iter().filter(|event| event.pos() > at);
                return Ok(Chunk { events: newer.cloned().collect(), last: true });
            }
            Direction::Backwards if at > live.recent_floor => {
                let older = live.recent.iter().rev().filter(|event| event.pos() <= at);
                let last = live.recent_floor == StreamPos::ZERO;
                let events: Vec<_> = older.cloned().collect();
                if last || !events.is_empty() {
                    return Ok(Chunk { events, last });
                }
            }
            Direction::Forwards | Direction::Backwards => {}
        }
        let room = Arc::clone(room);
        self.db
            .read(cx, move |tx| {
                let rows = match direction {
                    Direction::Backwards => {
                        let before = StreamPos(at.0.saturating_add(1));
                        event::list_events_before(tx, room.nid, before, StreamPos::ZERO, CHUNK)
                    }
                    Direction::Forwards => {
                        event::list_events_after(tx, room.nid, at, StreamPos::MAX, CHUNK)
                    }
                }?;
                let last = rows.len() < CHUNK as usize;
                let events = into_events(tx, rows, (room.nid, &room.room_id), &room.rules)?;
                Ok(Chunk { events, last })
            })
            .await
    }

    /// An event of this room, whoever asks; from memory if it is there.
    ///
    /// # Errors
    /// `NotFound` if it does not exist or belongs to another room.
    pub(crate) async fn event_in_room(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        event_id: &EventId,
    ) -> Result<Arc<Event>> {
        let live = room.live();
        if let Some(event) = live.recent.iter().find(|event| event.pdu.event_id == event_id) {
            return Ok(Arc::clone(event));
        }
        let (room, wanted) = (Arc::clone(room), event_id.to_owned());
        let found = self
            .db
            .read(cx, move |tx| {
                let row = event::find_event(tx, room.nid, &wanted)?;
                into_events(tx, row.into_iter().collect(), (room.nid, &room.room_id), &room.rules)
            })
            .await?;
        found.into_iter().next().ok_or_else(|| Error::not_found("There is no such event."))
    }

    /// An event of this room that `sight` shows.
    pub async fn visible_event(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        sight: &Sight,
        event_id: &EventId,
    ) -> Result<Arc<Event>> {
        let event = self.event_in_room(cx, room, event_id).await?;
        match sight.sees(&event) {
            true => Ok(event),
            false => Err(Error::not_found("There is no such event.")),
        }
    }

    /// Events at these positions of a room, in order of position.
    pub(crate) async fn events_at(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        positions: Vec<StreamPos>,
    ) -> Result<Vec<Arc<Event>>> {
        let room = Arc::clone(room);
        let mut events = self
            .db
            .read(cx, move |tx| {
                let rows = event::list_events_at(tx, room.nid, &positions)?;
                into_events(tx, rows, (room.nid, &room.room_id), &room.rules)
            })
            .await?;
        events.sort_by_key(|event| event.pos());
        Ok(events)
    }

    /// The state of a room just after `at`; from memory if it has not changed since.
    pub async fn state_at(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        at: StreamPos,
    ) -> Result<Vec<Arc<Event>>> {
        let live = room.live();
        // What has not changed since is the present state, and before its creation a room has none. A
        // first sync asks for little else, of each room.
        if at >= live.last_pos || live.state.iter().all(|event| event.pos() <= at) {
            return Ok(live.state.iter().cloned().collect());
        }
        if live.state.get("m.room.create", "").is_some_and(|create| create.pos() > at) {
            return Ok(Vec::new());
        }
        let room = Arc::clone(room);
        self.db.read(cx, move |tx| load_state(tx, (room.nid, &room.room_id), &room.rules, at)).await
    }

    /// The state in force at `to` that was set after `from`.
    pub async fn state_between(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        from: StreamPos,
        to: StreamPos,
    ) -> Result<Vec<Arc<Event>>> {
        let live = room.live();
        if to >= live.last_pos {
            return Ok(live.state.iter().filter(|event| event.pos() > from).cloned().collect());
        }
        let room = Arc::clone(room);
        self.db
            .read(cx, move |tx| {
                let rows = room_state::list_state_changes(tx, room.nid, from, to)?;
                let positions: Vec<StreamPos> = rows.iter().map(|row| row.from).collect();
                let rows = event::list_events_at(tx, room.nid, &positions)?;
                into_events(tx, rows, (room.nid, &room.room_id), &room.rules)
            })
            .await
    }

    /// The state the viewer may see: the present for members, that of leaving for former ones.
    pub async fn visible_state(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        sight: &Sight,
    ) -> Result<Vec<Arc<Event>>> {
        self.state_at(cx, room, state_horizon(sight)?).await
    }
}

/// Up to where the viewer may know the state.
///
/// # Errors
/// `Forbidden` for people who never were members.
pub(crate) fn state_horizon(sight: &Sight) -> Result<StreamPos> {
    sight.state_horizon().ok_or_else(|| Error::forbidden("Join the room to see its state."))
}
