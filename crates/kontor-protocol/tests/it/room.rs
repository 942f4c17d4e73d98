//! A room whose events are made by hand.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kontor_core::{Result, Secret};
use kontor_protocol::{
    EventDraft, Pdu, RoomRules, SignedEvent, SigningKey, StateMap, auth_types, authorize, sign,
};
use ruma::{
    EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedServerName, OwnedUserId,
    RoomVersionId,
};
use serde_json::Value;
use serde_json::value::to_raw_value;

/// The versions that Kontor serves.
pub(crate) const VERSIONS: [RoomVersionId; 3] =
    [RoomVersionId::V10, RoomVersionId::V11, RoomVersionId::V12];

/// State events by type and state key.
pub(crate) type State = BTreeMap<(String, String), Arc<Pdu>>;

/// Events of one room, with the key of their server.
pub(crate) struct Room {
    /// Rules of its version.
    pub(crate) rules: RoomRules,
    /// The server of everybody.
    pub(crate) server: OwnedServerName,
    /// Its key.
    pub(crate) key: SigningKey,
    /// All events, on whichever side of a fork.
    pub(crate) events: HashMap<OwnedEventId, Arc<Pdu>>,
    id: Option<OwnedRoomId>,
}

/// What somebody does at a time.
pub(crate) struct Deed<'d> {
    /// Local part of the sender.
    pub(crate) who: &'d str,
    /// Event type.
    pub(crate) kind: &'d str,
    /// State key.
    pub(crate) key: Option<&'d str>,
    /// Content.
    pub(crate) content: Value,
    /// Time.
    pub(crate) at_ms: u32,
}

/// The person with this local part.
pub(crate) fn person(name: &str) -> OwnedUserId {
    OwnedUserId::try_from(format!("@{name}:kontor.test")).unwrap()
}

/// The key of the test server.
pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_seed(&Secret::new([7; 32]), "a").unwrap()
}

impl Room {
    /// A room that nobody created yet.
    pub(crate) fn new(version: &RoomVersionId) -> Self {
        let rules = RoomRules::supported(version).unwrap();
        let id = OwnedRoomId::try_from("!room:kontor.test").unwrap();
        let id = (!rules.room_id_is_create_hash()).then_some(id);
        let server = OwnedServerName::try_from("kontor.test").unwrap();
        Self { rules, server, key: signing_key(), events: HashMap::new(), id }
    }

    /// A public room of alice (100, or creator), bob (50) and carol.
    pub(crate) fn with_people(version: &RoomVersionId) -> (Self, State) {
        let mut room = Self::new(version);
        let mut state = State::new();
        let creators = room.rules.creators_are_privileged();
        let mut users = serde_json::json!({"@bob:kontor.test": 50});
        if !creators {
            users["@alice:kontor.test"] = 100.into();
        }
        let member = serde_json::json!({"membership": "join"});
        let deeds = [
            ("alice", "m.room.create", "", room.create_content()),
            ("alice", "m.room.member", "@alice:kontor.test", member.clone()),
            ("alice", "m.room.power_levels", "", serde_json::json!({"users": users})),
            ("alice", "m.room.join_rules", "", serde_json::json!({"join_rule": "public"})),
            ("bob", "m.room.member", "@bob:kontor.test", member.clone()),
            ("carol", "m.room.member", "@carol:kontor.test", member),
        ];
        for (at_ms, (who, kind, key, content)) in deeds.into_iter().enumerate() {
            let at_ms = u32::try_from(at_ms).unwrap();
            room.act(&mut state, &Deed { who, kind, key: Some(key), content, at_ms }).unwrap();
        }
        (room, state)
    }

    /// The content of its create event.
    pub(crate) fn create_content(&self) -> Value {
        let mut content = serde_json::json!({"room_version": self.rules.version});
        if self.rules.version == RoomVersionId::V10 {
            content["creator"] = "@alice:kontor.test".into();
        }
        content
    }

    /// Signs what somebody does in a state.
    pub(crate) fn sign(&self, state: &State, deed: &Deed<'_>) -> Result<SignedEvent> {
        let sender = person(deed.who);
        let content = to_raw_value(&deed.content).unwrap();
        let kind = deed.kind.into();
        let types = auth_types(&self.rules, &kind, &sender, deed.key, &content)?;
        let auth_events = types
            .into_iter()
            .filter_map(|(kind, key)| state.get(&(kind.to_string(), key)))
            .map(|event| event.event_id.clone());
        // Messages are left out of the chain: they change nothing that is tested.
        let before = state.values().max_by_key(|event| event.depth);
        let draft = EventDraft {
            room_id: self.id.clone(),
            sender,
            kind,
            state_key: deed.key.map(ToOwned::to_owned),
            content,
            redacts: None,
            prev_events: before.map(|event| event.event_id.clone()).into_iter().collect(),
            auth_events: auth_events.collect(),
            depth: before.map_or(1, |event| event.depth + 1),
            origin_server_ts: MilliSecondsSinceUnixEpoch(deed.at_ms.into()),
        };
        sign(draft, &self.rules, &self.server, &self.key)
    }

    /// Signs, authorizes and adds an event.
    pub(crate) fn act(&mut self, state: &mut State, deed: &Deed<'_>) -> Result<Arc<Pdu>> {
        let event = self.sign(state, deed)?.pdu;
        self.add(state, event)
    }

    /// Authorizes and adds an event.
    pub(crate) fn add(&mut self, state: &mut State, event: Pdu) -> Result<Arc<Pdu>> {
        let event = Arc::new(event);
        authorize(&self.rules, &event, |kind, key| {
            state.get(&(kind.to_owned(), key.to_owned())).map(|event| &**event)
        })?;
        self.id.get_or_insert_with(|| event.room_id.clone());
        self.events.insert(event.event_id.clone(), Arc::clone(&event));
        if let Some(key) = &event.state_key {
            state.insert((event.kind.to_string(), key.clone()), Arc::clone(&event));
        }
        Ok(event)
    }

    /// An event of this room as a careless server would make it.
    pub(crate) fn unchecked(&self, deed: &Deed<'_>, number: usize) -> Pdu {
        let mut event = serde_json::json!({
            "sender": person(deed.who), "type": deed.kind, "content": deed.content, "depth": 99,
            "origin_server_ts": deed.at_ms, "prev_events": [], "auth_events": [],
        });
        if let Some(key) = deed.key {
            event["state_key"] = key.into();
        }
        let json = event.to_string();
        let event_id = EventId::parse(format!("$careless{number}")).unwrap();
        let room_id = self.id.as_ref().unwrap();
        Pdu::from_stored(event_id, room_id, json.as_bytes(), &self.rules).unwrap()
    }

    /// The event with this id.
    pub(crate) fn fetch(&self, event_id: &EventId) -> Option<Arc<Pdu>> {
        self.events.get(event_id).cloned()
    }
}

/// The ids of a state.
pub(crate) fn ids(state: &State) -> StateMap {
    let ids = state
        .iter()
        .map(|((kind, key), event)| ((kind.as_str().into(), key.clone()), event.event_id.clone()));
    ids.collect()
}
