//! Tables of rules and events.

use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use ruma::push::Ruleset;
use ruma::{OwnedEventId, RoomVersionId, event_id, room_id, user_id};
use serde_json::{Value, json};

use super::pattern::Pattern;
use super::{FlatEvent, PushRules, Verdict, Viewer, default_rules};
use crate::{Pdu, PowerLevels, RoomRules};

const GROUP: Viewer<'_> = Viewer { members: 3, display_name: "Alice Example" };
const PAIR: Viewer<'_> = Viewer { members: 2, display_name: "Alice Example" };

fn pdu(sender: &str, kind: &str, content: &Value, state_key: Option<&str>) -> Pdu {
    let mut stored = json!({
        "sender": sender,
        "type": kind,
        "content": content,
        "origin_server_ts": 1,
        "prev_events": [],
        "auth_events": [],
        "depth": 1,
    });
    if let Some(state_key) = state_key {
        stored["state_key"] = state_key.into();
    }
    let id: OwnedEventId = event_id!("$event").to_owned();
    let rules = RoomRules::supported(&RoomVersionId::V12).unwrap();
    Pdu::from_stored(id, room_id!("!room"), stored.to_string().as_bytes(), &rules).unwrap()
}

fn levels() -> PowerLevels {
    let rules = RoomRules::supported(&RoomVersionId::V11).unwrap();
    let content = json!({ "users": { "@boss:x": 100 } });
    let levels = pdu("@boss:x", "m.room.power_levels", &content, Some(""));
    PowerLevels::new(&rules, None, Some(&levels))
}

fn flat(sender: &str, kind: &str, content: &Value, state_key: Option<&str>) -> FlatEvent {
    FlatEvent::new(&pdu(sender, kind, content, state_key), &levels())
}

fn text(body: &str) -> FlatEvent {
    flat("@bob:x", "m.room.message", &json!({ "msgtype": "m.text", "body": body }), None)
}

/// Notifies and highlights.
fn said(verdict: Option<&Verdict>) -> (bool, bool) {
    verdict.map_or((false, false), |verdict| (verdict.notify, verdict.highlight))
}

fn alice(changes: &Value) -> PushRules {
    let user = user_id!("@alice:x");
    let mut rules: Ruleset = serde_json::from_value(changes.clone()).unwrap();
    rules.update_with_server_default(default_rules(user));
    PushRules::new(user, &rules)
}

#[test]
fn default_rules_judge_as_the_specification_says() {
    let rules = alice(&json!({}));
    let message = |sender, content: Value| flat(sender, "m.room.message", &content, None);
    let member = |user, membership| {
        flat("@bob:x", "m.room.member", &json!({ "membership": membership }), Some(user))
    };
    let mention = |room: bool| json!({ "body": "x", "m.mentions": { "room": room } });
    let named = json!({ "body": "hi alice", "m.mentions": { "user_ids": ["@alice:x"] } });
    let not_named = json!({ "body": "hi alice @room", "m.mentions": {} });
    let reply = json!({ "body": "x", "m.relates_to": { "rel_type": "m.replace" } });
    let table = [
        ("plain", text("hello"), (true, false)),
        ("own", message("@alice:x", json!({ "body": "alice" })), (false, false)),
        (
            "notice",
            message("@bob:x", json!({ "msgtype": "m.notice", "body": "x" })),
            (false, false),
        ),
        ("mention", message("@bob:x", named), (true, true)),
        ("says it mentions nobody", message("@boss:x", not_named), (true, false)),
        ("@room by a moderator", message("@boss:x", mention(true)), (true, true)),
        ("@room by a member", message("@bob:x", mention(true)), (true, false)),
        ("no @room", message("@boss:x", mention(false)), (true, false)),
        ("old @room", message("@boss:x", json!({ "body": "hey @room!" })), (true, true)),
        ("old @room by a member", text("hey @room!"), (true, false)),
        ("user name", text("ask ALICE, please"), (true, true)),
        ("part of a word", text("malice"), (true, false)),
        ("display name", text("dear alice example:"), (true, true)),
        ("edit", message("@bob:x", reply), (false, false)),
        ("reaction", flat("@bob:x", "m.reaction", &json!({}), None), (false, false)),
        ("encrypted", flat("@bob:x", "m.room.encrypted", &json!({}), None), (true, false)),
        ("call", flat("@bob:x", "m.call.invite", &json!({}), None), (true, false)),
        ("invitation", member("@alice:x", "invite"), (true, false)),
        ("somebody joins", member("@bob:x", "join"), (false, false)),
        ("tombstone", flat("@bob:x", "m.room.tombstone", &json!({}), Some("")), (true, true)),
        ("unknown", flat("@bob:x", "app.kontor.x", &json!({}), None), (false, false)),
    ];
    for (name, event, wanted) in table {
        assert_eq!(said(rules.verdict(&event, GROUP)), wanted, "{name}");
    }
    let sound = rules.verdict(&text("hello"), PAIR).unwrap();
    assert_eq!(sound.actions.len(), 2, "in pairs a message rings");
}

#[test]
fn own_rules_come_before_those_of_the_server() {
    let rule = |id: &str, actions: Value| json!({ "rule_id": id, "default": false, "enabled": true, "actions": actions });
    let with = |mut rule: Value, key: &str, value: Value| {
        rule[key] = value;
        rule
    };
    let loud = json!(["notify", { "set_tweak": "highlight" }]);
    let keyword = with(rule("k", loud.clone()), "pattern", "ca?e*".into());
    let member_count = json!([{ "kind": "room_member_count", "is": "<3" }]);
    let unknown = json!([{ "kind": "org.example.moon_phase" }]);
    let table = [
        ("keyword", json!({ "content": [keyword] }), text("we have cakes."), GROUP, (true, true)),
        (
            "muted room",
            json!({ "room": [rule("!room", json!([]))] }),
            text("x"),
            GROUP,
            (false, false),
        ),
        (
            "other room",
            json!({ "room": [rule("!other", json!([]))] }),
            text("x"),
            GROUP,
            (true, false),
        ),
        (
            "muted person",
            json!({ "sender": [rule("@bob:x", json!([]))] }),
            text("x"),
            GROUP,
            (false, false),
        ),
        (
            "loud person",
            json!({ "sender": [rule("@bob:x", loud.clone())] }),
            text("x"),
            GROUP,
            (true, true),
        ),
        (
            "few members",
            json!({ "override": [with(rule("m", loud.clone()), "conditions", member_count.clone())] }),
            text("x"),
            PAIR,
            (true, true),
        ),
        (
            "too many members",
            json!({ "override": [with(rule("m", loud), "conditions", member_count)] }),
            text("x"),
            GROUP,
            (true, false),
        ),
        (
            "unknown condition",
            json!({ "override": [with(rule("m", json!([])), "conditions", unknown)] }),
            text("x"),
            GROUP,
            (true, false),
        ),
        (
            "everything off",
            json!({ "override": [{ "rule_id": ".m.rule.master", "default": true, "enabled": true, "actions": [], "conditions": [] }] }),
            text("alice"),
            GROUP,
            (false, false),
        ),
    ];
    for (name, changes, event, viewer, wanted) in table {
        assert_eq!(said(alice(&changes).verdict(&event, viewer)), wanted, "{name}");
    }
}

#[test]
fn patterns_match_whole_texts_regardless_of_case() {
    let table = [
        ("lunc?*", "Lunch plans", true),
        ("lunc?*", "LUNCH", true),
        ("lunc?*", " lunch", false),
        ("lunc?*", "lunc", false),
        ("", "", true),
        ("", "x", false),
        ("*", "", true),
        ("a**b", "ab", true),
        ("ä*", "ÄRGER", true),
        ("M.Room.Message", "m.room.message", true),
        ("m.room.message", "m.room.messages", false),
    ];
    for (pattern, text, fits) in table {
        assert_eq!(Pattern::new(pattern).unwrap().fits(text), fits, "{pattern} {text}");
    }
}

#[test]
fn patterns_match_words_of_a_body() {
    let table = [
        ("ex*ple", "an example event.", true),
        ("ex*ple", "exple", true),
        ("ex*ple", "an exciting triple-whammy", true),
        ("ex*ple", "an exciting triplets", false),
        ("cat", "concatenate cat", true),
        ("cat", "concatenate cats", false),
        ("cat", "_cat_", false),
        ("@room", "hey @room!", true),
        ("@room", "hey@room", true),
        ("@room", "@roommate", false),
        ("b", "abab b", true),
        ("aa", "aaa aaa", false),
        ("?", "é", true),
        ("", "x", false),
    ];
    for (pattern, text, occurs) in table {
        assert_eq!(Pattern::new(pattern).unwrap().occurs_in(text), occurs, "{pattern} {text}");
    }
}

#[test]
fn hostile_patterns_and_bodies_cost_little() {
    assert!(Pattern::new(&"?".repeat(128)).is_none());
    assert!(Pattern::new(&"*".repeat(60_000)).is_some());
    let pattern = Pattern::new(&"a*".repeat(63)).unwrap();
    assert!(!pattern.occurs_in(&"b aa".repeat(15)));
    assert!(pattern.occurs_in(&"aab ".repeat(16_000)));
}

/// The obvious way, exponential in the number of stars.
fn fits_slowly(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => {
            fits_slowly(rest, text) || (!text.is_empty() && fits_slowly(pattern, &text[1..]))
        }
        (['?', rest @ ..], [_, text @ ..]) => fits_slowly(rest, text),
        ([p, rest @ ..], [c, text @ ..]) => p == c && fits_slowly(rest, text),
        _ => false,
    }
}

fn letters() -> impl Strategy<Value = String> {
    let letter = prop_oneof![Just('a'), Just('b'), Just(' '), Just('*'), Just('?')];
    proptest::collection::vec(letter, 0..9).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn fast_matching_agrees_with_slow_matching(pattern in letters(), text in letters()) {
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        assert_eq!(Pattern::new(&pattern).unwrap().fits(&text), fits_slowly(&p, &t));
    }
}
