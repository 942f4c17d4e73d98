//! Who may do what, and that no content upsets the rules.

use kontor_core::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generated::{content, kind, state_key, version, who};
use crate::room::{Deed, Room, VERSIONS};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_content_is_allowed_or_refused(
        version in version(),
        deeds in prop::collection::vec((who(), kind(), state_key(), content()), 1..6),
    ) {
        let (mut room, mut state) = Room::with_people(&version);
        // What is allowed becomes state that the next is judged by.
        for (number, (who, kind, key, content)) in deeds.into_iter().enumerate() {
            let content = Value::Object(content);
            let deed = Deed { who, kind: &kind, key: key.as_deref(), content, at_ms: 9 };
            if let Err(refused) = room.sign(&state, &deed) {
                prop_assert_eq!(refused.kind, Kind::Invalid, "{:?}", refused);
            }
            let event = room.unchecked(&deed, number);
            if let Err(refused) = room.add(&mut state, event) {
                prop_assert_eq!(refused.kind, Kind::Forbidden, "{:?}", refused);
            }
        }
    }

    #[test]
    fn strangers_do_nothing_but_join(
        version in version(), kind in kind(), key in state_key(), content in content(),
    ) {
        let (mut room, mut state) = Room::with_people(&version);
        let joins = kind == "m.room.member"
            && key.as_deref() == Some("@dave:kontor.test")
            && content.get("membership").is_some_and(|membership| membership == "join");
        let content = Value::Object(content);
        let deed = Deed { who: "dave", kind: &kind, key: key.as_deref(), content, at_ms: 9 };
        let created = kind == "m.room.create";
        prop_assert!(joins || created || room.act(&mut state, &deed).is_err());
    }

    #[test]
    fn nobody_raises_anybody_above_themselves(
        version in version(), level in 51_i64..1_000, target in who(),
    ) {
        let (mut room, mut state) = Room::with_people(&version);
        let held = &state[&("m.room.power_levels".to_owned(), String::new())];
        let mut content: Value = serde_json::from_str(held.content.get()).unwrap();
        content["users"][format!("@{target}:kontor.test")] = level.into();
        prop_assume!(target != "alice");
        let deed =
            Deed { who: "bob", kind: "m.room.power_levels", key: Some(""), content, at_ms: 9 };
        prop_assert!(room.act(&mut state, &deed).is_err());
    }
}

#[test]
fn the_rules_hold_in_every_version() {
    let member = |membership: &str| json!({"membership": membership});
    let cases = [
        ("carol", "m.room.message", None, json!({"body": "b"}), true),
        ("dave", "m.room.message", None, json!({"body": "b"}), false),
        ("bob", "m.room.topic", Some(""), json!({"topic": "t"}), true),
        ("carol", "m.room.topic", Some(""), json!({"topic": "t"}), false),
        ("carol", "own.kind", Some("@bob:kontor.test"), json!({}), false),
        ("bob", "m.room.member", Some("@carol:kontor.test"), member("leave"), true),
        ("carol", "m.room.member", Some("@bob:kontor.test"), member("leave"), false),
        ("bob", "m.room.member", Some("@alice:kontor.test"), member("ban"), false),
        ("bob", "m.room.member", Some("@dave:kontor.test"), member("ban"), true),
        ("carol", "m.room.member", Some("@dave:kontor.test"), member("invite"), true),
        ("carol", "m.room.member", Some("@dave:kontor.test"), member("join"), false),
        ("dave", "m.room.member", Some("@dave:kontor.test"), member("join"), true),
        ("dave", "m.room.member", Some("@dave:kontor.test"), member("knock"), false),
        ("dave", "m.room.member", Some("@dave:kontor.test"), member("dance"), false),
        (
            "bob",
            "m.room.power_levels",
            Some(""),
            json!({"users": {"@bob:kontor.test": "50"}}),
            false,
        ),
        ("bob", "m.room.power_levels", Some(""), json!({"users": {"bob": 50}}), false),
    ];
    for version in VERSIONS {
        for (who, kind, key, content, allowed) in &cases {
            let (mut room, mut state) = Room::with_people(&version);
            let content = content.clone();
            let deed = Deed { who, kind, key: *key, content: content.clone(), at_ms: 9 };
            let outcome = room.act(&mut state, &deed);
            assert_eq!(outcome.is_ok(), *allowed, "{version}: {who} {kind} {key:?} {content}");
        }
    }
}

#[test]
fn a_banned_person_stays_out() {
    for version in VERSIONS {
        let (mut room, mut state) = Room::with_people(&version);
        let member = |who, key, membership: &str, at_ms| Deed {
            who,
            kind: "m.room.member",
            key: Some(key),
            content: json!({"membership": membership}),
            at_ms,
        };
        room.act(&mut state, &member("bob", "@carol:kontor.test", "ban", 9)).unwrap();
        assert!(room.act(&mut state, &member("carol", "@carol:kontor.test", "join", 10)).is_err());
        assert!(
            room.act(&mut state, &member("alice", "@carol:kontor.test", "invite", 11)).is_err()
        );
        room.act(&mut state, &member("bob", "@carol:kontor.test", "leave", 12)).unwrap();
        room.act(&mut state, &member("carol", "@carol:kontor.test", "join", 13)).unwrap();
    }
}

#[test]
fn a_creator_of_version_12_is_never_named_in_power_levels() {
    let (mut room, mut state) = Room::with_people(&ruma::RoomVersionId::V12);
    let content = json!({"users": {"@alice:kontor.test": 100, "@bob:kontor.test": 50}});
    let deed = Deed { who: "alice", kind: "m.room.power_levels", key: Some(""), content, at_ms: 9 };
    assert!(room.act(&mut state, &deed).is_err());
}
