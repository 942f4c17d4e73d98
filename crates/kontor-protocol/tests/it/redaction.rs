//! Redaction takes what it must and nothing that the signature covers.

use kontor_protocol::{Integrity, redact, verify};
use proptest::prelude::*;
use ruma::RoomVersionId;
use serde_json::{Value, json};

use crate::generated::{content, kind, state_key, version};
use crate::room::{Deed, Room, State, VERSIONS};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn redacting_twice_is_redacting_once_and_keeps_id_and_signature(
        version in version(), kind in kind(), key in state_key(), content in content(),
    ) {
        let room = Room::with_people(&version).0;
        let deed = Deed {
            who: "bob", kind: &kind, key: key.as_deref(), content: Value::Object(content), at_ms: 9,
        };
        let Ok(event) = room.sign(&State::new(), &deed) else { return Ok(()) };
        let once = redact(&event.json, &event.pdu, &room.rules).unwrap();
        let twice = redact(&once.json, &once.pdu, &room.rules).unwrap();
        prop_assert_eq!(&once.json, &twice.json);
        prop_assert!(once.json.len() <= event.json.len());

        let keys = room.key.public_keys(&room.server);
        // Membership of somebody by an authorising user needs that user's server as well.
        let Ok(verified) = verify(&once.json, &room.rules, &keys) else { return Ok(()) };
        prop_assert_eq!(&verified.event.pdu.event_id, &event.pdu.event_id);
        prop_assert_eq!(&verified.event.json, &once.json);
        let lost = once.pdu.content.get() != event.pdu.content.get();
        prop_assert!(!lost || verified.integrity == Integrity::Altered);
    }
}

#[test]
fn each_version_keeps_what_its_rules_name() {
    let create = json!({"creator": "@a:x", "room_version": "10", "note": 1});
    let levels = json!({"users": {}, "invite": 50, "ban": 50, "note": 1});
    let signed = json!({"mxid": "@a:x", "token": "t", "signatures": {}});
    let member = json!({
        "membership": "join", "displayname": "A", "join_authorised_via_users_server": "@b:x",
        "third_party_invite": {"signed": signed, "display_name": "B"},
    });
    let cases = [
        ("m.room.message", json!({"body": "b"}), [json!({}), json!({})]),
        ("m.room.create", create.clone(), [json!({"creator": "@a:x"}), create]),
        (
            "m.room.power_levels",
            levels,
            [json!({"users": {}, "ban": 50}), json!({"users": {}, "invite": 50, "ban": 50})],
        ),
        (
            "m.room.member",
            member,
            [
                json!({"membership": "join", "join_authorised_via_users_server": "@b:x"}),
                json!({
                    "membership": "join", "join_authorised_via_users_server": "@b:x",
                    "third_party_invite": {"signed": signed},
                }),
            ],
        ),
        (
            "m.room.join_rules",
            json!({"join_rule": "restricted", "allow": [], "note": 1}),
            [
                json!({"join_rule": "restricted", "allow": []}),
                json!({"join_rule": "restricted", "allow": []}),
            ],
        ),
        (
            "m.room.history_visibility",
            json!({"history_visibility": "shared", "note": 1}),
            [json!({"history_visibility": "shared"}), json!({"history_visibility": "shared"})],
        ),
        (
            "m.room.redaction",
            json!({"redacts": "$x", "reason": "r"}),
            [json!({}), json!({"redacts": "$x"})],
        ),
    ];
    for version in VERSIONS {
        let room = Room::with_people(&version).0;
        for (kind, content, [in_10, from_11]) in &cases {
            let content = content.clone();
            let deed = Deed { who: "bob", kind, key: Some(""), content, at_ms: 9 };
            let event = room.sign(&State::new(), &deed).unwrap();
            let kept = redact(&event.json, &event.pdu, &room.rules).unwrap();
            let kept: Value = serde_json::from_str(kept.pdu.content.get()).unwrap();
            let expected = if version == RoomVersionId::V10 { in_10 } else { from_11 };
            assert_eq!(&kept, expected, "{kind} in version {version}");
        }
    }
}
