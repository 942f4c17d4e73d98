//! The room directory and the user directory.

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_policy::{ClassRules, DirectoryScope};
use kontor_store::{profile, room, room_alias};
use ruma::api::client::directory::get_public_rooms_filtered::v3 as public;
use ruma::api::client::room::Visibility;
use ruma::api::client::user_directory::search_users::v3 as search;
use ruma::directory::{PublicRoomsChunk, PublicRoomsChunkInit};
use ruma::{OwnedRoomId, RoomId, UInt};
use serde_json::Value;

use super::{page_size, unknown_word};
use crate::alias::world_readable;
use crate::{Room, Rooms};

impl Rooms {
    /// Published rooms, largest first (spec: `POST /publicRooms`).
    pub async fn public_rooms(
        &self,
        cx: &Cx,
        request: public::Request,
    ) -> Result<public::Response> {
        if request.server.is_some_and(|server| server != self.server_name) {
            return Err(Error::forbidden("Rooms of other servers can't be listed here."));
        }
        let rows = self.db.read(cx, room::list_published_rooms).await?;
        let term = request.filter.generic_search_term.unwrap_or_default().to_lowercase();
        let mut chunk = Vec::new();
        for row in rows {
            let room_id = OwnedRoomId::try_from(row.room_id).map_err(Error::internal)?;
            let room = self.room(cx, &room_id).await?;
            let entry = directory_entry(&room);
            let types = &request.filter.room_types;
            let of_type = types.is_empty()
                || types.iter().any(|wanted| match wanted {
                    ruma::directory::RoomTypeFilter::Default => entry.room_type.is_none(),
                    other => entry
                        .room_type
                        .as_ref()
                        .is_some_and(|t| t.as_str() == other.as_str().unwrap_or_default()),
                });
            if of_type && mentions(&entry, &term) {
                chunk.push(entry);
            }
        }
        chunk.sort_by(|one, other| {
            let by_size = other.num_joined_members.cmp(&one.num_joined_members);
            by_size.then_with(|| one.room_id.cmp(&other.room_id))
        });
        let total = chunk.len();
        let start = match &request.since {
            Some(token) => token.parse::<usize>().map_err(|_| {
                Error::invalid(MatrixCode::InvalidParam, "since: not a token of this server.")
            })?,
            None => 0,
        };
        let limit = request.limit.map_or(total, |limit| page_size(Some(limit)));
        let end = start.saturating_add(limit).min(total);
        let mut response = public::Response::new();
        response.chunk = chunk.into_iter().skip(start).take(limit).collect();
        response.next_batch = (end < total).then(|| end.to_string());
        response.prev_batch = (start > 0).then(|| start.saturating_sub(limit).to_string());
        response.total_room_count_estimate = UInt::try_from(total).ok();
        Ok(response)
    }

    /// Whether a room is listed in the directory.
    ///
    /// # Errors
    /// `NotFound` for everybody but members if it is not listed, as if it did not exist.
    pub async fn room_visibility(&self, cx: &Cx, room_id: &RoomId) -> Result<Visibility> {
        let room = self.room(cx, room_id).await?;
        let nid = room.nid;
        let row = self.db.read(cx, move |tx| room::find_room_by_nid(tx, nid)).await?;
        if row.is_some_and(|row| row.published) {
            return Ok(Visibility::Public);
        }
        match cx.user().is_ok_and(|user| room.live().joined.contains(user)) {
            true => Ok(Visibility::Private),
            false => Err(Error::not_found("There is no such room.")),
        }
    }

    /// Lists or unlists a room: for those who may set its canonical alias.
    pub async fn publish(&self, cx: &Cx, room_id: &RoomId, listed: &Visibility) -> Result<()> {
        if !matches!(listed, Visibility::Public | Visibility::Private) {
            return Err(unknown_word("visibility", "public or private"));
        }
        let room = self.joined_room(cx, room_id).await?;
        let public = *listed == Visibility::Public;
        if public && !self.policy.now().publish_rooms_allowed {
            return Err(Error::forbidden("Rooms may not be published in this organisation."));
        }
        if !self.power_levels(&room).may_set_state(cx.user()?, "m.room.canonical_alias") {
            return Err(Error::forbidden("You may not change the directory entry of this room."));
        }
        if public && !ClassRules::of(room.class).open {
            let text = format!("Rooms of class {} are not listed.", room.class);
            return Err(Error::forbidden(text).with_field("class", room.class.as_str()));
        }
        let nid = room.nid;
        self.db.write(cx, move |tx| room::update_published(tx, nid, public)).await
    }

    /// People of this organisation by name or id (spec: `POST /user_directory/search`).
    pub async fn search_users(
        &self,
        cx: &Cx,
        request: search::Request,
    ) -> Result<search::Response> {
        let bounds = self.policy.now().directory_search;
        let term = request.search_term.trim().to_lowercase();
        if term.chars().count() < bounds.min_chars {
            return Ok(search::Response::new(Vec::new(), false));
        }
        let caller = cx.user()?.to_owned();
        let people = self.db.read(cx, profile::list_active_profiles).await?;
        let near = match bounds.scope {
            DirectoryScope::Organisation => None,
            DirectoryScope::SharedRooms => Some(self.users_sharing_room(cx, &caller).await?),
        };
        let mut found: Vec<search::User> = people
            .into_iter()
            .filter(|(user_id, _)| *user_id != caller)
            .filter(|(user_id, _)| near.as_ref().is_none_or(|near| near.contains(user_id)))
            .map(|(user_id, profile)| {
                let text = |field| profile.get(field).and_then(Value::as_str).map(str::to_owned);
                let mut user = search::User::new(user_id);
                user.display_name = text("displayname");
                user.avatar_url = text("avatar_url").map(Into::into);
                user
            })
            .filter(|user| {
                let name = user.display_name.as_deref().unwrap_or_default().to_lowercase();
                name.contains(&term) || user.user_id.as_str().to_lowercase().contains(&term)
            })
            .collect();
        found.sort_by(|one, other| {
            let by_name = one.display_name.cmp(&other.display_name);
            by_name.then_with(|| one.user_id.cmp(&other.user_id))
        });
        let asked = usize::try_from(u64::from(request.limit)).unwrap_or(usize::MAX);
        let limit = asked.min(bounds.max_results);
        let limited = found.len() > limit;
        found.truncate(limit);
        Ok(search::Response::new(found, limited))
    }

    /// Readable addresses of a room, whoever asks.
    pub async fn addresses(&self, cx: &Cx, room: &Room) -> Result<Vec<String>> {
        let nid = room.nid;
        self.db.read(cx, move |tx| room_alias::list_aliases(tx, nid)).await
    }
}

fn mentions(entry: &PublicRoomsChunk, term: &str) -> bool {
    let texts = [
        entry.name.as_deref(),
        entry.topic.as_deref(),
        entry.canonical_alias.as_ref().map(|alias| alias.as_str()),
    ];
    term.is_empty() || texts.into_iter().flatten().any(|text| text.to_lowercase().contains(term))
}

/// What the directory shows of a room.
fn directory_entry(room: &Arc<Room>) -> PublicRoomsChunk {
    let live = room.live();
    let text = |kind: &str, field: &str| {
        let content: Value = live.state.content(kind, "")?;
        content.get(field).and_then(Value::as_str).map(str::to_owned)
    };
    let mut entry = PublicRoomsChunk::from(PublicRoomsChunkInit {
        num_joined_members: UInt::try_from(live.joined.len()).unwrap_or_default(),
        room_id: room.room_id.clone(),
        world_readable: world_readable(room),
        guest_can_join: text("m.room.guest_access", "guest_access").as_deref() == Some("can_join"),
    });
    entry.name = text("m.room.name", "name");
    entry.topic = text("m.room.topic", "topic");
    entry.avatar_url = text("m.room.avatar", "url").map(Into::into);
    entry.canonical_alias =
        text("m.room.canonical_alias", "alias").and_then(|alias| alias.try_into().ok());
    entry.join_rule = text("m.room.join_rules", "join_rule").map(Into::into).unwrap_or_default();
    entry.room_type = text("m.room.create", "type").map(Into::into);
    entry
}
