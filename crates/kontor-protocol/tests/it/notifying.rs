//! Patterns of push rules, compared with their plain definition.

use std::time::{Duration, Instant};

use kontor_protocol::{FlatEvent, PowerLevels, PushRules, Viewer};
use proptest::prelude::*;
use ruma::RoomVersionId;
use ruma::push::Ruleset;
use serde_json::{Value, json};

use crate::invariants::naive_fit;
use crate::room::{Deed, Room, State, person};

/// Whether an override rule with this condition notifies bob of a message of alice.
fn notifies(room: &Room, condition: &Value, content: Value) -> bool {
    let deed = Deed { who: "alice", kind: "m.room.message", key: None, content, at_ms: 9 };
    let pdu = room.sign(&State::new(), &deed).unwrap().pdu;
    let rules: Ruleset = serde_json::from_value(json!({"override": [{
        "rule_id": "own", "default": false, "enabled": true, "actions": ["notify"],
        "conditions": [condition],
    }]}))
    .unwrap();
    let event = FlatEvent::new(&pdu, &PowerLevels::default());
    let viewer = Viewer { members: 3, display_name: "" };
    PushRules::new(&person("bob"), &rules).verdict(&event, viewer).is_some()
}

fn room() -> Room {
    Room::with_people(&RoomVersionId::V11).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_pattern_fits_what_the_plain_definition_says(
        pattern in "[abA*?]{0,8}", text in "[abA]{0,10}",
    ) {
        let condition = json!({"kind": "event_match", "key": "content.x", "pattern": pattern});
        let fits = naive_fit(&pattern, &text, |wanted, found| {
            wanted == '?' || wanted.eq_ignore_ascii_case(&found)
        });
        prop_assert_eq!(notifies(&room(), &condition, json!({"x": text})), fits);
    }

    #[test]
    fn a_body_fits_if_some_words_of_it_do(pattern in "[ab*?]{1,6}", body in "[ab -]{1,12}") {
        let condition = json!({"kind": "event_match", "key": "content.body", "pattern": pattern});
        let chars: Vec<char> = body.chars().collect();
        let in_word = |index: usize| chars.get(index).is_some_and(char::is_ascii_alphanumeric);
        let boundary = |index: usize| index == 0 || !in_word(index - 1) || !in_word(index);
        let same = |wanted, found| wanted == '?' || wanted == found;
        let mut fits = false;
        for from in (0..chars.len()).filter(|from| boundary(*from)) {
            for to in (from + 1..=chars.len()).filter(|to| boundary(*to)) {
                let words: String = chars[from..to].iter().collect();
                fits |= naive_fit(&pattern, &words, same);
            }
        }
        prop_assert_eq!(notifies(&room(), &condition, json!({"body": body})), fits);
    }
}

#[test]
fn hostile_patterns_cost_no_more_than_others() {
    let text = "a".repeat(60_000);
    let room = room();
    let began = Instant::now();
    for pattern in ["a*".repeat(60) + "b", "*a".repeat(60) + "b", "?*".repeat(60) + "b"] {
        for key in ["content.body", "content.x"] {
            let condition = json!({"kind": "event_match", "key": key, "pattern": pattern});
            let content = json!({key.strip_prefix("content.").unwrap(): text});
            assert!(!notifies(&room, &condition, content));
        }
    }
    // A backtracking matcher would not come back in this lifetime.
    assert!(began.elapsed() < Duration::from_secs(10));
}
