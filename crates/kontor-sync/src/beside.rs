//! What comes beside the timelines: receipts, typing, account data, presence.

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
        let joined = || joined(rooms).filter(|(room_id, _)| scope.wants_room(room_id));
        let filter = &scope.filter.room.ephemeral;
        if wants(filter, "m.receipt") {
            let candidates = joined().map(|(room_id, entry)| (entry.nid, &**room_id));
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
        if wants(filter, "m.typing") {
            let since = scope.since.map(|since| since.ephemeral);
            let candidates = joined().map(|(room_id, _)| &**room_id);
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
        let changes = self.sources.account_data.changes(cx, &scope.user, from, upto).await?;
        for (room, events) in changes {
            match room {
                None => {
                    let wanted = events
                        .into_iter()
                        .filter(|event| wants_kind(&scope.filter.account_data, &kind_of(event)));
                    response.account_data.events.extend(wanted.map(Raw::from_json));
                }
                Some(nid) => {
                    let Some(room_id) = joined_by_nid(rooms, nid) else { continue };
                    if !scope.wants_room(room_id) {
                        continue;
                    }
                    let filter = &scope.filter.room.account_data;
                    let wanted = events.into_iter().filter(|event| wants(filter, &kind_of(event)));
                    let room = response.rooms.join.entry(room_id.clone()).or_default();
                    room.account_data.events.extend(wanted.map(Raw::from_json));
                }
            }
        }
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
        let wanted = wants_kind(&scope.filter.presence, "m.presence");
        if !wanted || !self.sources.presence.changed_after(since) {
            return Ok(());
        }
        let people = self.rooms.users_sharing_room(cx, &scope.user).await?;
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

fn joined_by_nid(rooms: &UserRooms, nid: RoomNid) -> Option<&OwnedRoomId> {
    joined(rooms).find(|(_, entry)| entry.nid == nid).map(|(room_id, _)| room_id)
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

fn wants(filter: &RoomEventFilter, kind: &str) -> bool {
    filter.types.as_deref().is_none_or(|types| fits(types, kind)) && !fits(&filter.not_types, kind)
}

pub(crate) fn wants_kind(filter: &Filter, kind: &str) -> bool {
    filter.types.as_deref().is_none_or(|types| fits(types, kind)) && !fits(&filter.not_types, kind)
}

fn fits(patterns: &[String], kind: &str) -> bool {
    patterns.iter().any(|pattern| kontor_protocol::glob(pattern, kind))
}
