//! Sizes, and what they are refused with.

use kontor_core::{Kind, MatrixCode};
use kontor_protocol::verify;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generated::{value, version};
use crate::room::{Deed, Room, State, VERSIONS};

/// Largest event (spec: "Size limits").
const EVENT_LIMIT_BYTES: usize = 65_535;

fn text_event(length: usize) -> Deed<'static> {
    let content = json!({"body": "x".repeat(length)});
    Deed { who: "alice", kind: "m.room.message", key: None, content, at_ms: 9 }
}

#[test]
fn the_largest_event_is_exactly_as_large_as_allowed() {
    for version in VERSIONS {
        let room = Room::with_people(&version).0;
        let around = room.sign(&State::new(), &text_event(0)).unwrap().json.len();
        let largest = room.sign(&State::new(), &text_event(EVENT_LIMIT_BYTES - around)).unwrap();
        assert_eq!(largest.json.len(), EVENT_LIMIT_BYTES);
        let keys = room.key.public_keys(&room.server);
        assert!(verify(&largest.json, &room.rules, &keys).is_ok());

        let refused = room.sign(&State::new(), &text_event(EVENT_LIMIT_BYTES - around + 1));
        let refused = refused.unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Limited, Some(MatrixCode::TooLarge)));
        let padded = [largest.json.as_slice(), b" "].concat();
        let refused = verify(&padded, &room.rules, &keys).unwrap_err();
        assert_eq!(refused.code, Some(MatrixCode::TooLarge));
    }
}

#[test]
fn types_and_state_keys_have_255_bytes() {
    let room = Room::with_people(&VERSIONS[1]).0;
    let event = |kind: &str, key: Option<&str>| {
        room.sign(&State::new(), &Deed { who: "alice", kind, key, content: json!({}), at_ms: 9 })
    };
    let (fits, too_long) = ("k".repeat(255), "k".repeat(256));
    assert!(event(&fits, Some(&fits)).is_ok());
    // Bytes count, not characters.
    let umlauts = "ü".repeat(128);
    for (kind, key, name) in [
        (too_long.as_str(), Some(""), "type"),
        ("kind", Some(too_long.as_str()), "state_key"),
        ("kind", Some(umlauts.as_str()), "state_key"),
        ("kind\0", None, "type"),
        ("kind", Some("\0"), "state_key"),
    ] {
        let refused = event(kind, key).unwrap_err();
        assert_eq!(refused.code, Some(MatrixCode::InvalidParam));
        assert!(refused.public.starts_with(name), "{}", refused.public);
    }
}

#[test]
fn a_received_event_has_all_its_fields() {
    for version in VERSIONS {
        let room = Room::with_people(&version).0;
        let whole = room.sign(&State::new(), &text_event(1)).unwrap().json;
        let keys = room.key.public_keys(&room.server);
        let whole: Value = serde_json::from_slice(&whole).unwrap();
        for field in [
            "type",
            "sender",
            "room_id",
            "prev_events",
            "auth_events",
            "depth",
            "content",
            "hashes",
            "signatures",
            "origin_server_ts",
        ] {
            for wrong in [None, Some(json!(1.5)), Some(json!([[]])), Some(json!("x".repeat(256)))] {
                let mut event = whole.clone();
                match wrong {
                    Some(wrong) => event[field] = wrong,
                    None => _ = event.as_object_mut().unwrap().remove(field),
                }
                let refused = verify(event.to_string().as_bytes(), &room.rules, &keys).unwrap_err();
                assert!(
                    matches!(refused.kind, Kind::Invalid | Kind::Forbidden),
                    "{field}: {refused:?}"
                );
            }
        }
    }
}

#[test]
fn an_event_has_at_most_20_predecessors_and_10_authorities() {
    let room = Room::with_people(&VERSIONS[0]).0;
    let keys = room.key.public_keys(&room.server);
    let whole = room.sign(&State::new(), &text_event(1)).unwrap().json;
    for (field, most) in [("prev_events", 20), ("auth_events", 10)] {
        let mut event: Value = serde_json::from_slice(&whole).unwrap();
        event[field] = vec!["$x"; most + 1].into();
        let refused = verify(event.to_string().as_bytes(), &room.rules, &keys).unwrap_err();
        assert_eq!(refused.code, Some(MatrixCode::BadJson), "{field}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_fraction_anywhere_is_refused(
        version in version(), value in value(), number in any::<f64>(), depth in 0_usize..6,
    ) {
        prop_assume!(number.is_finite());
        let room = Room::with_people(&version).0;
        let mut content = json!({"a": value, "b": number});
        for _ in 0..depth {
            content = json!({"c": [content]});
        }
        let deed = Deed { who: "alice", kind: "m.x", key: None, content, at_ms: 9 };
        let refused = room.sign(&State::new(), &deed).unwrap_err();
        prop_assert_eq!(refused.code, Some(MatrixCode::BadJson));
        prop_assert!(refused.public.contains(".b: "), "{}", refused.public);
    }

    #[test]
    fn an_integer_is_accepted_if_a_double_can_hold_it(version in version(), number in any::<i64>()) {
        let room = Room::with_people(&version).0;
        for number in [number, number >> 8, number >> 10, number >> 11] {
            let content = json!({"n": number});
            let deed = Deed { who: "alice", kind: "m.x", key: None, content, at_ms: 9 };
            let fits = number.unsigned_abs() < 1 << 53;
            prop_assert_eq!(room.sign(&State::new(), &deed).is_ok(), fits, "{}", number);
        }
    }
}
