//! Power levels, compared with what `ruma` makes of the same events.

use kontor_protocol::{Pdu, PowerLevels};
use proptest::prelude::*;
use ruma::RoomVersionId;
use serde_json::{Value, json};

use crate::generated::{version, who};
use crate::room::{Deed, Room, State, VERSIONS, person};

fn level() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![-100_i64, 0, 1, 25, 49, 50, 51, 75, 99, 100, 1_000])
}

fn levels_content() -> impl Strategy<Value = Value> {
    let names =
        ["users_default", "events_default", "state_default", "ban", "kick", "redact", "invite"];
    let fields = prop::collection::btree_map(prop::sample::select(names.to_vec()), level(), 0..7);
    let users =
        prop::collection::btree_map(prop::sample::select(vec!["bob", "carol"]), level(), 0..3);
    let kinds = vec!["m.room.topic", "m.room.message"];
    let events = prop::collection::btree_map(prop::sample::select(kinds), level(), 0..3);
    let room = prop::option::of(level());
    (fields, users, events, room).prop_map(|(fields, users, events, room)| {
        let mut content = json!({"users": {}, "events": events});
        for (name, level) in fields {
            content[name] = level.into();
        }
        for (name, level) in users {
            content["users"][person(name).as_str()] = level.into();
        }
        if let Some(level) = room {
            content["notifications"] = json!({"room": level});
        }
        content
    })
}

fn pdu(room: &Room, who: &str, kind: &str, content: Value) -> Pdu {
    let deed = Deed { who, kind, key: Some(""), content, at_ms: 9 };
    room.sign(&State::new(), &deed).unwrap().pdu
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn levels_are_those_that_ruma_reads(
        version in version(), content in levels_content(), who in who(),
    ) {
        use ruma::events::room::power_levels::{
            RoomPowerLevels, RoomPowerLevelsEventContent, UserPowerLevel,
        };
        let room = Room::new(&version);
        let create = pdu(&room, "alice", "m.room.create", room.create_content());
        let event = pdu(&Room::with_people(&version).0, "alice", "m.room.power_levels", content.clone());
        let ours = PowerLevels::new(&room.rules, Some(&create), Some(&event));
        let read: RoomPowerLevelsEventContent = serde_json::from_value(content).unwrap();
        let theirs =
            RoomPowerLevels::new(read.into(), &room.rules.rules.authorization, [person("alice")]);

        let who = person(who);
        let level = match theirs.for_user(&who) {
            UserPowerLevel::Int(level) => level.into(),
            _ => i64::MAX,
        };
        prop_assert_eq!(ours.of(&who), level);
        for kind in ["m.room.topic", "m.room.name"] {
            prop_assert_eq!(ours.for_state(kind), i64::from(theirs.for_state(kind.into())));
            prop_assert_eq!(
                ours.may_set_state(&who, kind),
                theirs.user_can_send_state(&who, kind.into())
            );
        }
        for kind in ["m.room.message", "m.reaction"] {
            prop_assert_eq!(ours.for_message(kind), i64::from(theirs.for_message(kind.into())));
        }
        prop_assert_eq!(ours.may_invite(&who), theirs.user_can_invite(&who));
        prop_assert_eq!(ours.may_redact_others(&who), level >= i64::from(theirs.redact));
        prop_assert_eq!(
            ours.may_notify_room(&who),
            level >= i64::from(theirs.notifications.room)
        );
    }
}

#[test]
fn without_an_event_creators_may_all_and_others_little() {
    for version in VERSIONS {
        let room = Room::new(&version);
        let create = pdu(&room, "alice", "m.room.create", room.create_content());
        let levels = PowerLevels::new(&room.rules, Some(&create), None);
        let own = if version == RoomVersionId::V12 { i64::MAX } else { 100 };
        assert_eq!(levels.of(&person("alice")), own);
        assert_eq!(levels.of(&person("bob")), 0);
        assert_eq!(
            (levels.for_state("m.room.topic"), levels.for_message("m.room.message")),
            (0, 0)
        );
        assert!(levels.may_invite(&person("bob")));
        assert!(!levels.may_redact_others(&person("bob")));
        assert!(!levels.may_notify_room(&person("bob")));
    }
}

#[test]
fn additional_creators_have_all_rights_from_version_12_on() {
    for version in VERSIONS {
        let room = Room::new(&version);
        let mut content = room.create_content();
        content["additional_creators"] = json!(["@bob:kontor.test"]);
        let create = pdu(&room, "alice", "m.room.create", content);
        let event = json!({"users": {"@alice:kontor.test": 100}});
        let event = pdu(&Room::with_people(&version).0, "alice", "m.room.power_levels", event);
        let levels = PowerLevels::new(&room.rules, Some(&create), Some(&event));
        let expected = if version == RoomVersionId::V12 { i64::MAX } else { 0 };
        assert_eq!(levels.of(&person("bob")), expected, "{version}");
    }
}
