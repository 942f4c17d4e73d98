//! Creates rooms: every event of the first write, in the order the specification gives.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_audit::{Action, Event as Audited};
use kontor_core::{Cx, Error, MatrixCode, Result, RoomClass};
use kontor_policy::{ClassRules, Encryption};
use kontor_protocol::RoomRules;
use kontor_store::room::RoomRow;
use kontor_store::{room, room_alias};
use ruma::api::client::room::Visibility;
use ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use ruma::events::TimelineEventType;
use ruma::{OwnedRoomAliasId, OwnedRoomId, OwnedUserId, RoomVersionId};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::append::{Extra, NewEvent};
use crate::class::{CLASS, neutral_name};
use crate::content::check_state_words;
use crate::content_rules::check_content;
use crate::read::unknown_word;
use crate::send::OURS;
use crate::{Room, Rooms, State, Terms, supervision};

/// Most people one request may invite, and most initial state events it may carry.
const LIST_LIMIT: usize = 200;

/// Longest room name, in bytes; the topic may be eight times as long.
const NAME_LIMIT_BYTES: usize = 1024;

/// Key of the random part of a create event whose hash is the room's id.
const SALT: &str = "app.kontor.salt";

/// Letters of that random part: 80 bits.
const SALT_LETTERS: usize = 16;

/// Everything decided before the first event is built.
struct Plan {
    creator: OwnedUserId,
    version: RoomVersionId,
    rules: RoomRules,
    class: RoomClass,
    /// By whom it is supervised, if it is.
    terms: Option<Terms>,
    preset: RoomPreset,
    alias: Option<OwnedRoomAliasId>,
    /// People who get the creator's rights (`trusted_private_chat`).
    trusted: Vec<OwnedUserId>,
    /// The request's content for the create event.
    content: Map<String, Value>,
}

/// One entry of `initial_state`.
#[derive(Deserialize)]
struct InitialState {
    #[serde(rename = "type")]
    kind: TimelineEventType,
    #[serde(default)]
    state_key: String,
    content: Box<RawValue>,
}

impl Rooms {
    /// Creates a room and joins the caller (spec: `POST /createRoom`).
    ///
    /// Where the policy asks for end-to-end encryption, the room is encrypted from its first
    /// events on.
    pub async fn create(&self, cx: &Cx, request: Request) -> Result<OwnedRoomId> {
        let plan = self.plan(cx, &request).await?;
        let create = create_content(cx, &plan)?;
        let create = state(&plan, TimelineEventType::RoomCreate, &create)?;
        let mut events = self.first_events(cx, &plan, &request).await?;
        let supervisors = plan.terms.iter().flat_map(|terms| &terms.supervisors);
        let supervisors = supervisors.filter(|user| **user != plan.creator);
        let invited: BTreeSet<&OwnedUserId> = request.invite.iter().chain(supervisors).collect();
        for user in invited {
            events.push(self.invitation(cx, &plan.creator, user, &request).await?);
        }
        for event in &events {
            check_content(&self.policy.now(), event)?;
            self.require_state_allowed(cx, (plan.class, &State::default()), event).await?;
        }
        let (room, mut head, first) =
            self.found(cx, (plan.rules.clone(), self.next_nid(), plan.class), create)?;
        let mut ready = vec![first];
        for event in events {
            ready.push(self.build(cx, &room, &mut head, event)?);
        }
        let room = room.with_head(head, crate::Live::default());
        let rows = room_rows(cx, &plan, &room, request.visibility == Visibility::Public);
        let room = Arc::new(room);
        let written = self.write(&room, ready, Some(rows));
        match &plan.terms {
            Some(terms) => {
                let started = Audited::new(Action::SupervisionStarted).because(&terms.purpose);
                self.audit.act(cx, started, written).await?;
            }
            None => written.await?,
        }
        let room_id = room.room_id.clone();
        self.registry.keep_new(room);
        Ok(room_id)
    }

    async fn plan(&self, cx: &Cx, request: &Request) -> Result<Plan> {
        check_limits(request)?;
        let version = request
            .room_version
            .clone()
            .unwrap_or_else(|| self.policy.now().default_room_version.clone());
        let rules = RoomRules::supported(&version)?;
        if request.visibility == Visibility::Public && !self.policy.now().publish_rooms_allowed {
            return Err(Error::forbidden("Rooms may not be published in this organisation."));
        }
        let preset = request.preset.clone().unwrap_or(match request.visibility {
            Visibility::Public => RoomPreset::PublicChat,
            _ => RoomPreset::PrivateChat,
        });
        let alias = request.room_alias_name.as_deref().map(|name| self.local_alias(name));
        let trusted = match preset {
            RoomPreset::TrustedPrivateChat => request.invite.clone(),
            _ => Vec::new(),
        };
        let creator = cx.user()?.to_owned();
        let mut content = match &request.creation_content {
            Some(raw) => parse_object("creation_content", raw.json())?,
            None => Map::new(),
        };
        let class = self.choose_class(cx, request, &content).await?;
        let terms = self.terms_asked_for(cx, class, &mut content).await?;
        let alias = alias.transpose()?;
        check_openness(class, request, alias.as_ref())?;
        Ok(Plan { creator, version, rules, class, terms, preset, alias, trusted, content })
    }

    /// The events behind `m.room.create` and before the invitations.
    async fn first_events(&self, cx: &Cx, plan: &Plan, request: &Request) -> Result<Vec<NewEvent>> {
        let joined = self.member_content(cx, &plan.creator, "join", None).await?;
        let mut events = vec![
            NewEvent::state(
                plan.creator.clone(),
                TimelineEventType::RoomMember,
                plan.creator.as_str(),
                joined,
            ),
            state(plan, TimelineEventType::RoomPowerLevels, &power_levels(plan, request)?)?,
        ];
        if let Some(terms) = &plan.terms {
            let content = serde_json::to_value(terms).map_err(Error::internal)?;
            events.push(state(plan, supervision::STATE.into(), &content)?);
        }
        if let Some(alias) = &plan.alias {
            let content = json!({ "alias": alias });
            events.push(state(plan, TimelineEventType::RoomCanonicalAlias, &content)?);
        }
        events.extend(self.preset_events(plan)?);
        self.apply_initial_state(plan, request, &mut events)?;
        if !ClassRules::of(plan.class).clear_name && !request.is_direct {
            let content = json!({ "name": neutral_name(plan.class) });
            events.push(state(plan, TimelineEventType::RoomName, &content)?);
        }
        if let Some(name) = &request.name {
            events.push(state(plan, TimelineEventType::RoomName, &json!({ "name": name }))?);
        }
        if let Some(topic) = &request.topic {
            let content = json!({
                "topic": topic,
                "m.topic": { "m.text": [{ "body": topic, "mimetype": "text/plain" }] },
            });
            events.push(state(plan, TimelineEventType::RoomTopic, &content)?);
        }
        Ok(events)
    }

    /// The terms of a supervised room; they become a state event of their own.
    async fn terms_asked_for(
        &self,
        cx: &Cx,
        class: RoomClass,
        content: &mut Map<String, Value>,
    ) -> Result<Option<Terms>> {
        let wanted = content.remove(supervision::STATE);
        if class != RoomClass::Supervised {
            return match wanted {
                Some(_) => {
                    let text = format!("{}: only in supervised rooms.", supervision::STATE);
                    Err(Error::invalid(MatrixCode::InvalidParam, text))
                }
                None => Ok(None),
            };
        }
        let terms = Terms::parse(cx, &wanted.unwrap_or_default(), 1)?;
        for supervisor in &terms.supervisors {
            self.require_supervisor(cx, supervisor).await?;
        }
        Ok(Some(terms))
    }

    fn preset_events(&self, plan: &Plan) -> Result<Vec<NewEvent>> {
        let (join_rule, guests) = match plan.preset {
            RoomPreset::PublicChat => ("public", "forbidden"),
            _ => ("invite", "can_join"),
        };
        let policy = self.policy.now();
        let visibility = match ClassRules::of(plan.class).earlier_history {
            true => policy.default_history_visibility.as_str(),
            false => "joined",
        };
        let mut events = vec![
            state(plan, TimelineEventType::RoomJoinRules, &json!({ "join_rule": join_rule }))?,
            state(
                plan,
                TimelineEventType::RoomHistoryVisibility,
                &json!({ "history_visibility": visibility }),
            )?,
            state(plan, TimelineEventType::RoomGuestAccess, &json!({ "guest_access": guests }))?,
        ];
        let encrypted = match ClassRules::of(plan.class).encryption {
            Encryption::Always => true,
            Encryption::AsPolicy => policy.e2ee_required,
            Encryption::Optional => false,
        };
        if encrypted {
            let content = json!({ "algorithm": "m.megolm.v1.aes-sha2" });
            events.push(state(plan, TimelineEventType::RoomEncryption, &content)?);
        }
        Ok(events)
    }

    /// Adds the request's own state; it replaces a preset's event of the same type and key.
    fn apply_initial_state(
        &self,
        plan: &Plan,
        request: &Request,
        events: &mut Vec<NewEvent>,
    ) -> Result<()> {
        let must_encrypt = self.policy.now().e2ee_required
            || ClassRules::of(plan.class).encryption == Encryption::Always;
        for raw in &request.initial_state {
            let given: InitialState = serde_json::from_str(raw.json().get()).map_err(|cause| {
                Error::invalid(MatrixCode::BadJson, format!("initial_state: {cause}"))
            })?;
            let refused = [TimelineEventType::RoomCreate, TimelineEventType::RoomMember]
                .contains(&given.kind)
                || given.kind.to_string().starts_with(OURS);
            if refused {
                let text = format!("initial_state: {} is set by the server.", given.kind);
                return Err(Error::invalid(MatrixCode::InvalidRoomState, text));
            }
            check_state_words(&given.kind, &given.content)?;
            if given.kind == TimelineEventType::RoomEncryption && must_encrypt {
                check_algorithm(&given.content)?;
            }
            events.retain(|event| {
                event.kind != given.kind || event.state_key.as_deref() != Some(&*given.state_key)
            });
            events.push(NewEvent::state(
                plan.creator.clone(),
                given.kind,
                given.state_key,
                given.content,
            ));
        }
        Ok(())
    }
}

fn check_limits(request: &Request) -> Result<()> {
    if !matches!(request.visibility, Visibility::Public | Visibility::Private) {
        return Err(unknown_word("visibility", "public or private"));
    }
    let presets = [RoomPreset::PrivateChat, RoomPreset::PublicChat, RoomPreset::TrustedPrivateChat];
    if request.preset.as_ref().is_some_and(|preset| !presets.contains(preset)) {
        let words = "private_chat, public_chat or trusted_private_chat";
        return Err(unknown_word("preset", words));
    }
    let too_long = |field: &str, limit: usize| {
        let text = format!("{field}: longer than {limit} allowed.");
        Err(Error::invalid(MatrixCode::InvalidParam, text))
    };
    if request.name.as_ref().is_some_and(|name| name.len() > NAME_LIMIT_BYTES) {
        return too_long("name", NAME_LIMIT_BYTES);
    }
    if request.topic.as_ref().is_some_and(|topic| topic.len() > 8 * NAME_LIMIT_BYTES) {
        return too_long("topic", 8 * NAME_LIMIT_BYTES);
    }
    if request.invite.len() > LIST_LIMIT {
        return too_long("invite", LIST_LIMIT);
    }
    if request.initial_state.len() > LIST_LIMIT {
        return too_long("initial_state", LIST_LIMIT);
    }
    if !request.invite_3pid.is_empty() {
        let text = "invite_3pid: this server has no identity server.";
        return Err(Error::forbidden(text).with_code(MatrixCode::ThreepidDenied));
    }
    Ok(())
}

/// Closed rooms have no address, and the directory does not list them.
fn check_openness(
    class: RoomClass,
    request: &Request,
    alias: Option<&OwnedRoomAliasId>,
) -> Result<()> {
    let rules = ClassRules::of(class);
    let refuse = |field: &str| {
        let text = format!("{field}: not in rooms of class {class}.");
        Err(Error::forbidden(text).with_field("class", class.as_str()))
    };
    if !rules.open && request.visibility == Visibility::Public {
        return refuse("visibility");
    }
    if !rules.open && request.preset == Some(RoomPreset::PublicChat) {
        return refuse("preset");
    }
    if !rules.clear_name && alias.is_some() {
        return refuse("room_alias_name");
    }
    Ok(())
}

fn check_algorithm(content: &RawValue) -> Result<()> {
    let content: Value = serde_json::from_str(content.get()).unwrap_or_default();
    match content.get("algorithm").and_then(Value::as_str) {
        Some("m.megolm.v1.aes-sha2") => Ok(()),
        _ => Err(Error::invalid(
            MatrixCode::InvalidRoomState,
            "initial_state: m.room.encryption needs the algorithm m.megolm.v1.aes-sha2.",
        )),
    }
}

/// The create event's content: the request's, with what the server decides laid over it.
fn create_content(cx: &Cx, plan: &Plan) -> Result<Value> {
    let mut content = plan.content.clone();
    content.insert(CLASS.to_owned(), Value::from(plan.class.as_str()));
    content.insert("room_version".to_owned(), Value::from(plan.version.as_str()));
    content.remove("creator");
    if plan.version == RoomVersionId::V10 {
        content.insert("creator".to_owned(), Value::from(plan.creator.as_str()));
    }
    if plan.rules.creators_are_privileged() && !plan.trusted.is_empty() {
        let given = content.remove("additional_creators");
        let mut creators: Vec<Value> =
            given.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        creators.extend(plan.trusted.iter().map(|user| Value::from(user.as_str())));
        creators.dedup();
        content.insert("additional_creators".to_owned(), Value::from(creators));
    }
    if plan.rules.room_id_is_create_hash() {
        // Two rooms created in the same millisecond must not get the same id.
        content.insert(SALT.to_owned(), Value::from(cx.random.word(SALT_LETTERS)?));
    }
    Ok(Value::Object(content))
}

/// Default power levels with the request's override laid over them.
fn power_levels(plan: &Plan, request: &Request) -> Result<Value> {
    let by_rights = plan.rules.creators_are_privileged();
    let mut users = Map::new();
    if !by_rights {
        for user in plan.trusted.iter().chain([&plan.creator]) {
            users.insert(user.to_string(), Value::from(100));
        }
    }
    let invite = if plan.preset == RoomPreset::PublicChat { 50 } else { 0 };
    let content = json!({
        "users": users,
        "users_default": 0,
        "events": {
            "m.room.name": 50,
            "m.room.avatar": 50,
            "m.room.canonical_alias": 50,
            "m.room.power_levels": 100,
            "m.room.history_visibility": 100,
            "m.room.encryption": 100,
            supervision::STATE: 100,
            "m.room.server_acl": 100,
            "m.room.tombstone": if by_rights { 150 } else { 100 },
        },
        "events_default": if plan.class == RoomClass::Announcement { 50 } else { 0 },
        "state_default": 50,
        "ban": 50,
        "kick": 50,
        "redact": 50,
        "invite": invite,
    });
    let Value::Object(mut content) = content else { return Ok(content) };
    if let Some(raw) = &request.power_level_content_override {
        content.extend(parse_object("power_level_content_override", raw.json())?);
    }
    Ok(Value::Object(content))
}

fn parse_object(field: &str, raw: &RawValue) -> Result<Map<String, Value>> {
    serde_json::from_str(raw.get())
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("{field}: {cause}")))
}

fn state(plan: &Plan, kind: TimelineEventType, content: &Value) -> Result<NewEvent> {
    let content = to_raw_value(content).map_err(Error::internal)?;
    Ok(NewEvent::state(plan.creator.clone(), kind, "", content))
}

/// The rows that belong to a new room beside its events.
fn room_rows(cx: &Cx, plan: &Plan, new: &Room, published: bool) -> Extra {
    let row = RoomRow {
        nid: new.nid,
        room_id: new.room_id.to_string(),
        version: plan.version.to_string(),
        published,
        class: plan.class,
    };
    let (creator, alias, now) = (plan.creator.clone(), plan.alias.clone(), cx.now);
    Box::new(move |tx| {
        room::insert_room(tx, &row, &creator, now)?;
        match alias {
            Some(alias) => room_alias::add_alias(tx, &alias, row.nid, &creator, now),
            None => Ok(()),
        }
    })
}
