//! The state of a room: one event per type and state key. A copy costs nothing.

use std::sync::Arc;

use imbl::OrdMap;
use ruma::UserId;
use ruma::events::room::member::MembershipState;
use serde::de::DeserializeOwned;

use crate::Event;

/// One event per event type and state key.
#[derive(Clone, Debug, Default)]
pub struct State {
    kinds: OrdMap<String, OrdMap<String, Arc<Event>>>,
}

impl State {
    /// The event for a type and state key.
    #[must_use]
    pub fn get(&self, kind: &str, state_key: &str) -> Option<&Arc<Event>> {
        self.kinds.get(kind)?.get(state_key)
    }

    /// Whether this very event is part of it.
    #[must_use]
    pub fn holds(&self, event: &Event) -> bool {
        let state_key = event.pdu.state_key.as_deref();
        let held = state_key.and_then(|key| self.get(&event.pdu.kind.to_string(), key));
        held.is_some_and(|held| held.pdu.event_id == event.pdu.event_id)
    }

    /// Every event of one type, ordered by state key.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Arc<Event>> + '_ {
        self.kinds.get(kind).into_iter().flat_map(OrdMap::values)
    }

    /// Every state event.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Event>> + '_ {
        self.kinds.values().flat_map(OrdMap::values)
    }

    /// Number of state events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.values().map(OrdMap::len).sum()
    }

    /// No state at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Sets a state event; other events are ignored.
    pub fn insert(&mut self, event: Arc<Event>) {
        if let Some(state_key) = event.pdu.state_key.clone() {
            let kind = event.pdu.kind.to_string();
            self.kinds.entry(kind).or_default().insert(state_key, event);
        }
    }

    /// The content of a state event; `None` if absent or malformed.
    #[must_use]
    pub fn content<T: DeserializeOwned>(&self, kind: &str, state_key: &str) -> Option<T> {
        serde_json::from_str(self.get(kind, state_key)?.pdu.content.get()).ok()
    }

    /// A user's membership; `Leave` if never a member.
    #[must_use]
    pub fn membership(&self, user: &UserId) -> MembershipState {
        self.get("m.room.member", user.as_str())
            .and_then(|event| event.membership.clone())
            .unwrap_or(MembershipState::Leave)
    }
}
