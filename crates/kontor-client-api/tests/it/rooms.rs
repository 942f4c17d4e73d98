//! Rooms: creation, membership, events.

use kontor_testkit::{TestServer, for_each_server, json};

#[tokio::test]
async fn two_people_chat_on_both_engines() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let room = alice.create_room(json!({ "name": "Kantine", "preset": "private_chat" })).await;
        alice.invite(&room, &bob).await;
        let first = bob.sync("").await;
        assert!(first["rooms"]["invite"][&room].is_object(), "{first}");
        bob.join(&room).await;
        let since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();
        let event_id = alice.send(&room, "Mahlzeit").await;
        let next = bob.sync(&since).await;
        let timeline = &next["rooms"]["join"][&room]["timeline"]["events"];
        assert_eq!(timeline[0]["event_id"], event_id, "{next}");
        assert_eq!(timeline[0]["content"]["body"], "Mahlzeit");
    })
    .await;
}

#[tokio::test]
async fn every_room_version_works() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    for version in ["10", "11", "12"] {
        let room = alice.create_room(json!({ "room_version": version })).await;
        let event = alice.send(&room, "hello").await;
        let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/r{version}");
        alice.put(&path, json!({ "reason": "typo" })).await.ok();
        let shown = alice.get(&format!("/_matrix/client/v3/rooms/{room}/event/{event}")).await.ok();
        assert_eq!(shown.body["content"], json!({}), "{}", shown.body);
        assert!(shown.body["unsigned"]["redacted_because"].is_object());
    }
}

#[tokio::test]
async fn refuses_unknown_room_versions() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    for version in ["1", "9", "13", "org.example.future"] {
        let body = json!({ "room_version": version });
        let answer = alice.post("/_matrix/client/v3/createRoom", body).await;
        answer.fails(400, "M_UNSUPPORTED_ROOM_VERSION");
    }
}

#[tokio::test]
async fn the_same_transaction_id_sends_once() {
    let mut server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/once");
    let content = json!({ "msgtype": "m.text", "body": "einmal" });
    let first = alice.put(&path, content.clone()).await.ok();
    let second = alice.put(&path, content.clone()).await.ok();
    assert_eq!(first.text("event_id"), second.text("event_id"));
    server.restart().await;
    let mut again = alice.clone();
    again.base = server.base();
    // Push the event out of memory: the database must know the transaction too.
    for number in 0..60 {
        again.send(&room, &number.to_string()).await;
    }
    let third = again.put(&path, content).await.ok();
    assert_eq!(first.text("event_id"), third.text("event_id"));
    again.send(&room, "the room goes on").await;
}

#[tokio::test]
async fn an_encrypted_room_takes_no_plain_message() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let encryption = json!({
        "type": "m.room.encryption", "state_key": "",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" },
    });
    let room = alice.create_room(json!({ "initial_state": [encryption] })).await;
    let content = json!({ "msgtype": "m.text", "body": "oops" });
    alice.send_event(&room, "m.room.message", content).await.fails(403, "M_FORBIDDEN");
    let reaction = json!({ "m.relates_to": {
        "rel_type": "m.annotation", "event_id": "$x", "key": "👍",
    }});
    alice.send_event(&room, "m.reaction", reaction).await.ok();
}

#[tokio::test]
async fn members_learn_whether_their_room_is_listed() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let path = format!("/_matrix/client/v3/directory/list/room/{room}");
    for person in [&alice, &bob] {
        assert_eq!(person.get(&path).await.ok().body["visibility"], "private");
    }
    let (olga, nobody) = (server.register("olga").await, server.anonymous("one.example"));
    olga.get(&path).await.fails(404, "M_NOT_FOUND");
    nobody.get(&path).await.fails(404, "M_NOT_FOUND");
    bob.put(&path, json!({ "visibility": "public" })).await.fails(403, "M_FORBIDDEN");
    alice.put(&path, json!({ "visibility": "public" })).await.ok();
    for person in [&alice, &olga, &nobody] {
        assert_eq!(person.get(&path).await.ok().body["visibility"], "public");
    }
}
