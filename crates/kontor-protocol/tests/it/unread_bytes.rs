//! The invariants that are also fuzzed, on bytes of the right shape.

use proptest::prelude::*;
use serde_json::Value;

use crate::generated::{content, kind, state_key, value, who};
use crate::invariants;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_content_breaks_canonical_json(content in content()) {
        invariants::canonical_json(Value::Object(content).to_string().as_bytes());
    }

    #[test]
    fn no_bytes_break_canonical_json(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        invariants::canonical_json(&bytes);
    }

    #[test]
    fn no_event_breaks_reading(
        who in who(), kind in kind(), key in state_key(), content in content(), beside in value(),
    ) {
        let mut event = serde_json::json!({
            "sender": format!("@{who}:kontor.test"), "type": kind, "content": content,
            "origin_server_ts": 1, "prev_events": [], "auth_events": [], "depth": 1,
            "room_id": "!room:kontor.test", "unsigned": beside,
        });
        if let Some(key) = key {
            event["state_key"] = key.into();
        }
        invariants::event_parsing(event.to_string().as_bytes());
    }

    #[test]
    fn no_filter_breaks_matching(
        types in prop::option::of(prop::collection::vec("[a-z.*]{0,12}", 0..4)),
        not_types in prop::collection::vec("[a-z.*]{0,12}", 0..4),
        contains_url in prop::option::of(any::<bool>()),
        kind in kind(),
        content in content(),
    ) {
        let mut filter = serde_json::json!({"not_types": not_types});
        if let Some(types) = types {
            filter["types"] = types.into();
        }
        if let Some(wanted) = contains_url {
            filter["contains_url"] = wanted.into();
        }
        let content = Value::Object(content);
        invariants::filters(format!("{filter}\n{kind}\n{content}").as_bytes());
    }

    #[test]
    fn no_rules_break_notifying(
        pattern in "[a-z*?@]{0,12}", enabled in any::<bool>(), content in content(),
    ) {
        let condition = |kind: &str, key: &str| {
            serde_json::json!({"kind": kind, "key": key, "pattern": pattern, "value": pattern})
        };
        let rules = serde_json::json!({"override": [{
            "rule_id": "own", "default": false, "enabled": enabled, "actions": ["notify"],
            "conditions": [
                condition("event_match", "content.body"), condition("event_property_is", "content.url"),
            ],
        }], "content": [{
            "rule_id": "word", "default": false, "enabled": enabled, "actions": ["notify"],
            "pattern": pattern,
        }]});
        let content = Value::Object(content);
        invariants::push_rules(format!("{rules}\n{content}").as_bytes());
    }
}
