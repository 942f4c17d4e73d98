//! What comes beside the timelines: receipts, typing, account data, presence.
//!
//! A filter's `limit` is not applied here: nothing would ever bring what it cut off.

use kontor_account_data::Changes;
use kontor_core::{Cx, Error, Result, RoomNid, StreamPos};
use kontor_rooms::{UserRoom, UserRooms};
use ruma::api::client::filter::{Filter, RoomEventFilter};
use ruma::api::client::sync::sync_events::v3::{JoinedRoom, Response};
use ruma::events::room::member::MembershipState;
use ruma::serde::Raw;
use ruma::{OwnedRoomId, RoomId};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::sync::{Scope, Sync};

impl Sync {
    /// Receipts and typing notices of joined rooms.
    pub(crate) async fn add_ephemeral(
        &self,
        cx: &Cx,
        scope: &Scope,
        rooms: &UserRooms,
        response: &mut Response,
    ) -> Result<()> {
        let filter = &scope.filter.room.ephemeral;
        let joined = |kind| {
            let wanted = move |room_id: &RoomId| wants(filter, room_id, kind);
            joined(rooms).filter(move |(room_id, _)| scope.wants_room(room_id) && wanted(room_id))
        };
        if wants_kind(filter.types.as_deref(), &filter.not_types, "m.receipt") {
            let candidates = joined("m.receipt").map(|(room_id, entry)| (entry.nid, &**room_id));
            let since = scope.since_pos();
            for room_id in self.sources.receipts.changed_rooms(candidates, since) {
                let Some(entry) = rooms.get(room_id) else { continue };
                // In a room just joined, all receipts are news.
                let from = if entry.pos > since { StreamPos::ZERO } else { since };
                let key = (entry.nid, &*scope.user);
                let content =
                    self.sources.receipts.changes(cx, key, from, scope.upto.stream).await?;
                if let Some(content) = content {
                    add_ephemeral_event(response, room_id, "m.receipt", &content)?;
                }
            }
        }
        if wants_kind(filter.types.as_deref(), &filter.not_types, "m.typing") {
            let since = scope.since.map(|since| since.ephemeral);
            let candidates = joined("m.typing").map(|(room_id, _)| &**room_id);
            for (room_id, users) in self.sources.typing.changes(candidates, since) {
                let content = json!({ "user_ids": users });
                add_ephemeral_event(response, room_id, "m.typing", &content)?;
            }
        }
        Ok(())
    }

    /// Global and room account data.
    pub(crate) async fn add_account_data(
        &self,
        cx: &Cx,
        scope: &Scope,
        rooms: &UserRooms,
        response: &mut Response,
    ) -> Result<()> {
        let (from, upto) = (scope.since_pos(), scope.upto.stream);
        let mut changes = self.sources.account_data.changes(cx, &scope.user, from, upto).await?;
        self.add_earlier(cx, scope, rooms, &mut changes).await?;
        for (room, events) in changes {
            let Some(nid) = room else {
                let filter = &scope.filter.account_data;
                let wanted =
                    events.into_iter().filter(|event| wants_account_data(filter, &kind_of(event)));
                response.account_data.events.extend(wanted.map(Raw::from_json));
                continue;
            };
            let found = rooms.iter().find(|(_, entry)| entry.nid == nid);
            let Some((room_id, entry)) = found.filter(|(id, _)| scope.wants_room(id)) else {
                continue;
            };
            let filter = &scope.filter.room.account_data;
            let wanted: Vec<_> = events
                .into_iter()
                .filter(|event| wants(filter, room_id, &kind_of(event)))
                .map(Raw::from_json)
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let rooms = &mut response.rooms;
            match entry.membership {
                MembershipState::Join => {
                    let room = rooms.join.entry(room_id.clone()).or_default();
                    room.account_data.events.extend(wanted);
                }
                MembershipState::Leave | MembershipState::Ban if shows_left(scope, entry) => {
                    let room = rooms.leave.entry(room_id.clone()).or_default();
                    room.account_data.events.extend(wanted);
                }
                // There is no place for it before the person is in the room.
                _ => {}
            }
        }
        Ok(())
    }

    /// What was kept of a room before the person came into it, if that is news to the device.
    async fn add_earlier(
        &self,
        cx: &Cx,
        scope: &Scope,
        rooms: &UserRooms,
        changes: &mut Changes,
    ) -> Result<()> {
        let (from, upto) = (scope.since_pos(), scope.upto.stream);
        let new: Vec<RoomNid> =
            joined(rooms).filter(|(_, entry)| entry.pos > from).map(|(_, e)| e.nid).collect();
        if new.is_empty() || from == StreamPos::ZERO {
            return Ok(());
        }
        let all = self.sources.account_data.changes(cx, &scope.user, StreamPos::ZERO, upto).await?;
        let earlier =
            all.into_iter().filter(|(room, _)| room.is_some_and(|nid| new.contains(&nid)));
        changes.extend(earlier);
        Ok(())
    }

    /// Presence of the people one shares rooms with.
    pub(crate) async fn add_presence(
        &self,
        cx: &Cx,
        scope: &Scope,
        response: &mut Response,
    ) -> Result<()> {
        let since = scope.since.map(|since| since.ephemeral);
        let filter = &scope.filter.presence;
        let wanted = wants_kind(filter.types.as_deref(), &filter.not_types, "m.presence");
        if !wanted || !self.sources.presence.changed_after(since) {
            return Ok(());
        }
        let mut people = self.rooms.users_sharing_room(cx, &scope.user).await?;
        people.retain(|user| {
            filter.senders.as_ref().is_none_or(|senders| senders.contains(user))
                && !filter.not_senders.contains(user)
        });
        for event in self.sources.presence.changes(cx, &people, since) {
            let event = to_raw_value(&event).map_err(Error::internal)?;
            response.presence.events.push(Raw::from_json(event));
        }
        Ok(())
    }
}

fn joined(rooms: &UserRooms) -> impl Iterator<Item = (&OwnedRoomId, &UserRoom)> {
    rooms.iter().filter(|(_, entry)| entry.membership == MembershipState::Join)
}

/// Whether a room that was left has a place in the answer.
fn shows_left(scope: &Scope, entry: &UserRoom) -> bool {
    !entry.forgotten && (scope.since.is_some() || scope.filter.room.include_leave)
}

fn add_ephemeral_event(
    response: &mut Response,
    room_id: &RoomId,
    kind: &str,
    content: &Value,
) -> Result<()> {
    let event = json!({ "type": kind, "content": content });
    let event = to_raw_value(&event).map_err(Error::internal)?;
    let room: &mut JoinedRoom = response.rooms.join.entry(room_id.to_owned()).or_default();
    room.ephemeral.events.push(Raw::from_json(event));
    Ok(())
}

/// The type of a serialized account data event.
fn kind_of(event: &RawValue) -> String {
    let event: Value = serde_json::from_str(event.get()).unwrap_or_default();
    event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Whether a filter lets something of a room through that has no sender: then a list of senders to
/// be let through is one it is not on.
fn wants(filter: &RoomEventFilter, room_id: &RoomId, kind: &str) -> bool {
    wants_kind(filter.types.as_deref(), &filter.not_types, kind)
        && filter.senders.is_none()
        && filter.rooms.as_ref().is_none_or(|rooms| rooms.iter().any(|id| id == room_id))
        && !filter.not_rooms.iter().any(|id| id == room_id)
}

/// Whether a filter lets global account data of a type through.
pub(crate) fn wants_account_data(filter: &Filter, kind: &str) -> bool {
    wants_kind(filter.types.as_deref(), &filter.not_types, kind) && filter.senders.is_none()
}

fn wants_kind(types: Option<&[String]>, not_types: &[String], kind: &str) -> bool {
    types.is_none_or(|types| fits(types, kind)) && !fits(not_types, kind)
}

fn fits(patterns: &[String], kind: &str) -> bool {
    patterns.iter().any(|pattern| kontor_protocol::glob(pattern, kind))
}
