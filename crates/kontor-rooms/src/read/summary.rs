//! What a room is, for people who may or may not be in it: summaries and the space hierarchy.

use std::collections::HashSet;
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, if_found};
use ruma::api::client::room::get_summary::v1 as summary;
use ruma::api::client::space::SpaceHierarchyRoomsChunk;
use ruma::api::client::space::get_hierarchy::v1 as hierarchy;
use ruma::events::room::member::MembershipState;
use ruma::room::RoomSummary;
use ruma::serde::Raw;
use ruma::{OwnedRoomId, RoomId, UserId};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::page_size;
use crate::alias::world_readable;
use crate::{Event, Room, Rooms};

/// Most rooms one walk through a space looks at.
const WALK_LIMIT: usize = 1_000;

/// Deepest walk, in levels.
const DEPTH_LIMIT: usize = 50;

impl Rooms {
    /// What a room is (spec: `GET /room_summary/{roomIdOrAlias}`).
    ///
    /// # Errors
    /// `NotFound` for rooms the caller may not know of.
    pub async fn summary(&self, cx: &Cx, request: summary::Request) -> Result<summary::Response> {
        let room_id = self.resolve(cx, &request.room_id_or_alias).await?;
        let room = self.known_room(cx, &room_id).await?;
        let mut response = summary::Response::new(summarize(&room)?);
        response.membership = Some(room.live().state.membership(cx.user()?));
        Ok(response)
    }

    /// A room that the caller may know of, in it or not.
    ///
    /// # Errors
    /// `NotFound` for all others, whether they exist or not.
    pub async fn known_room(&self, cx: &Cx, room_id: &RoomId) -> Result<Arc<Room>> {
        let room = self.room(cx, room_id).await?;
        match self.may_know(cx, &room, cx.user()?).await? {
            true => Ok(room),
            false => Err(Error::not_found("There is no such room.")),
        }
    }

    /// The rooms of a space, level by level (spec: `GET /rooms/{roomId}/hierarchy`).
    pub async fn hierarchy(
        &self,
        cx: &Cx,
        request: hierarchy::Request,
    ) -> Result<hierarchy::Response> {
        let asked = request
            .max_depth
            .map_or(DEPTH_LIMIT, |depth| usize::try_from(u64::from(depth)).unwrap_or(DEPTH_LIMIT));
        let depth = asked.min(DEPTH_LIMIT);
        // spec: a page is asked for with the parameters of the first.
        let walk = format!("_{depth}_{}", u8::from(request.suggested_only));
        let start = match &request.from {
            None => 0,
            Some(token) => {
                let start = token.strip_suffix(&walk).and_then(|start| start.parse().ok());
                start.ok_or_else(|| {
                    let text = "from: not a token of this server, or of another walk: max_depth \
                                and suggested_only stay the same from page to page.";
                    Error::invalid(MatrixCode::InvalidParam, text)
                })?
            }
        };
        let found = self.walk(cx, &request.room_id, depth, request.suggested_only).await?;
        let limit = request.limit.map_or(50, |limit| page_size(Some(limit)).min(50));
        let total = found.len();
        let mut response = hierarchy::Response::new();
        response.rooms = found.into_iter().skip(start).take(limit).collect();
        let end = start.saturating_add(limit);
        response.next_batch = (end < total).then(|| format!("{end}{walk}"));
        Ok(response)
    }

    /// Rooms of a space in the order of the specification: depth first, children by their order.
    async fn walk(
        &self,
        cx: &Cx,
        root: &RoomId,
        depth: usize,
        suggested_only: bool,
    ) -> Result<Vec<SpaceHierarchyRoomsChunk>> {
        let user = cx.user()?.to_owned();
        let first = if_found(self.room(cx, root).await)?;
        let known = match &first {
            Some(room) => self.may_know(cx, room, &user).await?,
            None => false,
        };
        if !known {
            return Err(Error::forbidden("You may not see this space."));
        }
        let mut found = Vec::new();
        let mut seen: HashSet<OwnedRoomId> = HashSet::new();
        let mut waiting = vec![(root.to_owned(), 0)];
        while let Some((room_id, level)) = waiting.pop() {
            if found.len() >= WALK_LIMIT || !seen.insert(room_id.clone()) {
                continue;
            }
            let Some(room) = if_found(self.room(cx, &room_id).await)? else { continue };
            if !self.may_know(cx, &room, &user).await? {
                continue;
            }
            let children = children(&room, suggested_only);
            if level < depth {
                // The stack gives back the last first.
                for child in children.iter().rev() {
                    let id = child.pdu.state_key.as_deref().and_then(|id| id.try_into().ok());
                    waiting.extend(id.map(|id: OwnedRoomId| (id, level + 1)));
                }
            }
            let state = children.iter().map(|child| stripped(child)).collect::<Result<_>>()?;
            found.push(SpaceHierarchyRoomsChunk::new(summarize(&room)?, state));
        }
        Ok(found)
    }

    /// Whether somebody may know that a room exists and what it is called: members and invited
    /// people, and whoever may join, knock or read.
    async fn may_know(&self, cx: &Cx, room: &Arc<Room>, user: &UserId) -> Result<bool> {
        let state = room.live().state;
        match state.membership(user) {
            MembershipState::Join | MembershipState::Invite | MembershipState::Knock => {
                return Ok(true);
            }
            MembershipState::Ban => return Ok(false),
            _ => {}
        }
        let rules: Map<String, Value> = state.content("m.room.join_rules", "").unwrap_or_default();
        let rule = rules.get("join_rule").and_then(Value::as_str).unwrap_or("invite");
        Ok(match rule {
            "public" | "knock" | "knock_restricted" => true,
            "restricted" => self.is_allowed(cx, &state, user).await?,
            _ => world_readable(room),
        })
    }
}

/// The `m.space.child` events of a space that name servers, by `order`, then age, then room.
fn children(room: &Room, suggested_only: bool) -> Vec<Arc<Event>> {
    let state = room.live().state;
    let mut children: Vec<(Option<String>, Arc<Event>)> = state
        .of_kind("m.space.child")
        .filter_map(|event| {
            let content: Value = serde_json::from_str(event.pdu.content.get()).ok()?;
            let valid = content.get("via").is_some_and(Value::is_array);
            let suggested = content.get("suggested").and_then(Value::as_bool).unwrap_or(false);
            let order = content.get("order").and_then(Value::as_str).map(str::to_owned);
            (valid && (suggested || !suggested_only)).then(|| (order, Arc::clone(event)))
        })
        .collect();
    children.sort_by(|(one_order, one), (other_order, other)| {
        let unordered = one_order.is_none().cmp(&other_order.is_none());
        let age = one.pdu.origin_server_ts.cmp(&other.pdu.origin_server_ts);
        unordered
            .then_with(|| one_order.cmp(other_order))
            .then(age)
            .then_with(|| one.pdu.state_key.cmp(&other.pdu.state_key))
    });
    children.into_iter().map(|(_, event)| event).collect()
}

fn stripped<T>(event: &Event) -> Result<Raw<T>> {
    let content: Value = serde_json::from_str(event.pdu.content.get()).map_err(Error::internal)?;
    let event = json!({
        "type": event.pdu.kind,
        "state_key": event.pdu.state_key,
        "sender": event.pdu.sender,
        "origin_server_ts": event.pdu.origin_server_ts,
        "content": content,
    });
    RawValue::from_string(event.to_string()).map(Raw::from_json).map_err(Error::internal)
}

/// The summary in the protocol's form.
fn summarize(room: &Arc<Room>) -> Result<RoomSummary> {
    let live = room.live();
    let content =
        |kind: &str| -> Map<String, Value> { live.state.content(kind, "").unwrap_or_default() };
    let text = |kind: &str, field: &str| content(kind).remove(field);
    let rules = content("m.room.join_rules");
    let mut summary = json!({
        "room_id": room.room_id,
        "num_joined_members": live.joined.len(),
        "world_readable": world_readable(room),
        "guest_can_join": text("m.room.guest_access", "guest_access") == Some(json!("can_join")),
        "join_rule": rules.get("join_rule").cloned().unwrap_or(json!("invite")),
        "room_version": room.rules.version,
    });
    if let Some(Value::Array(allow)) = rules.get("allow") {
        let rooms: Vec<_> = allow.iter().filter_map(|rule| rule.get("room_id").cloned()).collect();
        set(&mut summary, "allowed_room_ids", Some(Value::from(rooms)));
    }
    set(&mut summary, "name", text("m.room.name", "name"));
    set(&mut summary, "topic", text("m.room.topic", "topic"));
    set(&mut summary, "avatar_url", text("m.room.avatar", "url"));
    set(&mut summary, "canonical_alias", text("m.room.canonical_alias", "alias"));
    set(&mut summary, "room_type", text("m.room.create", "type"));
    set(&mut summary, "encryption", text("m.room.encryption", "algorithm"));
    serde_json::from_value(summary).map_err(Error::internal)
}

fn set(summary: &mut Value, field: &str, value: Option<Value>) {
    if let (Value::Object(summary), Some(value)) =
        (summary, value.filter(|v| v.is_string() || v.is_array()))
    {
        summary.insert(field.to_owned(), value);
    }
}
