//! Room aliases.

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, if_found};
use kontor_policy::ClassRules;
use kontor_store::room_alias;
use ruma::{OwnedRoomAliasId, OwnedRoomId, RoomAliasId, RoomId, RoomOrAliasId};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::authority::require_joined;
use crate::{Room, Rooms};

impl Rooms {
    /// The room an alias points to.
    pub async fn find_alias(&self, cx: &Cx, alias: &RoomAliasId) -> Result<OwnedRoomId> {
        let wanted = alias.to_owned();
        let found = self.db.read(cx, move |tx| room_alias::find_alias(tx, &wanted)).await?;
        let (room_id, _) = found.ok_or_else(unknown_alias)?;
        RoomId::parse(room_id).map_err(Error::internal)
    }

    /// Points a new alias of this server to a room the caller is in.
    pub async fn add_alias(&self, cx: &Cx, alias: &RoomAliasId, room_id: &RoomId) -> Result<()> {
        self.require_local_alias(alias)?;
        let room = self.joined_room(cx, room_id).await?;
        if !ClassRules::of(room.class).clear_name {
            let text = format!("Rooms of class {} have no address.", room.class);
            return Err(Error::forbidden(text).with_field("class", room.class.as_str()));
        }
        let (alias, nid, creator, now) =
            (alias.to_owned(), room.nid, cx.user()?.to_owned(), cx.now);
        self.db
            .write(cx, move |tx| room_alias::add_alias(tx, &alias, nid, &creator, now))
            .await
            // spec: only createRoom answers M_ROOM_IN_USE; here a taken alias is a plain conflict.
            .map_err(|error| match error.code {
                Some(MatrixCode::RoomInUse) => error.with_code(MatrixCode::Unknown),
                _ => error,
            })
    }

    /// Removes an alias: its creator may, and whoever may set the canonical alias.
    pub async fn remove_alias(&self, cx: &Cx, alias: &RoomAliasId) -> Result<()> {
        let wanted = alias.to_owned();
        let found = self.db.read(cx, move |tx| room_alias::find_alias(tx, &wanted)).await?;
        let (room_id, creator) = found.ok_or_else(unknown_alias)?;
        let user = cx.user()?;
        let room_id = RoomId::parse(room_id).map_err(Error::internal)?;
        let room = self.room(cx, &room_id).await?;
        let may_set = || {
            let joined = room.live().joined.contains(user);
            joined && self.power_levels(&room).may_set_state(user, "m.room.canonical_alias")
        };
        if creator != user.as_str() && !may_set() {
            return Err(Error::forbidden("You may not remove this room address."));
        }
        let wanted = alias.to_owned();
        self.db.write(cx, move |tx| room_alias::delete_alias(tx, &wanted)).await?;
        Ok(())
    }

    /// The aliases of a room, for its members (and everybody, if world-readable).
    pub async fn aliases(&self, cx: &Cx, room_id: &RoomId) -> Result<Vec<OwnedRoomAliasId>> {
        let room = self.room_for_member(cx, room_id).await?;
        if !world_readable(&room) {
            require_joined(cx, &room)?;
        }
        let nid = room.nid;
        let names = self.db.read(cx, move |tx| room_alias::list_aliases(tx, nid)).await?;
        names.into_iter().map(|name| name.try_into().map_err(Error::internal)).collect()
    }

    /// The room meant by an id or an alias.
    pub(crate) async fn resolve(&self, cx: &Cx, target: &RoomOrAliasId) -> Result<OwnedRoomId> {
        if target.is_room_id() {
            return RoomId::parse(target.as_str()).map_err(Error::internal);
        }
        let alias = RoomAliasId::parse(target.as_str()).map_err(Error::internal)?;
        self.find_alias(cx, &alias).await
    }

    /// `#name:server` for the local part given at creation.
    pub(crate) fn local_alias(&self, name: &str) -> Result<OwnedRoomAliasId> {
        let sound = !name.is_empty()
            && !name.chars().any(|c| c.is_whitespace() || c.is_control() || ":#".contains(c));
        let alias = RoomAliasId::parse(format!("#{name}:{}", self.server_name)).ok();
        alias.filter(|_| sound).ok_or_else(|| {
            Error::invalid(MatrixCode::InvalidParam, "room_alias_name: not a valid alias.")
        })
    }

    /// A canonical alias must point to the room it is set in.
    pub(crate) async fn check_canonical_alias(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        content: &RawValue,
    ) -> Result<()> {
        let content: Value = serde_json::from_str(content.get()).unwrap_or_default();
        let known = self.room(cx, room_id).await?;
        let before = known.live().state.content::<Value>("m.room.canonical_alias", "");
        let before = before.map(|content| named_aliases(&content)).unwrap_or_default();
        for name in named_aliases(&content) {
            let alias = RoomAliasId::parse(&*name).map_err(|_| {
                Error::invalid(MatrixCode::InvalidParam, format!("alias: {name} is no alias."))
            })?;
            if before.contains(&name) {
                continue;
            }
            let target = if_found(self.find_alias(cx, &alias).await)?;
            if target.as_deref() != Some(room_id) {
                let text = format!("{alias} does not point to this room.");
                return Err(Error::invalid(MatrixCode::BadAlias, text));
            }
        }
        Ok(())
    }

    fn require_local_alias(&self, alias: &RoomAliasId) -> Result<()> {
        let local = alias.server_name() == self.server_name;
        let sound = !alias.alias().chars().any(|c| c.is_whitespace() || c.is_control());
        match local && sound {
            true => Ok(()),
            false => Err(Error::invalid(
                MatrixCode::InvalidParam,
                format!("roomAlias: must be of the form #name:{}.", self.server_name),
            )),
        }
    }
}

/// Whether anybody may read the room.
pub(crate) fn world_readable(room: &Arc<Room>) -> bool {
    let content = room.live().state.content::<Value>("m.room.history_visibility", "");
    content.is_some_and(|content| {
        content.get("history_visibility").and_then(Value::as_str) == Some("world_readable")
    })
}

/// `alias` and `alt_aliases` of an `m.room.canonical_alias` content.
fn named_aliases(content: &Value) -> Vec<String> {
    let main = content.get("alias").and_then(Value::as_str).map(str::to_owned);
    let others = content.get("alt_aliases").and_then(Value::as_array).into_iter().flatten();
    main.into_iter().chain(others.filter_map(|alias| Some(alias.as_str()?.to_owned()))).collect()
}

fn unknown_alias() -> Error {
    Error::not_found("There is no room with this address.")
}
