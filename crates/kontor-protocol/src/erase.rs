//! Events of people who are erased: what the room is built on stays, what says who they were goes.
//!
//! The id of an event is a hash over what a redaction leaves, so it stays right. law: R-128

use kontor_core::{Error, Result};
use ruma::canonical_json::{CanonicalJsonObject, CanonicalJsonValue};

use crate::{Pdu, RoomRules, redact};

/// The event without everything its room version redacts; a membership then shows `name`.
///
/// # Errors
/// `Internal` for what is no stored event.
pub fn without_person(
    json: &[u8],
    pdu: &Pdu,
    rules: &RoomRules,
    name: Option<&str>,
) -> Result<Vec<u8>> {
    let bare = redact(json, pdu, rules)?.json;
    let Some(name) = name else { return Ok(bare) };
    let mut object: CanonicalJsonObject = serde_json::from_slice(&bare).map_err(Error::internal)?;
    if let Some(CanonicalJsonValue::Object(content)) = object.get_mut("content") {
        content.insert("displayname".to_owned(), CanonicalJsonValue::String(name.to_owned()));
    }
    serde_json::to_vec(&object).map_err(Error::internal)
}

/// The event without the words of whoever caused it (`reason`); `None` if there are none.
///
/// # Errors
/// `Internal` for what is no stored event.
pub fn without_reason(json: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut object: CanonicalJsonObject = serde_json::from_slice(json).map_err(Error::internal)?;
    let Some(CanonicalJsonValue::Object(content)) = object.get_mut("content") else {
        return Ok(None);
    };
    if content.remove("reason").is_none() {
        return Ok(None);
    }
    serde_json::to_vec(&object).map(Some).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use ruma::{RoomVersionId, event_id, room_id};
    use serde_json::{Value, json};

    use super::*;

    fn member() -> Vec<u8> {
        let event = json!({
            "type": "m.room.member", "room_id": "!r:a.example", "sender": "@x:a.example",
            "state_key": "@x:a.example", "origin_server_ts": 1, "depth": 3,
            "prev_events": [], "auth_events": [], "hashes": { "sha256": "x" }, "signatures": {},
            "content": {
                "membership": "join", "displayname": "Anna Muster", "reason": "krank",
                "avatar_url": "mxc://a.example/x",
            },
        });
        serde_json::to_vec(&event).unwrap()
    }

    #[test]
    fn a_membership_keeps_its_place_and_loses_the_person() {
        let rules = RoomRules::supported(&RoomVersionId::V11).unwrap();
        let id = event_id!("$abc").to_owned();
        let pdu = Pdu::from_stored(id, room_id!("!r:a.example"), &member(), &rules).unwrap();
        let left = without_person(&member(), &pdu, &rules, Some("Gelöschtes Konto")).unwrap();
        let left: Value = serde_json::from_slice(&left).unwrap();
        assert_eq!(
            left["content"],
            json!({ "membership": "join", "displayname": "Gelöschtes Konto" })
        );
        assert_eq!((&left["depth"], &left["state_key"]), (&json!(3), &json!("@x:a.example")));
        let bare = without_person(&member(), &pdu, &rules, None).unwrap();
        let bare: Value = serde_json::from_slice(&bare).unwrap();
        assert_eq!(bare["content"], json!({ "membership": "join" }));
    }

    #[test]
    fn only_the_words_of_whoever_caused_it_go() {
        let left = without_reason(&member()).unwrap().unwrap();
        assert!(without_reason(&left).unwrap().is_none());
        let left: Value = serde_json::from_slice(&left).unwrap();
        assert_eq!(left["content"]["displayname"], "Anna Muster");
        assert!(left["content"].get("reason").is_none());
    }
}
