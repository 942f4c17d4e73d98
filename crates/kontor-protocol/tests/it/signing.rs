//! What is signed is verified, and nothing else.

use kontor_core::Kind;
use kontor_protocol::{Integrity, SignedEvent, verify};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::generated::{content, version};
use crate::room::{Deed, Room, State};

fn signed(room: &Room, content: Map<String, Value>, state_key: Option<&str>) -> SignedEvent {
    let content = Value::Object(content);
    let deed = Deed { who: "alice", kind: "m.room.topic", key: state_key, content, at_ms: 5 };
    room.sign(&State::new(), &deed).unwrap()
}

fn room_with_create(version: &ruma::RoomVersionId) -> Room {
    Room::with_people(version).0
}

fn altered(event: &SignedEvent, alter: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut json: Value = serde_json::from_slice(&event.json).unwrap();
    alter(&mut json);
    serde_json::to_vec(&json).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_is_verified(version in version(), content in content()) {
        let room = room_with_create(&version);
        let event = signed(&room, content, Some(""));
        let keys = room.key.public_keys(&room.server);
        let verified = verify(&event.json, &room.rules, &keys).unwrap();
        prop_assert_eq!(verified.integrity, Integrity::Intact);
        prop_assert_eq!(&verified.event.pdu.event_id, &event.pdu.event_id);
        prop_assert_eq!(&verified.event.pdu.room_id, &event.pdu.room_id);
        prop_assert_eq!(verified.event.json, event.json);
    }

    #[test]
    fn what_is_said_beside_the_event_is_dropped(version in version(), beside in content()) {
        let room = room_with_create(&version);
        let event = signed(&room, Map::new(), Some(""));
        let keys = room.key.public_keys(&room.server);
        let sent = altered(&event, |json| json["unsigned"] = Value::Object(beside));
        let verified = verify(&sent, &room.rules, &keys).unwrap();
        prop_assert_eq!(verified.integrity, Integrity::Intact);
        prop_assert_eq!(verified.event.json, event.json);
    }

    #[test]
    fn other_content_is_not_taken_for_the_senders(
        version in version(), content in content(), other in content(),
    ) {
        prop_assume!(content != other);
        let room = room_with_create(&version);
        let event = signed(&room, content, Some(""));
        let keys = room.key.public_keys(&room.server);
        let sent = altered(&event, |json| json["content"] = Value::Object(other));
        // Redaction empties a topic, so the signature holds and only the hash tells.
        let verified = verify(&sent, &room.rules, &keys).unwrap();
        prop_assert_eq!(verified.integrity, Integrity::Altered);
        prop_assert_eq!(verified.event.pdu.content.get(), "{}");
        prop_assert_eq!(verified.event.pdu.event_id, event.pdu.event_id);
    }

    #[test]
    fn no_signed_field_can_be_altered(
        version in version(), content in content(), field in 0_usize..8, number in 6_u32..1_000,
    ) {
        let room = room_with_create(&version);
        let event = signed(&room, content, Some(""));
        let keys = room.key.public_keys(&room.server);
        let sent = altered(&event, |json| match field {
            0 => json["type"] = "m.room.name".into(),
            1 => json["sender"] = "@bob:kontor.test".into(),
            2 => json["state_key"] = number.to_string().into(),
            3 => { json.as_object_mut().unwrap().remove("state_key"); }
            4 => json["depth"] = number.into(),
            5 => json["origin_server_ts"] = number.into(),
            6 => json["prev_events"] = json!(["$other"]),
            _ => json["hashes"]["sha256"] = "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos".into(),
        });
        let refused = verify(&sent, &room.rules, &keys).unwrap_err();
        prop_assert_eq!(refused.kind, Kind::Forbidden);
    }

    #[test]
    fn no_bit_of_a_signature_can_be_altered(version in version(), place in 0_usize..512) {
        let room = room_with_create(&version);
        let event = signed(&room, Map::new(), Some(""));
        let keys = room.key.public_keys(&room.server);
        let sent = altered(&event, |json| {
            let signature = &mut json["signatures"]["kontor.test"]["ed25519:a"];
            let text = signature.as_str().unwrap();
            let mut bytes = ruma::serde::Base64::<ruma::serde::base64::Standard>::parse(text)
                .unwrap()
                .into_inner();
            bytes[place / 8] ^= 1 << (place % 8);
            *signature =
                ruma::serde::Base64::<ruma::serde::base64::Standard>::new(bytes).encode().into();
        });
        prop_assert!(verify(&sent, &room.rules, &keys).is_err());
    }

    #[test]
    fn the_id_depends_on_everything_that_is_kept(version in version(), number in 6_u32..1_000) {
        let room = room_with_create(&version);
        let event = |at_ms, key| {
            let content = json!({"topic": "t"});
            let deed = Deed { who: "alice", kind: "m.room.topic", key, content, at_ms };
            room.sign(&State::new(), &deed).unwrap().pdu.event_id
        };
        let key = number.to_string();
        prop_assert_ne!(event(5, Some("")), event(number, Some("")));
        prop_assert_ne!(event(5, Some("")), event(5, Some(&key)));
        prop_assert_ne!(event(5, Some("")), event(5, None));
        prop_assert_eq!(event(5, Some("")), event(5, Some("")));
    }
}

#[test]
fn a_signature_of_somebody_else_does_not_count() {
    for version in crate::room::VERSIONS {
        let room = room_with_create(&version);
        let event = signed(&room, Map::new(), Some(""));
        let keys = room.key.public_keys(<&ruma::ServerName>::try_from("other.test").unwrap());
        assert_eq!(verify(&event.json, &room.rules, &keys).unwrap_err().kind, Kind::Forbidden);
        let moved = altered(&event, |json| {
            let signature = json["signatures"]["kontor.test"].take();
            json["signatures"] = json!({"other.test": signature});
        });
        assert_eq!(verify(&moved, &room.rules, &keys).unwrap_err().kind, Kind::Forbidden);
    }
}

#[test]
fn a_create_event_of_version_12_names_the_room_by_its_hash() {
    let (room, state) = Room::with_people(&ruma::RoomVersionId::V12);
    let create = &state[&("m.room.create".to_owned(), String::new())];
    let room_id = create.room_id.as_str().strip_prefix('!').unwrap();
    assert_eq!(create.event_id.as_str().strip_prefix('$').unwrap(), room_id);
    let deed = Deed {
        who: "alice",
        kind: "m.room.create",
        key: Some(""),
        content: room.create_content(),
        at_ms: 0,
    };
    let again = Room::new(&ruma::RoomVersionId::V12).sign(&State::new(), &deed).unwrap();
    let keys = room.key.public_keys(&room.server);
    let verified = verify(&again.json, &room.rules, &keys).unwrap();
    assert_eq!(verified.event.pdu.room_id, create.room_id);
}
