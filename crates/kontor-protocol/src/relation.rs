//! Relations between events (spec: "Forming relationships between events").

use ruma::OwnedEventId;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Pdu;

/// What an event relates to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// `m.replace`, `m.thread`, `m.annotation`, `m.reference` …
    pub kind: String,
    /// The event related to.
    pub target: OwnedEventId,
    /// The reaction of an `m.annotation`.
    pub key: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(rename = "m.relates_to")]
    relates_to: Option<RelatesTo>,
}

#[derive(Deserialize)]
struct RelatesTo {
    rel_type: Option<String>,
    event_id: Option<OwnedEventId>,
    key: Option<String>,
}

/// The relation of a message event; `None` if it has none, or a malformed one.
#[must_use]
pub fn relation(pdu: &Pdu) -> Option<Relation> {
    if pdu.state_key.is_some() {
        return None;
    }
    relation_in(&pdu.content)
}

/// The relation in a message event's content; `None` if it has none, or a malformed one.
#[must_use]
pub fn relation_in(content: &RawValue) -> Option<Relation> {
    if !content.get().contains("m.relates_to") {
        return None;
    }
    let content: Content = serde_json::from_str(content.get()).ok()?;
    let relates_to = content.relates_to?;
    Some(Relation { kind: relates_to.rel_type?, target: relates_to.event_id?, key: relates_to.key })
}
