//! What rooms refuse, each found by a walk with a real client.

use kontor_testkit::{TestServer, for_each_server, json};

#[tokio::test]
async fn the_same_annotation_twice_is_refused_until_it_is_taken_back() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        let bob = server.register("bob").await;
        bob.join(&room).await;
        let target = alice.send(&room, "Wer kommt mit?").await;
        let reaction = |key: &str| {
            json!({ "m.relates_to": {
                "rel_type": "m.annotation", "event_id": target, "key": key,
            }})
        };
        let thumb = alice.send_event(&room, "m.reaction", reaction("👍")).await.ok();
        let again = alice.send_event(&room, "m.reaction", reaction("👍")).await;
        again.fails(400, "M_DUPLICATE_ANNOTATION");
        alice.send_event(&room, "m.reaction", reaction("🎉")).await.ok();
        bob.send_event(&room, "m.reaction", reaction("👍")).await.ok();
        let event = thumb.text("event_id");
        let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/back");
        alice.put(&path, json!({})).await.ok();
        alice.send_event(&room, "m.reaction", reaction("👍")).await.ok();
    })
    .await;
}

#[tokio::test]
async fn an_annotation_sent_again_with_its_transaction_id_is_no_duplicate() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let target = alice.send(&room, "hello").await;
    let path = format!("/_matrix/client/v3/rooms/{room}/send/m.reaction/once");
    let body = json!({ "m.relates_to": {
        "rel_type": "m.annotation", "event_id": target, "key": "👍",
    }});
    let first = alice.put(&path, body.clone()).await.ok();
    // Push the event out of memory: the database must know the transaction too.
    for number in 0..60 {
        alice.send(&room, &number.to_string()).await;
    }
    let second = alice.put(&path, body).await.ok();
    assert_eq!(first.text("event_id"), second.text("event_id"));
}

#[tokio::test]
async fn an_invitation_opens_history_only_where_the_room_says_so() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for (visibility, readable) in
        [("shared", false), ("joined", false), ("invited", true), ("world_readable", true)]
    {
        let setting = json!({
            "type": "m.room.history_visibility", "state_key": "",
            "content": { "history_visibility": visibility },
        });
        let room = alice.create_room(json!({ "initial_state": [setting] })).await;
        alice.invite(&room, &bob).await;
        let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b");
        let answer = bob.get(&path).await;
        match readable {
            true => drop(answer.ok()),
            false => answer.fails(403, "M_FORBIDDEN"),
        }
    }
}

#[tokio::test]
async fn a_taken_address_is_a_conflict() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({ "room_alias_name": "harbour" })).await;
    let path = "/_matrix/client/v3/directory/room/%23harbour:one.example";
    alice.put(path, json!({ "room_id": room })).await.fails(409, "M_UNKNOWN");
    let body = json!({ "room_alias_name": "harbour" });
    let answer = alice.post("/_matrix/client/v3/createRoom", body).await;
    answer.fails(400, "M_ROOM_IN_USE");
}

#[tokio::test]
async fn who_may_write_follows_the_state_from_one_message_to_the_next() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let levels = format!("/_matrix/client/v3/rooms/{room}/state/m.room.power_levels");
    let usual = alice.get(&levels).await.ok().body;
    let hello = json!({ "msgtype": "m.text", "body": "Hallo" });
    let say = async || bob.send_event(&room, "m.room.message", hello.clone()).await;
    for _ in 0..3 {
        say().await.ok();
    }

    let mut strict = usual.clone();
    strict["events"]["m.room.message"] = json!(50);
    alice.put(&levels, strict).await.ok();
    say().await.fails(403, "M_FORBIDDEN");
    bob.send_event(&room, "org.example.other", json!({})).await.ok();
    alice.send(&room, "Hier schreibt nur noch die Leitung.").await;

    alice.put(&levels, usual).await.ok();
    say().await.ok();
    let kick = format!("/_matrix/client/v3/rooms/{room}/kick");
    alice.post(&kick, json!({ "user_id": bob.user_id })).await.ok();
    say().await.fails(403, "M_FORBIDDEN");
    bob.join(&room).await;
    say().await.ok();
}

#[tokio::test]
async fn rules_that_look_into_the_content_are_asked_each_time() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({ "preset": "public_chat", "room_version": "11" })).await;
    let levels = format!("/_matrix/client/v3/rooms/{room}/state/m.room.power_levels");
    let usual = alice.get(&levels).await.ok().body;
    // As a message it changes nothing, and the rules hold for it all the same.
    alice.send_event(&room, "m.room.power_levels", usual.clone()).await.ok();
    let mut higher = usual;
    higher["users"][&alice.user_id] = json!(101);
    alice.send_event(&room, "m.room.power_levels", higher).await.fails(403, "M_FORBIDDEN");
}
