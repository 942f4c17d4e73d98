//! Power levels (spec: `m.room.power_levels`).

use std::collections::BTreeSet;

use ruma::UserId;
use serde_json::{Map, Value};

use crate::{Pdu, RoomRules};

/// The power levels in force in a room.
#[derive(Clone, Debug, Default)]
pub struct PowerLevels {
    content: Option<Map<String, Value>>,
    creators: BTreeSet<String>,
    privileged: bool,
}

impl PowerLevels {
    /// Reads the levels from the create and the power levels event.
    #[must_use]
    pub fn new(rules: &RoomRules, create: Option<&Pdu>, levels: Option<&Pdu>) -> Self {
        let object = |pdu: &Pdu| serde_json::from_str::<Map<String, Value>>(pdu.content.get()).ok();
        let mut creators = BTreeSet::new();
        if let Some(create) = create {
            creators.insert(create.sender.to_string());
            let additional = object(create).and_then(|mut c| c.remove("additional_creators"));
            if let Some(Value::Array(users)) =
                additional.filter(|_| rules.creators_are_privileged())
            {
                creators.extend(users.iter().filter_map(|user| Some(user.as_str()?.to_owned())));
            }
        }
        let privileged = rules.creators_are_privileged();
        Self { content: levels.and_then(object), creators, privileged }
    }

    /// A person's level.
    #[must_use]
    pub fn of(&self, user: &UserId) -> i64 {
        let creator = self.creators.contains(user.as_str());
        if creator && self.privileged {
            return i64::MAX;
        }
        let Some(content) = &self.content else { return if creator { 100 } else { 0 } };
        let own = content.get("users").and_then(|users| users.get(user.as_str()));
        own.and_then(Value::as_i64).unwrap_or_else(|| self.named("users_default", 0))
    }

    /// The level needed to set a state event.
    #[must_use]
    pub fn for_state(&self, kind: &str) -> i64 {
        let fallback = if self.content.is_some() { 50 } else { 0 };
        self.for_kind(kind).unwrap_or_else(|| self.named("state_default", fallback))
    }

    /// The level needed to send a message event.
    #[must_use]
    pub fn for_message(&self, kind: &str) -> i64 {
        self.for_kind(kind).unwrap_or_else(|| self.named("events_default", 0))
    }

    /// Whether a person may set a state event.
    #[must_use]
    pub fn may_set_state(&self, user: &UserId, kind: &str) -> bool {
        self.of(user) >= self.for_state(kind)
    }

    /// Whether a person may invite.
    #[must_use]
    pub fn may_invite(&self, user: &UserId) -> bool {
        self.of(user) >= self.named("invite", 0)
    }

    /// Whether a person may redact the events of others.
    #[must_use]
    pub fn may_redact_others(&self, user: &UserId) -> bool {
        self.of(user) >= self.named("redact", 50)
    }

    /// Whether a person may notify the whole room (`@room`).
    #[must_use]
    pub fn may_notify_room(&self, user: &UserId) -> bool {
        let needed = self
            .content
            .as_ref()
            .and_then(|content| content.get("notifications")?.get("room")?.as_i64());
        self.of(user) >= needed.unwrap_or(50)
    }

    fn for_kind(&self, kind: &str) -> Option<i64> {
        self.content.as_ref()?.get("events")?.get(kind)?.as_i64()
    }

    fn named(&self, name: &str, fallback: i64) -> i64 {
        let value = self.content.as_ref().and_then(|content| content.get(name)?.as_i64());
        value.unwrap_or(fallback)
    }
}
