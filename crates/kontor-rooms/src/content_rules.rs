//! What the organisation lets nobody send, as far as the server sees it: inside encrypted messages
//! it sees relations only.

use kontor_core::{Error, Result};
use kontor_policy::Policy;
use ruma::events::TimelineEventType;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::append::NewEvent;

/// Types of events that carry a place, once in the specification and before.
const PLACES: [&str; 4] =
    ["m.beacon", "m.beacon_info", "org.matrix.msc3672.beacon", "org.matrix.msc3672.beacon_info"];

/// The parts of a content that rules are about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    msgtype: Option<String>,
    #[serde(rename = "m.location", alias = "org.matrix.msc3488.location")]
    place: Option<IgnoredAny>,
    geo_uri: Option<IgnoredAny>,
    #[serde(rename = "m.new_content")]
    changed: Option<Box<Self>>,
    #[serde(rename = "m.relates_to")]
    relation: Option<Relation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Relation {
    rel_type: Option<String>,
}

/// Lets an event pass.
///
/// # Errors
/// `Forbidden` for a place (setting `location_sharing`) and for a changed message
/// (`message_editing`) where the organisation wants none.
pub(crate) fn check_content(policy: &Policy, event: &NewEvent) -> Result<()> {
    if policy.location_allowed && policy.message_editing {
        return Ok(());
    }
    if !policy.location_allowed && PLACES.contains(&&*event.kind.to_string()) {
        return Err(no_places());
    }
    let is_message = event.state_key.is_none();
    let may_be_edit = !policy.message_editing && is_message;
    let may_be_place = !policy.location_allowed && event.kind == TimelineEventType::RoomMessage;
    if !may_be_edit && !may_be_place {
        return Ok(());
    }
    let content = content_of(&event.content);
    if may_be_place && content.has_place() {
        return Err(no_places());
    }
    if may_be_edit && content.is_edit() {
        return Err(Error::forbidden("Messages are not changed in this organisation."));
    }
    Ok(())
}

fn content_of(raw: &RawValue) -> Content {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

impl Content {
    fn has_place(&self) -> bool {
        self.msgtype.as_deref() == Some("m.location")
            || self.place.is_some()
            || self.geo_uri.is_some()
            || self.changed.as_ref().is_some_and(|changed| changed.has_place())
    }

    fn is_edit(&self) -> bool {
        let relation = self.relation.as_ref().and_then(|relation| relation.rel_type.as_deref());
        relation == Some("m.replace")
    }
}

fn no_places() -> Error {
    Error::forbidden("Nobody sends where they are in this organisation.")
}

#[cfg(test)]
mod tests {
    use ruma::user_id;
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::*;

    fn allowed(policy: &Policy, kind: &str, content: &Value) -> bool {
        let sender = user_id!("@anna:firma.example").to_owned();
        let event = NewEvent::message(sender, kind.into(), to_raw_value(content).unwrap());
        check_content(policy, &event).is_ok()
    }

    #[test]
    fn places_pass_only_where_they_are_allowed() {
        let open = Policy { location_allowed: true, ..Policy::strict() };
        let closed = Policy { location_allowed: false, ..Policy::strict() };
        for (kind, content) in [
            ("m.room.message", json!({ "msgtype": "m.location", "geo_uri": "geo:1,2" })),
            ("m.room.message", json!({ "msgtype": "m.text", "m.location": {} })),
            ("m.room.message", json!({ "m.new_content": { "msgtype": "m.location" } })),
            ("m.beacon", json!({})),
            ("org.matrix.msc3672.beacon_info", json!({})),
        ] {
            assert!(!allowed(&closed, kind, &content), "{kind} {content}");
            assert!(allowed(&open, kind, &content), "{kind} {content}");
        }
        assert!(allowed(&closed, "m.room.message", &json!({ "msgtype": "m.text" })));
    }

    #[test]
    fn edits_are_seen_in_encrypted_messages_too() {
        let closed = Policy { message_editing: false, ..Policy::strict() };
        let edit = json!({ "m.relates_to": { "rel_type": "m.replace", "event_id": "$a" } });
        for kind in ["m.room.message", "m.room.encrypted"] {
            assert!(!allowed(&closed, kind, &edit), "{kind}");
            assert!(allowed(&Policy::strict(), kind, &edit), "{kind}");
        }
        let thread = json!({ "m.relates_to": { "rel_type": "m.thread", "event_id": "$a" } });
        assert!(allowed(&closed, "m.room.encrypted", &thread));
    }
}
