//! Room versions that are unknown, from the future, or named twice.

use serde_json::{Value, json};

use crate::person::escaped;
use crate::server::Server;

#[tokio::test]
async fn unknown_and_future_room_versions_are_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let place = alice.place().await;
    for version in ["13", "99", "0", "org.example.unknown"] {
        let answer = alice.call("POST", "/createRoom", &json!({ "room_version": version })).await;
        answer.assert_error(400, "M_UNSUPPORTED_ROOM_VERSION", version);
    }
    for no_version in ["", "12 ", "1/2", "１２"] {
        let answer =
            alice.call("POST", "/createRoom", &json!({ "room_version": no_version })).await;
        answer.assert_error(400, "M_BAD_JSON", no_version);
    }
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn a_room_version_named_twice_is_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let place = alice.place().await;
    for body in [
        r#"{"room_version":"11","room_version":"12"}"#,
        r#"{"room_version":"12","room_version":"12"}"#,
        r#"{"preset":"public_chat","preset":"private_chat"}"#,
    ] {
        let answer = alice.raw("POST", "/createRoom", body).await;
        answer.assert_error(400, "M_BAD_JSON", body);
    }
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn the_version_in_creation_content_does_not_count() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for forged in ["99", "1"] {
        let body = json!({ "room_version": "11", "creation_content": { "room_version": forged } });
        let created = alice.call("POST", "/createRoom", &body).await.ok();
        let room = escaped(created["room_id"].as_str().unwrap());
        let path = format!("/rooms/{room}/state/m.room.create/");
        assert_eq!(alice.get(&path).await.ok()["room_version"], "11");
    }
}

#[tokio::test]
async fn every_offered_version_works() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let capabilities = alice.get("/capabilities").await.ok();
    let versions = capabilities["capabilities"]["m.room_versions"]["available"].clone();
    let Value::Object(versions) = versions else { panic!("no room versions: {capabilities}") };
    for version in ["10", "11", "12"] {
        assert!(versions.contains_key(version), "{version} is not offered");
    }
    for version in versions.keys() {
        let body = json!({ "room_version": version });
        let room = alice.call("POST", "/createRoom", &body).await.ok();
        alice.say(room["room_id"].as_str().unwrap(), "works").await;
    }
}
