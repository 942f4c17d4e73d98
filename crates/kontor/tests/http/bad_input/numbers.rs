//! Numbers that canonical JSON does not know.

use crate::person::{escaped, message_path, transaction};
use crate::server::Server;

#[tokio::test]
async fn floats_and_huge_integers_in_events_are_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let place = alice.place().await;
    let state = format!("/rooms/{}/state/org.example.x/", escaped(&room));
    for number in [
        "1.5",
        "0.1",
        "-0.5",
        "1e-7",
        "1.0000000001",
        "1e400",
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551616",
        "123456789012345678901234567890",
    ] {
        for body in [
            format!(r#"{{"body":"x","n":{number}}}"#),
            format!(r#"{{"body":"x","deep":{{"list":[1,2,{{"n":{number}}}]}}}}"#),
        ] {
            let answer = alice.raw("PUT", &message_path(&room, &transaction()), body.clone()).await;
            let is_named = ["M_BAD_JSON", "M_NOT_JSON"].contains(&answer.errcode());
            assert!(answer.status == 400 && is_named, "{body}: {} {}", answer.status, answer.json);
            let answer = alice.raw("PUT", &state, body.clone()).await;
            assert_eq!(answer.status, 400, "state {body}: {}", answer.json);
        }
    }
    let initial =
        r#"{"initial_state":[{"type":"org.example.x","state_key":"","content":{"n":1.5}}]}"#;
    assert_eq!(alice.raw("POST", "/createRoom", initial).await.status, 400);
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn the_largest_and_smallest_integers_come_back_unchanged() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    for number in [9_007_199_254_740_991_i64, -9_007_199_254_740_991, 0] {
        let body = format!(r#"{{"msgtype":"m.text","body":"x","n":{number}}}"#);
        alice.raw("PUT", &message_path(&room, &transaction()), body).await.ok();
        assert_eq!(alice.timeline(&room).await[0]["content"]["n"], number);
    }
}
