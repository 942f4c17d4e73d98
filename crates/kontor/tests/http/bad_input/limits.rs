//! What is too long, too large or too deep.

use serde_json::{Value, json};

use crate::person::{escaped, message_path, transaction};
use crate::server::Server;

#[tokio::test]
async fn an_event_beyond_64_kib_is_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let place = alice.place().await;
    let content = json!({ "msgtype": "m.text", "body": "x".repeat(70_000) });
    let answer = alice.send(&room, &transaction(), &content).await;
    answer.assert_error(413, "M_TOO_LARGE", "message");
    let path = format!("/rooms/{}/state/m.room.topic/", escaped(&room));
    let answer = alice.call("PUT", &path, &json!({ "topic": "x".repeat(70_000) })).await;
    answer.assert_error(413, "M_TOO_LARGE", "state");
    let name = json!({ "name": "x".repeat(70_000) });
    let answer = alice.call("POST", "/createRoom", &name).await;
    answer.assert_error(400, "M_INVALID_PARAM", "room name");
    alice.assert_nothing_since(&place).await;
    alice.say(&room, &"x".repeat(60_000)).await;
}

#[tokio::test]
async fn names_beyond_255_bytes_are_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = escaped(&alice.room().await);
    let place = alice.place().await;
    let long = "a".repeat(256);
    let paths = [
        format!("/rooms/{room}/send/{long}/t1"),
        format!("/rooms/{room}/state/{long}/"),
        format!("/rooms/{room}/state/m.room.x/{long}"),
        format!("/rooms/!{long}:firma.example/send/m.room.message/t1"),
    ];
    for path in paths {
        let answer = alice.raw("PUT", &path, "{}").await;
        let is_refused = [400, 403, 404, 413].contains(&answer.status);
        assert!(
            is_refused && !answer.errcode().is_empty(),
            "{path}: {} {}",
            answer.status,
            answer.json
        );
    }
    let body = json!({ "room_alias_name": "a".repeat(300) });
    assert_eq!(alice.call("POST", "/createRoom", &body).await.status, 400);
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_without_being_read() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let before = server.resident_mebibytes();
    let body = format!("{{\"body\":\"{}\"}}", "x".repeat(40 << 20));
    // Whether the client hears the answer or only that the connection broke is a matter of luck.
    if let Some(answer) = alice.try_raw("PUT", &message_path(&room, "t1"), body).await {
        answer.assert_error(413, "M_TOO_LARGE", "40 MiB");
    }
    let grown = server.resident_mebibytes().saturating_sub(before);
    assert!(grown < 20, "the server took {grown} MiB for a refused body");
    alice.say(&room, "still here").await;
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let place = alice.place().await;
    let paths = [
        ("PUT", message_path(&room, "t1")),
        ("PUT", format!("/rooms/{}/state/m.room.x/", escaped(&room))),
        ("PUT", format!("/user/{}/account_data/m.x", escaped(&alice.user_id))),
        ("POST", "/createRoom".to_owned()),
        ("POST", format!("/user/{}/filter", escaped(&alice.user_id))),
        ("POST", "/keys/upload".to_owned()),
    ];
    for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
        let body = format!("{{\"name\":{}1{}}}", open.repeat(20_000), close.repeat(20_000));
        for (method, path) in &paths {
            let answer = alice.raw(method, path, body.clone()).await;
            assert!(
                [400, 413].contains(&answer.status),
                "{path}: {} {}",
                answer.status,
                answer.json
            );
            assert!(
                ["M_NOT_JSON", "M_BAD_JSON", "M_TOO_LARGE"].contains(&answer.errcode()),
                "{path}"
            );
        }
    }
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn what_nests_as_deep_as_is_accepted_is_also_served() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    for depth in [10, 50, 100, 120, 126, 127, 128, 130] {
        let nested = (0..depth).fold(json!(1), |inner, _| json!({ "a": inner }));
        let answer = alice.send(&room, &transaction(), &nested).await;
        assert!([200, 400].contains(&answer.status), "{depth}: {}", answer.json);
        // Whatever was accepted: sync, history and a new login still work.
        alice.get("/sync?timeout=0").await.ok();
        assert!(!alice.timeline(&room).await.is_empty());
    }
}

#[tokio::test]
async fn an_endless_path_or_head_is_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let path = format!("/rooms/{}/messages", "a".repeat(100_000));
    let url = format!("/_matrix/client/v3{path}");
    if let Ok(answer) = alice.request("GET", &url).send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    let mut request = alice.request("GET", "/_matrix/client/v3/account/whoami");
    for number in 0..2_000 {
        request = request.header(format!("x-long-{number}"), "y".repeat(60));
    }
    if let Ok(answer) = request.send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    let whoami: Value = alice.get("/account/whoami").await.ok();
    assert_eq!(whoami["user_id"], json!(alice.user_id));
}
