//! Generated values.

use proptest::prelude::*;
use ruma::RoomVersionId;
use serde_json::{Map, Value};

use crate::room::VERSIONS;

/// A served room version.
pub(crate) fn version() -> impl Strategy<Value = RoomVersionId> {
    prop::sample::select(VERSIONS.to_vec())
}

/// Any canonical value.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let integer = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integer.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Any canonical object; its keys are often those that the rules look at.
pub(crate) fn content() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map(key(), content_value(), 0..8)
        .prop_map(|fields| fields.into_iter().collect())
}

/// An event type, often one with rules of its own.
pub(crate) fn kind() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.third_party_invite",
        "m.room.redaction",
        "m.room.aliases",
        "m.room.message",
        "m.room.topic",
    ]);
    prop_oneof![4 => known.prop_map(ToOwned::to_owned), 1 => "[a-z.]{0,20}"]
}

/// A state key, often one that means somebody.
pub(crate) fn state_key() -> impl Strategy<Value = Option<String>> {
    let known = prop::sample::select(vec![
        "",
        "@alice:kontor.test",
        "@bob:kontor.test",
        "@carol:kontor.test",
        "@dave:kontor.test",
        "@alice",
        "!room:kontor.test",
    ]);
    prop::option::weighted(
        0.8,
        prop_oneof![4 => known.prop_map(ToOwned::to_owned), 1 => any::<String>()],
    )
}

/// Somebody who is, or is not, in the room.
pub(crate) fn who() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["alice", "bob", "carol", "dave"])
}

fn key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "membership",
        "join_authorised_via_users_server",
        "third_party_invite",
        "users",
        "users_default",
        "events",
        "events_default",
        "state_default",
        "ban",
        "kick",
        "redact",
        "invite",
        "notifications",
        "join_rule",
        "allow",
        "history_visibility",
        "creator",
        "additional_creators",
        "room_version",
        "m.federate",
        "predecessor",
        "type",
        "redacts",
        "signed",
        "public_key",
        "public_keys",
        "m.relates_to",
        "url",
        "body",
        "aliases",
    ]);
    prop_oneof![6 => known.prop_map(ToOwned::to_owned), 1 => any::<String>()]
}

fn content_value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "join",
        "leave",
        "invite",
        "ban",
        "knock",
        "public",
        "private",
        "restricted",
        "knock_restricted",
        "shared",
        "joined",
        "world_readable",
        "invited",
        "10",
        "12",
        "50",
        "@alice:kontor.test",
        "@bob:kontor.test",
        "@carol:kontor.test",
        "bob",
    ]);
    let level = prop::sample::select(vec![-1_i64, 0, 1, 50, 99, 100, 101, 9_007_199_254_740_991]);
    let person = prop::sample::select(vec!["@alice:kontor.test", "@bob:kontor.test", "x"]);
    prop_oneof![
        4 => word.prop_map(Value::from),
        2 => level.clone().prop_map(Value::from),
        2 => prop::collection::btree_map(person.prop_map(ToOwned::to_owned), level, 0..3)
            .prop_map(|levels| Value::Object(levels.into_iter().map(|(k, v)| (k, v.into())).collect())),
        2 => value(),
    ]
}
