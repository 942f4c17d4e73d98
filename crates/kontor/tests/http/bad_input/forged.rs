//! Fields that only a server may write, written by a client.

use serde_json::json;

use crate::person::{escaped, message_path, transaction};
use crate::server::Server;

#[tokio::test]
async fn forged_event_fields_stay_content() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.room().await;
    bob.join(&room).await;
    let forged = json!({
        "msgtype": "m.text",
        "body": "forged",
        "sender": alice.user_id,
        "room_id": "!other:firma.example",
        "event_id": "$forged",
        "type": "m.room.power_levels",
        "state_key": "",
        "prev_events": ["$nonsense"],
        "auth_events": [],
        "depth": 9_000_000,
        "origin_server_ts": 1,
        "hashes": { "sha256": "AAAA" },
        "signatures": { "firma.example": { "ed25519:1": "AAAA" } },
        "unsigned": { "redacted_because": {} },
        "content": { "body": "inner" },
    });
    let event_id = bob.send(&room, &transaction(), &forged).await.ok()["event_id"].clone();
    let newest = alice.timeline(&room).await.remove(0);
    assert_eq!(newest["event_id"], event_id);
    assert_ne!(newest["event_id"], "$forged");
    assert_eq!(newest["sender"], json!(bob.user_id));
    assert_eq!(newest["room_id"], json!(room));
    assert_eq!(newest["type"], "m.room.message");
    assert!(newest.get("state_key").is_none());
    assert!(newest["origin_server_ts"].as_i64().unwrap() > 1_000_000_000_000);
    assert_eq!(newest["content"]["prev_events"], json!(["$nonsense"]));
    alice.say(&room, "the room goes on").await;
    bob.say(&room, "for both").await;
}

#[tokio::test]
async fn only_the_server_places_events() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.room().await;
    let before = alice.say(&room, "before").await;
    // Parameters that only application services may use.
    for query in ["ts=1", "user_id=%40bob%3Afirma.example", "prev_event=%24x"] {
        let path = format!("{}?{query}", message_path(&room, &transaction()));
        let body = json!({ "msgtype": "m.text", "body": query });
        alice.call("PUT", &path, &body).await.ok();
        let newest = alice.timeline(&room).await.remove(0);
        assert_eq!(newest["sender"], json!(alice.user_id));
        assert!(newest["origin_server_ts"].as_i64().unwrap() > 1_000_000_000_000);
    }
    assert_eq!(alice.timeline(&room).await[3]["event_id"], json!(before));
    let answer = bob.send(&room, &transaction(), &json!({ "body": "outside" })).await;
    answer.assert_error(403, "M_FORBIDDEN", "not a member");
}

#[tokio::test]
async fn membership_and_creation_cannot_be_forged() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.room().await;
    bob.join(&room).await;
    server.person("carol").await;
    let place = alice.place().await;
    let (room, other) = (escaped(&room), escaped(&alice.user_id));
    let table = [
        (format!("/rooms/{room}/state/m.room.create/"), json!({ "room_version": "1" })),
        (format!("/rooms/{room}/state/m.room.member/{other}"), json!({ "membership": "leave" })),
        (
            format!("/rooms/{room}/state/m.room.member/%40carol%3Afirma.example"),
            json!({ "membership": "join" }),
        ),
        (
            format!("/rooms/{room}/state/m.room.power_levels/"),
            json!({ "users": { &bob.user_id: 100 } }),
        ),
        (format!("/rooms/{room}/state/org.example.x/{other}"), json!({ "a": 1 })),
    ];
    for (path, body) in table {
        let answer = bob.call("PUT", &path, &body).await;
        answer.assert_error(403, "M_FORBIDDEN", &path);
    }
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn creation_content_cannot_name_another_creator() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let body = json!({
        "room_version": "10",
        "creation_content": { "creator": "@boss:firma.example", "type": "m.space" },
    });
    let created = alice.call("POST", "/createRoom", &body).await.ok();
    let path =
        format!("/rooms/{}/state/m.room.create/", escaped(created["room_id"].as_str().unwrap()));
    let create = alice.get(&path).await.ok();
    assert_eq!(create["creator"], json!(alice.user_id));
    assert_eq!(create["type"], "m.space");
}
