//! Brings rooms and room lists from the database into memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, RoomNid, StreamPos};
use kontor_db::Tx;
use kontor_protocol::RoomRules;
use kontor_store::event::EventRow;
use kontor_store::{event, expiry, membership, relation, room, room_state};
use ruma::events::room::member::MembershipState;
use ruma::{OwnedEventId, OwnedRoomId, RoomId, RoomVersionId, UserId};

use crate::registry::{UserRoom, UserRooms};
use crate::room::{Head, Live, RECENT};
use crate::{Event, Room, Rooms};

impl Rooms {
    /// The handle of a room.
    ///
    /// # Errors
    /// `NotFound` if there is no such room.
    pub async fn room(&self, cx: &Cx, room_id: &RoomId) -> Result<Arc<Room>> {
        loop {
            if let Some(room) = self.registry.room(room_id) {
                return Ok(room);
            }
            let wanted = room_id.to_owned();
            let load = move |tx: &mut Tx<'_>| load_room(tx, &wanted);
            let (behind_writes, changes) = self.registry.must_reload(room_id);
            let loaded = if behind_writes {
                // Behind all queued writes, so that none of them is missed.
                self.db.write(cx, load).await?
            } else {
                self.db.read(cx, load).await?
            };
            let room = loaded.ok_or_else(|| Error::not_found("There is no such room."))?;
            if let Some(room) = self.registry.keep(Arc::new(room), changes) {
                return Ok(room);
            }
        }
    }

    /// Every room a user is or was in.
    pub async fn rooms_of(&self, cx: &Cx, user: &UserId) -> Result<UserRooms> {
        loop {
            let (known, changes) = self.registry.user(user);
            if let Some(rooms) = known {
                return Ok(rooms);
            }
            let wanted = user.to_owned();
            let rooms = self.db.read(cx, move |tx| load_user(tx, &wanted)).await?;
            if self.registry.keep_user(user, rooms.clone(), changes) {
                return Ok(rooms);
            }
        }
    }

    /// Of these rooms, those that may have events after `since`. Costs no database access.
    #[must_use]
    pub fn changed_rooms(&self, rooms: &UserRooms, since: StreamPos) -> Vec<OwnedRoomId> {
        self.registry.changed(rooms, since)
    }

    /// Newest committed position of the tenant's stream.
    pub fn committed(&self) -> StreamPos {
        self.db.committed()
    }

    /// Runs an action on a room; again on a fresh handle if a failed write broke the first.
    pub(crate) async fn retry<T, F>(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        mut action: impl FnMut(Arc<Room>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut attempts = 0;
        loop {
            let room = self.room(cx, room_id).await?;
            match action(room).await {
                Err(error) if error.code == Some(MatrixCode::BadState) && attempts < 3 => {
                    attempts += 1;
                }
                outcome => return outcome,
            }
        }
    }
}

fn load_user(tx: &mut Tx<'_>, user: &UserId) -> Result<UserRooms> {
    let rows = membership::list_memberships_of_user(tx, user)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let membership = MembershipState::from(row.membership);
            let (nid, pos, forgotten) = (row.room_nid, row.pos, row.forgotten);
            (row.room_id, UserRoom { nid, membership, pos, forgotten })
        })
        .collect())
}

fn load_room(tx: &mut Tx<'_>, room_id: &RoomId) -> Result<Option<Room>> {
    let Some(row) = room::find_room(tx, room_id)? else { return Ok(None) };
    let version = RoomVersionId::try_from(row.version.as_str()).map_err(Error::internal)?;
    let rules = RoomRules::supported(&version)?;
    let state = load_state(tx, (row.nid, room_id), &rules, StreamPos::MAX)?;
    let mut newest = event::list_events_before(
        tx,
        row.nid,
        StreamPos::MAX,
        StreamPos::ZERO,
        u32::try_from(RECENT).unwrap_or(u32::MAX),
    )?;
    newest.reverse();
    let floor = if newest.len() < RECENT {
        StreamPos::ZERO
    } else {
        StreamPos(newest.first().map_or(0, |oldest| oldest.pos.0 - 1))
    };
    let recent = into_events(tx, newest, (row.nid, room_id), &rules)?;
    let ids: Vec<_> = recent.iter().map(|event| &*event.pdu.event_id).collect();
    let related: HashSet<String> =
        relation::list_relation_groups(tx, row.nid, &ids, StreamPos::MAX)?
            .into_iter()
            .map(|group| group.target)
            .collect();
    for event in &recent {
        event.set_related(related.contains(event.pdu.event_id.as_str()));
    }
    let mut live = Live { recent_floor: floor, ..Live::default() };
    for event in state {
        live.take_state(&event);
    }
    live.last_pos = recent.last().map_or(StreamPos::ZERO, |event| event.pos());
    live.last_notice = expiry::newest_notice(tx, row.nid)?;
    live.recent = recent.into_iter().collect();
    let newest = live.recent.last();
    let head = Head {
        state: live.state.clone(),
        extremity: newest.map(|event| event.pdu.event_id.clone()),
        depth: newest.map_or(0, |event| event.pdu.depth),
        ..Head::default()
    };
    Ok(Some(Room::new((row.nid, room_id.to_owned()), rules, row.class).with_head(head, live)))
}

/// The state events of a room just after position `at`.
pub(crate) fn load_state(
    tx: &mut Tx<'_>,
    (nid, room_id): (RoomNid, &RoomId),
    rules: &RoomRules,
    at: StreamPos,
) -> Result<Vec<Arc<Event>>> {
    let positions: Vec<StreamPos> =
        room_state::list_state_at(tx, nid, at)?.iter().map(|row| row.from).collect();
    let rows = event::list_events_at(tx, nid, &positions)?;
    let redactions = load_redactions(tx, (nid, room_id), rules, &rows)?;
    rows.into_iter()
        .map(|row| Ok(Arc::new(into_event(row, room_id, rules, &redactions)?)))
        .collect()
}

/// Stored rows as events, with the redactions that emptied them and the state they replaced.
pub(crate) fn into_events(
    tx: &mut Tx<'_>,
    rows: Vec<EventRow>,
    (nid, room_id): (RoomNid, &RoomId),
    rules: &RoomRules,
) -> Result<Vec<Arc<Event>>> {
    let redactions = load_redactions(tx, (nid, room_id), rules, &rows)?;
    let mut events = rows
        .into_iter()
        .map(|row| into_event(row, room_id, rules, &redactions))
        .collect::<Result<Vec<_>>>()?;
    let states: Vec<StreamPos> =
        events.iter().filter(|event| event.is_state()).map(Event::pos).collect();
    if !states.is_empty() {
        let ended = room_state::list_states_ended_at(tx, nid, &states)?;
        let positions: Vec<StreamPos> = ended.iter().map(|row| row.from).collect();
        let mut replaced = HashMap::new();
        for row in event::list_events_at(tx, nid, &positions)? {
            replaced.insert(row.pos, Event::from_row(row, rules, room_id, None)?.as_replaced());
        }
        let until: HashMap<StreamPos, StreamPos> =
            ended.iter().map(|row| (row.until, row.from)).collect();
        for event in &mut events {
            event.replaced = until.get(&event.pos()).and_then(|from| replaced.remove(from));
        }
    }
    Ok(events.into_iter().map(Arc::new).collect())
}

type Redactions = HashMap<String, Arc<Event>>;

fn into_event(
    row: EventRow,
    room_id: &RoomId,
    rules: &RoomRules,
    redactions: &Redactions,
) -> Result<Event> {
    let because = row.redacted_by.as_ref().and_then(|id| redactions.get(id)).cloned();
    Event::from_row(row, rules, room_id, because)
}

fn load_redactions(
    tx: &mut Tx<'_>,
    (nid, room_id): (RoomNid, &RoomId),
    rules: &RoomRules,
    rows: &[EventRow],
) -> Result<Redactions> {
    let ids: Vec<OwnedEventId> = rows
        .iter()
        .filter_map(|row| row.redacted_by.as_deref())
        .filter_map(|id| OwnedEventId::try_from(id).ok())
        .collect();
    let wanted: Vec<_> = ids.iter().map(|id| &**id).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = event::list_events_by_id(tx, nid, &wanted)?;
    rows.into_iter()
        .map(|row| {
            let id = row.event_id.clone();
            Ok((id, Arc::new(Event::from_row(row, rules, room_id, None)?)))
        })
        .collect()
}
