//! The same request again: a client that did not hear the answer, or somebody who recorded it.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::person::{Person, escaped};
use crate::server::Server;

async fn texts_of(person: &Person, room: &str) -> usize {
    person.texts(room).await.len()
}

#[tokio::test]
async fn a_send_repeated_is_one_event() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let content = json!({ "msgtype": "m.text", "body": "once" });
    let answers = join_all((0..20).map(|_| alice.send(&room, "same", &content))).await;
    let ids: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.ok()["event_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    // Other content under the same transaction id is the same request, not a new one.
    let other = json!({ "msgtype": "m.text", "body": "other" });
    let again = alice.send(&room, "same", &other).await.ok();
    assert!(ids.contains(again["event_id"].as_str().unwrap()));
    assert_eq!(texts_of(&alice, &room).await, 1);
}

#[tokio::test]
async fn transaction_ids_belong_to_the_device() {
    let server = Server::start().await;
    let phone = server.person("alice").await;
    let laptop = Person::login(&server.base(), "alice").await;
    assert_ne!(phone.device_id, laptop.device_id);
    let room = phone.room().await;
    let content = json!({ "msgtype": "m.text", "body": "x" });
    let first = phone.send(&room, "same", &content).await.ok();
    let second = laptop.send(&room, "same", &content).await.ok();
    assert_ne!(first["event_id"], second["event_id"]);
    assert_eq!(texts_of(&phone, &room).await, 2);
}

#[tokio::test]
async fn a_send_repeated_after_a_restart_is_one_event() {
    let mut server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let content = json!({ "msgtype": "m.text", "body": "once" });
    let first = alice.send(&room, "same", &content).await.ok();
    server.kill();
    server.restart().await;
    let second = alice.send(&room, "same", &content).await.ok();
    assert_eq!(first["event_id"], second["event_id"]);
    assert_eq!(texts_of(&alice, &room).await, 1);
}

#[tokio::test]
async fn a_redaction_and_a_device_message_repeated_happen_once() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let room = alice.room().await;
    let event = escaped(&alice.say(&room, "regret").await);
    let path = format!("/rooms/{}/redact/{event}/same", escaped(&room));
    let first = alice.call("PUT", &path, &json!({})).await.ok();
    let second = alice.call("PUT", &path, &json!({})).await.ok();
    assert_eq!(first["event_id"], second["event_id"]);
    let message = json!({ "messages": { &bob.user_id: { "*": { "text": "hello" } } } });
    for _ in 0..3 {
        alice.call("PUT", "/sendToDevice/org.example.hello/same", &message).await.ok();
    }
    let sync = bob.get("/sync?timeout=0").await.ok();
    let inbox = sync["to_device"]["events"].as_array().map_or(0, Vec::len);
    assert_eq!(inbox, 1, "{}", sync["to_device"]);
}

#[tokio::test]
async fn a_token_recorded_before_logout_is_worthless() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    alice.call("POST", "/logout", &json!({})).await.ok();
    let answer = alice.send(&room, "late", &json!({ "body": "x" })).await;
    answer.assert_error(401, "M_UNKNOWN_TOKEN", "after logout");
    let again = Person::login(&server.base(), "alice").await;
    assert_eq!(again.timeline(&room).await[0]["content"].get("body"), None::<&Value>);
}
