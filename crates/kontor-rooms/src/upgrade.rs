//! Replaces a room by one of a newer version (spec: "Room Upgrades").

use kontor_core::{Cx, Error, MatrixCode, Result, RoomClass};
use kontor_policy::{Audience, ClassRules, Policy};
use kontor_protocol::{PowerLevels, RoomRules};
use kontor_store::room_alias;
use ruma::api::client::room::create_room::v3::{Request as CreateRequest, RoomPreset};
use ruma::api::client::room::upgrade_room::v3::Request;
use ruma::events::TimelineEventType;
use ruma::serde::Raw;
use ruma::{OwnedRoomId, RoomId, RoomVersionId, UserId};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use crate::append::NewEvent;
use crate::class::{CLASS, shows_no_more};
use crate::{Room, Rooms, supervision};

/// State that the new room takes over (spec), besides power levels.
const TRANSFERRED: [&str; 8] = [
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.guest_access",
    HISTORY,
    "m.room.join_rules",
];

const HISTORY: &str = "m.room.history_visibility";

impl Rooms {
    /// Creates the successor of a room, points the old one to it and quiets the old one.
    ///
    /// # Errors
    /// `Forbidden` for people who may not set the tombstone;
    /// `M_UNSUPPORTED_ROOM_VERSION` for versions not served here.
    pub async fn upgrade(&self, cx: &Cx, request: Request) -> Result<OwnedRoomId> {
        let user = cx.user()?.to_owned();
        let rules = RoomRules::supported(&request.new_version)?;
        let old = self.joined_room(cx, &request.room_id).await?;
        let levels = self.power_levels(&old);
        if !levels.may_set_state(&user, "m.room.tombstone") {
            return Err(Error::forbidden("You may not upgrade this room."));
        }
        if !request.additional_creators.is_empty() && !rules.creators_are_privileged() {
            let text = "additional_creators: need room version 12 or later.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let policy = self.policy.now();
        let new = successor((&old, &rules), &request, (&user, &policy))?;
        let replacement = self.create(cx, new).await?;
        self.move_aliases(cx, &old, &replacement).await?;
        self.close(cx, &old, &levels, &replacement).await?;
        Ok(replacement)
    }

    /// Creates a room of another class in the place of one, points the old one to it and quiets the
    /// old one. Whoever is in the old room, may be in the new one and takes invitations is invited:
    /// nobody is moved, and nobody sees the old history in the new room. law: R-077
    ///
    /// # Errors
    /// `Forbidden` for people who may not set the tombstone, and as [`Self::create`].
    pub async fn convert(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        class: RoomClass,
        terms: Option<Value>,
    ) -> Result<OwnedRoomId> {
        let user = cx.user()?.to_owned();
        let old = self.joined_room(cx, room_id).await?;
        let levels = self.power_levels(&old);
        if !levels.may_set_state(&user, "m.room.tombstone") {
            return Err(Error::forbidden("You may not close this room."));
        }
        if class == old.class {
            let text = format!("class: the room is of class {class} already.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let live = old.live();
        let mut invited = Vec::new();
        for member in live.joined.iter().filter(|member| **member != user) {
            let fits = ClassRules::of(class).audience == Audience::Outsiders
                || !self.is_outsider(cx, member).await?;
            let fits = fits && self.takes_invitations(cx, member).await?;
            invited.extend(fits.then(|| member.clone()));
        }
        let mut new = reclassified(&old, class, terms, &user)?;
        new.invite = invited;
        let replacement = self.create(cx, new).await?;
        self.close(cx, &old, &levels, &replacement).await?;
        Ok(replacement)
    }

    /// The tombstone, and levels at which ordinary members neither write nor invite.
    async fn close(
        &self,
        cx: &Cx,
        old: &Room,
        levels: &PowerLevels,
        replacement: &RoomId,
    ) -> Result<()> {
        let sender = cx.user()?.to_owned();
        let tombstone = json!({
            "body": "This room has been replaced",
            "replacement_room": replacement,
        });
        let mut events = vec![(TimelineEventType::RoomTombstone, tombstone)];
        if levels.may_set_state(&sender, "m.room.power_levels") {
            let state = old.live().state;
            let mut content: Map<String, Value> =
                state.content("m.room.power_levels", "").unwrap_or_default();
            let number = |content: &Map<String, Value>, name: &str| {
                content.get(name).and_then(Value::as_i64).unwrap_or(0)
            };
            let quiet = 50.max(number(&content, "users_default").saturating_add(1));
            for name in ["events_default", "invite"] {
                let raised = quiet.max(number(&content, name));
                content.insert(name.to_owned(), Value::from(raised));
            }
            events.push((TimelineEventType::RoomPowerLevels, Value::Object(content)));
        }
        for (kind, content) in events {
            let content = to_raw_value(&content).map_err(Error::internal)?;
            let event = NewEvent::state(sender.clone(), kind, "", content);
            self.retry(cx, &old.room_id, async |room| {
                self.append_one(cx, &room, event.clone()).await
            })
            .await?;
        }
        Ok(())
    }

    /// Points the old room's addresses to the new one, which also takes over the main one.
    async fn move_aliases(&self, cx: &Cx, old: &Room, replacement: &RoomId) -> Result<()> {
        let new = self.room(cx, replacement).await?;
        let (from, to) = (old.nid, new.nid);
        self.db.write(cx, move |tx| room_alias::move_aliases(tx, from, to)).await?;
        let canonical: Option<Value> = old.live().state.content("m.room.canonical_alias", "");
        let Some(canonical) = canonical else { return Ok(()) };
        let kind = TimelineEventType::RoomCanonicalAlias;
        let sender = cx.user()?.to_owned();
        let content = to_raw_value(&canonical).map_err(Error::internal)?;
        let event = NewEvent::state(sender.clone(), kind.clone(), "", content);
        self.append_one(cx, &new, event).await?;
        if !self.power_levels(old).may_set_state(&sender, "m.room.canonical_alias") {
            return Ok(());
        }
        // The old room is no longer to be found under them.
        let content = to_raw_value(&json!({})).map_err(Error::internal)?;
        let event = NewEvent::state(sender, kind, "", content);
        self.retry(cx, &old.room_id, async |room| self.append_one(cx, &room, event.clone()).await)
            .await
            .map(drop)
    }
}

/// How the successor is created.
fn successor(
    (old, rules): (&Room, &RoomRules),
    request: &Request,
    (upgrader, policy): (&UserId, &Policy),
) -> Result<CreateRequest> {
    let state = old.live().state;
    let mut create: Map<String, Value> = state.content("m.room.create", "").unwrap_or_default();
    for field in ["creator", "room_version", "predecessor", "additional_creators"] {
        create.remove(field);
    }
    // What Kontor adds to a create event is added anew, but for the class, which stays.
    create.retain(|field, _| !field.starts_with("app.kontor.") || field == CLASS);
    let mut predecessor = json!({ "room_id": old.room_id });
    if !rules.room_id_is_create_hash()
        && let (Value::Object(predecessor), Some(last)) =
            (&mut predecessor, old.live().recent.last())
    {
        // Clients of earlier room versions look for the place where the old room ends.
        predecessor.insert("event_id".to_owned(), json!(last.pdu.event_id));
    }
    create.insert("predecessor".to_owned(), predecessor);
    if !request.additional_creators.is_empty() {
        create.insert("additional_creators".to_owned(), json!(request.additional_creators));
    }
    let mut new = CreateRequest::new();
    new.room_version = Some(request.new_version.clone());
    new.preset = Some(RoomPreset::PrivateChat);
    new.creation_content = Some(raw(&create)?);
    new.power_level_content_override = Some(raw(&levels_of(old, rules, request, upgrader))?);
    for kind in TRANSFERRED {
        if let Some(content) = state.content::<Value>(kind, "") {
            // The organisation may have become stricter since the room was created.
            let seen = content.get("history_visibility").and_then(Value::as_str);
            if kind == HISTORY && !shows_no_more(policy, seen) {
                continue;
            }
            let event = json!({ "type": kind, "state_key": "", "content": content });
            new.initial_state.push(raw(&event)?);
        }
    }
    Ok(new)
}

/// How the room of another class is created.
fn reclassified(
    old: &Room,
    class: RoomClass,
    terms: Option<Value>,
    creator: &UserId,
) -> Result<CreateRequest> {
    let state = old.live().state;
    let version: RoomVersionId = old.rules.version.clone();
    let mut create: Map<String, Value> = state.content("m.room.create", "").unwrap_or_default();
    create.retain(|field, _| field == "type" || field == "m.federate");
    create.insert("predecessor".to_owned(), json!({ "room_id": old.room_id }));
    create.insert(CLASS.to_owned(), Value::from(class.as_str()));
    if let Some(terms) = terms {
        create.insert(supervision::STATE.to_owned(), terms);
    }
    let upgrade = Request::new(old.room_id.clone(), version.clone());
    let mut new = CreateRequest::new();
    new.room_version = Some(version);
    new.preset = Some(RoomPreset::PrivateChat);
    new.creation_content = Some(raw(&create)?);
    new.power_level_content_override = Some(raw(&levels_of(old, &old.rules, &upgrade, creator))?);
    let readable = ClassRules::of(class).clear_name && ClassRules::of(old.class).clear_name;
    for kind in ["m.room.name", "m.room.avatar", "m.room.topic"] {
        if let Some(content) = state.content::<Value>(kind, "").filter(|_| readable) {
            let event = json!({ "type": kind, "state_key": "", "content": content });
            new.initial_state.push(raw(&event)?);
        }
    }
    Ok(new)
}

/// The old power levels, with the creators' rights as the new version writes them down: not at all
/// where they are innate, else as a level.
fn levels_of(old: &Room, rules: &RoomRules, request: &Request, upgrader: &UserId) -> Value {
    let state = old.live().state;
    let mut content: Map<String, Value> =
        state.content("m.room.power_levels", "").unwrap_or_default();
    let users = content.entry("users").or_insert_with(|| json!({}));
    let Value::Object(users) = users else { return Value::Object(content) };
    if rules.creators_are_privileged() {
        users.remove(upgrader.as_str());
        for creator in &request.additional_creators {
            users.remove(creator.as_str());
        }
    } else if old.rules.creators_are_privileged() {
        users.insert(upgrader.to_string(), Value::from(100));
    }
    Value::Object(content)
}

fn raw<T, U: serde::Serialize>(value: &U) -> Result<Raw<T>> {
    to_raw_value(value).map(Raw::from_json).map_err(Error::internal)
}
