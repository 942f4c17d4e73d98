//! The test vectors of the specification, and the limits.

use kontor_core::{Kind, MatrixCode};
use serde_json::value::RawValue;

use super::*;

fn content(json: impl Into<String>) -> Result<String> {
    let raw = RawValue::from_string(json.into()).unwrap();
    canonical_content(&raw).map(|object| serde_json::to_string(&object).unwrap())
}

#[test]
fn the_examples_of_the_specification_come_out() {
    let examples = [
        ("{}", "{}"),
        (r#"{ "one": 1, "two": "Two" }"#, r#"{"one":1,"two":"Two"}"#),
        (r#"{ "b": "2", "a": "1" }"#, r#"{"a":"1","b":"2"}"#),
        (r#"{"b":"2","a":"1"}"#, r#"{"a":"1","b":"2"}"#),
        (
            r#"{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {
                "display_name": "John Doe", "three_pids": [
                {"medium": "email", "address": "john.doe@example.org"},
                {"medium": "msisdn", "address": "123456789"}]}}}"#,
            concat!(
                r#"{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","#,
                r#""three_pids":[{"address":"john.doe@example.org","medium":"email"},"#,
                r#"{"address":"123456789","medium":"msisdn"}]},"success":true}}"#
            ),
        ),
        (r#"{ "a": "日本語" }"#, r#"{"a":"日本語"}"#),
        (r#"{ "本": 2, "日": 1 }"#, r#"{"日":1,"本":2}"#),
        (r#"{ "a": "\u65E5" }"#, r#"{"a":"日"}"#),
        (r#"{ "a": null }"#, r#"{"a":null}"#),
    ];
    for (written, canonical) in examples {
        assert_eq!(content(written).unwrap(), canonical);
    }
}

#[test]
fn characters_are_escaped_as_the_grammar_says() {
    let written =
        "{\"a\":\"\\u0000\\u0008\\u0009\\u000A\\u000C\\u000D\\u001F\\u0022\\u005C\\/\u{7f}\"}";
    let canonical = "{\"a\":\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u{7f}\"}";
    assert_eq!(content(written).unwrap(), canonical);
}

#[test]
fn keys_are_sorted_by_code_point_and_not_by_utf16() {
    // U+FF61 sorts after U+10000 in UTF-16.
    let written = "{\"\u{10000}\":1,\"\u{ff61}\":2}";
    assert_eq!(content(written).unwrap(), "{\"\u{ff61}\":2,\"\u{10000}\":1}");
}

#[test]
fn numbers_are_integers_that_a_double_can_hold() {
    for good in ["9007199254740991", "-9007199254740991", "0"] {
        assert!(content(format!("{{\"a\":{good}}}")).is_ok(), "{good}");
    }
    // The specification's example of `-0` and `1e10` is about reading; events contain neither.
    for bad in [
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551616",
        "1.5",
        "1.0",
        "1e10",
        "-0",
    ] {
        let refused = content(format!("{{\"a\":{{\"b\":[true,{bad}]}}}}")).unwrap_err();
        assert_eq!(refused.code, Some(MatrixCode::BadJson), "{bad}");
        assert!(refused.public.starts_with("content.a.b.1: "), "{}", refused.public);
    }
}

#[test]
fn nesting_is_limited() {
    let nested =
        |depth: usize| content(format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth)));
    assert!(nested(DEPTH_LIMIT).is_ok());
    for depth in [DEPTH_LIMIT + 1, 127, 128, 1_000, 30_000] {
        assert_eq!(nested(depth).unwrap_err().code, Some(MatrixCode::BadJson), "{depth}");
    }
}

#[test]
fn a_content_is_an_object() {
    for other in ["[]", "1", "\"a\"", "null", "true"] {
        assert_eq!(content(other).unwrap_err().code, Some(MatrixCode::BadJson), "{other}");
    }
}

#[test]
fn a_content_larger_than_an_event_is_refused_unread() {
    let refused = content(format!("{{\"a\":\"{}\"}}", "x".repeat(EVENT_LIMIT_BYTES))).unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Limited, Some(MatrixCode::TooLarge)));
}

#[test]
fn half_a_surrogate_pair_is_no_text() {
    assert!(content(r#"{"a":"\ud800"}"#).is_err());
    assert_eq!(content(r#"{"a":"\ud83d\ude00"}"#).unwrap(), "{\"a\":\"😀\"}");
}
