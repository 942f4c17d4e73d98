//! State resolution: which state holds after a room forked (spec: room versions, "State
//! resolution").

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kontor_core::{Error, Result};
use ruma::state_res::utils::event_id_set::EventIdSet;
use ruma::state_res::{self, StateMap as StateMapOf};
use ruma::{EventId, OwnedEventId};

use crate::{Pdu, RoomRules};

/// One side's state: event ids by type and state key.
pub type StateMap = StateMapOf<OwnedEventId>;

/// A set of event ids.
pub type EventIds = EventIdSet<OwnedEventId>;

/// Resolves the states of the sides of a fork to the one that holds.
///
/// `auth_chains` are the [`auth_chain`]s of the states, in the same order. `fetch` finds an event
/// of the room; it is asked often for the same event. The order of the sides is of no consequence.
///
/// # Errors
/// `Internal` naming the event that `fetch` did not find.
pub fn resolve_state(
    rules: &RoomRules,
    states: &[StateMap],
    auth_chains: Vec<EventIds>,
    fetch: impl Fn(&EventId) -> Option<Arc<Pdu>>,
) -> Result<StateMap> {
    let Some(resolution) = rules.rules.state_res.v2_rules() else {
        return Err(Error::internal("room version without state resolution"));
    };
    let authorization = &rules.rules.authorization;
    state_res::resolve(authorization, resolution, states, auth_chains, &fetch, |conflicted| {
        Some(subgraph(conflicted.values().flatten().cloned().collect(), &fetch))
    })
    .map_err(|cause| Error::internal(format!("state resolution: {cause}")))
}

/// Some events, everything that authorizes them, everything that authorizes that, and so on.
///
/// # Errors
/// `Internal` naming the event that `fetch` did not find.
pub fn auth_chain(
    events: impl IntoIterator<Item = OwnedEventId>,
    fetch: impl Fn(&EventId) -> Option<Arc<Pdu>>,
) -> Result<EventIds> {
    let mut chain = EventIds::new();
    let mut open: Vec<OwnedEventId> = events.into_iter().collect();
    while let Some(event_id) = open.pop() {
        if chain.contains(&event_id) {
            continue;
        }
        let Some(event) = fetch(&event_id) else {
            return Err(Error::internal(format!("event {event_id} of an auth chain is unknown")));
        };
        open.extend(event.auth_events.iter().cloned());
        chain.insert(event_id);
    }
    Ok(chain)
}

/// The events on all paths along `auth_events` from one conflicted event to another, both included
/// (spec: room version 12, "Conflicted state subgraph").
fn subgraph(
    conflicted: HashSet<OwnedEventId>,
    fetch: impl Fn(&EventId) -> Option<Arc<Pdu>>,
) -> EventIds {
    // Everything reachable, and who points at it. Event ids are hashes, so there are no circles.
    let mut pointed_at: HashMap<OwnedEventId, Vec<OwnedEventId>> = HashMap::new();
    let mut seen = conflicted.clone();
    let mut open: Vec<OwnedEventId> = conflicted.iter().cloned().collect();
    while let Some(event_id) = open.pop() {
        let Some(event) = fetch(&event_id) else { continue };
        for below in &event.auth_events {
            pointed_at.entry(below.clone()).or_default().push(event_id.clone());
            if seen.insert(below.clone()) {
                open.push(below.clone());
            }
        }
    }
    // What of it leads to a conflicted event: back up from those.
    let mut paths = EventIds::new();
    let mut open: Vec<OwnedEventId> = conflicted.into_iter().collect();
    while let Some(event_id) = open.pop() {
        open.extend(pointed_at.get(&event_id).into_iter().flatten().cloned());
        paths.insert(event_id.clone());
        pointed_at.remove(&event_id);
    }
    paths
}

#[cfg(test)]
mod tests {
    use ruma::{MilliSecondsSinceUnixEpoch, RoomId, UserId};
    use serde_json::value::RawValue;

    use super::*;

    fn id(name: &str) -> OwnedEventId {
        EventId::parse(format!("${name}")).unwrap()
    }

    fn event(name: &str, auth_events: &[&str]) -> Arc<Pdu> {
        Arc::new(Pdu {
            event_id: id(name),
            room_id: RoomId::parse("!room:kontor.test").unwrap(),
            sender: UserId::parse("@alice:kontor.test").unwrap(),
            kind: "m.room.topic".into(),
            state_key: Some(String::new()),
            content: RawValue::from_string("{}".to_owned()).unwrap().into(),
            origin_server_ts: MilliSecondsSinceUnixEpoch(1_u32.into()),
            prev_events: Vec::new(),
            auth_events: auth_events.iter().map(|name| id(name)).collect(),
            depth: 1,
            redacts: None,
        })
    }

    fn paths_between(conflicted: &[&str]) -> Vec<String> {
        let room = [
            event("root", &[]),
            event("low", &["root"]),
            event("mid", &["low", "root"]),
            event("aside", &["low"]),
            event("top", &["mid", "aside"]),
            event("other", &["root"]),
        ];
        let fetch = |wanted: &EventId| room.iter().find(|event| event.event_id == wanted).cloned();
        let found = subgraph(conflicted.iter().map(|name| id(name)).collect(), fetch);
        let mut names: Vec<String> = found.iter().map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn the_subgraph_is_all_paths_between_conflicted_events() {
        assert_eq!(paths_between(&["low", "top"]), ["$aside", "$low", "$mid", "$top"]);
        assert_eq!(paths_between(&["mid", "top"]), ["$mid", "$top"]);
        assert_eq!(paths_between(&["top", "other"]), ["$other", "$top"]);
        assert_eq!(paths_between(&["root", "other"]), ["$other", "$root"]);
        assert_eq!(paths_between(&["top", "unknown"]), ["$top", "$unknown"]);
    }
}
