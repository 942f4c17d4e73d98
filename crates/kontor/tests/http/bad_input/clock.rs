//! A clock that jumps: back by years, to 1970, and forth again.

use kontor_core::Timestamp;
use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

/// Bodies of the newest messages, oldest first.
async fn texts(person: &Person, room: &str) -> Vec<String> {
    let answer =
        person.get(&format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100")).await.ok();
    let chunk = answer.body["chunk"].as_array().unwrap().clone();
    let texts = chunk.iter().rev().filter_map(|event| event["content"]["body"].as_str());
    texts.map(ToOwned::to_owned).collect()
}

fn texts_of_sync(sync: &Value, room: &str) -> Vec<String> {
    let events = sync["rooms"]["join"][room]["timeline"]["events"].as_array();
    let texts = events.into_iter().flatten().filter_map(|event| event["content"]["body"].as_str());
    texts.map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_keep_their_order_whatever_the_clock_says() {
    for_each_server(async |mut server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
        let start = server.clock().now();
        let mut since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();
        let day = 24 * 60 * 60 * 1000;
        let jumps = [0, -1, -3650 * day, -start.0, 3650 * day, -day, 0];
        let mut expected = Vec::new();
        for (number, jump) in jumps.into_iter().enumerate() {
            server.clock().set(Timestamp(start.0 + jump));
            let text = format!("message {number}");
            alice.send(&room, &text).await;
            let sync = bob.sync(&since).await;
            assert_eq!(texts_of_sync(&sync, &room), [&*text], "after a jump to {jump}");
            since = sync["next_batch"].as_str().unwrap().to_owned();
            expected.push(text);
            assert_eq!(texts(&bob, &room).await, expected, "after a jump to {jump}");
        }
        server.clock().set(Timestamp(start.0 - 3650 * day));
        server.restart().await;
        let alice = server.login("alice").await;
        assert_eq!(texts(&alice, &room).await, expected);
        alice.send(&room, "after a restart in the past").await;
        assert_eq!(texts(&alice, &room).await.len(), expected.len() + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_reservations_outlive_a_jump_back() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let reserved = alice.request(reqwest::Method::POST, "/_matrix/media/v1/create").body("{}");
    let reserved = server.raw(reserved).await.ok();
    let (host, id) =
        reserved.text("content_uri").strip_prefix("mxc://").unwrap().split_once('/').unwrap();
    server.clock().set(Timestamp(0));
    alice.get("/_matrix/client/v3/account/whoami").await.ok();
    let path = format!("/_matrix/media/v3/upload/{host}/{id}");
    let upload = alice.request(reqwest::Method::PUT, &path).body("late");
    server.raw(upload).await.ok();
    let path = format!("/_matrix/client/v1/media/download/{host}/{id}");
    let answer = alice.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "late");
    let again = server.login("alice").await;
    again.get("/_matrix/client/v3/account/whoami").await.ok();
}
