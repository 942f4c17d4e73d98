//! Account data, tags and receipts of rooms, whatever one is in them.

use kontor_testkit::{Person, TestServer, Value, json};

fn data(person: &Person, room: &str, kind: &str) -> String {
    let user = &person.user_id;
    format!("/_matrix/client/v3/user/{user}/rooms/{room}/account_data/{kind}")
}

fn kinds(section: &Value) -> Vec<String> {
    let events = section["account_data"]["events"].as_array().cloned().unwrap_or_default();
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

fn next(answer: &Value) -> String {
    answer["next_batch"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_kept_of_a_room_before_joining_and_after_leaving_arrives() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let open = alice.create_room(json!({ "preset": "public_chat" })).await;
    let invited = alice.create_room(json!({ "invite": [bob.user_id] })).await;
    let closed = alice.create_room(json!({})).await;
    for room in [&open, &invited] {
        let path = data(&bob, room, "example.before");
        bob.put(&path, json!({ "n": 1 })).await.ok();
        assert_eq!(bob.get(&path).await.ok().body, json!({ "n": 1 }));
    }
    for room in [&*closed, "!nowhere:one.example"] {
        let path = data(&bob, room, "example.before");
        bob.put(&path, json!({})).await.fails(404, "M_NOT_FOUND");
    }
    for room in [&open, &invited] {
        let since = next(&bob.sync("").await);
        bob.join(room).await;
        let answer = bob.sync(&since).await;
        assert_eq!(kinds(&answer["rooms"]["join"][room]), ["example.before"], "{answer}");
        let since = next(&answer);
        bob.post(&format!("/_matrix/client/v3/rooms/{room}/leave"), json!({})).await.ok();
        let since = next(&bob.sync(&since).await);
        bob.put(&data(&bob, room, "example.after"), json!({})).await.ok();
        let answer = bob.sync(&since).await;
        assert_eq!(kinds(&answer["rooms"]["leave"][room]), ["example.after"], "{answer}");
    }
    let filter = json!({ "room": { "include_leave": true } }).to_string();
    let all = bob.sync_with(&[("filter", &filter)]).await;
    assert_eq!(kinds(&all["rooms"]["leave"][&open]), ["example.before", "example.after"]);
    assert_eq!(bob.sync("").await["rooms"].get("leave"), None);
}

#[tokio::test]
async fn tags_come_and_go() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let tags = format!("/_matrix/client/v3/user/{}/rooms/{room}/tags", alice.user_id);
    assert_eq!(alice.get(&tags).await.ok().body, json!({ "tags": {} }));
    let since = next(&alice.sync("").await);
    alice.put(&format!("{tags}/m.favourite"), json!({ "order": 0.25 })).await.ok();
    alice.put(&format!("{tags}/u.work"), json!({})).await.ok();
    let expected = json!({ "tags": { "m.favourite": { "order": 0.25 }, "u.work": {} } });
    assert_eq!(alice.get(&tags).await.ok().body, expected);
    let answer = alice.sync(&since).await;
    let event = &answer["rooms"]["join"][&room]["account_data"]["events"][0];
    assert_eq!(*event, json!({ "type": "m.tag", "content": expected }));
    alice.delete(&format!("{tags}/m.favourite")).await.ok();
    assert_eq!(alice.get(&tags).await.ok().body, json!({ "tags": { "u.work": {} } }));
    alice.put(&format!("{tags}/u.x"), json!({ "order": "first" })).await.fails(400, "M_BAD_JSON");
    let long = "u".repeat(256);
    alice.put(&format!("{tags}/{long}"), json!({})).await.fails(400, "M_INVALID_PARAM");
    bob.get(&tags).await.fails(403, "M_FORBIDDEN");
    bob.put(&format!("{tags}/u.x"), json!({})).await.fails(403, "M_FORBIDDEN");
    let own = format!("/_matrix/client/v3/user/{}/rooms/{room}/tags", bob.user_id);
    assert_eq!(bob.get(&own).await.ok().body, json!({ "tags": {} }), "everybody has their own");
}

#[tokio::test]
async fn a_receipt_names_a_thread_that_its_event_belongs_to() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let root = alice.send(&room, "root").await;
    let other = alice.send(&room, "other").await;
    let relate = async |rel_type: &str, to: &str| {
        let content = json!({
            "msgtype": "m.text", "body": "x",
            "m.relates_to": { "rel_type": rel_type, "event_id": to },
        });
        let sent = alice.send_event(&room, "m.room.message", content).await.ok();
        sent.text("event_id").to_owned()
    };
    let reply = relate("m.thread", &root).await;
    let edit = relate("m.replace", &reply).await;
    let path =
        |kind: &str, event: &str| format!("/_matrix/client/v3/rooms/{room}/receipt/{kind}/{event}");
    for (event, thread) in
        [(&root, "main"), (&root, &*root), (&other, "main"), (&reply, &root), (&edit, &root)]
    {
        alice.post(&path("m.read", event), json!({ "thread_id": thread })).await.ok();
    }
    for (event, thread) in [(&reply, "main"), (&other, &*root), (&edit, "main"), (&reply, &other)] {
        let answer = alice.post(&path("m.read", event), json!({ "thread_id": thread })).await;
        answer.fails(400, "M_INVALID_PARAM");
        assert!(answer.text("error").starts_with("thread_id:"), "{}", answer.body);
    }
    for thread in [json!(""), json!("$"), json!("thread")] {
        let answer = alice.post(&path("m.read", &other), json!({ "thread_id": thread })).await;
        answer.fails(400, "M_INVALID_PARAM");
    }
    let number = json!({ "thread_id": 7 });
    assert_eq!(alice.post(&path("m.read", &other), number).await.status, 400);
    let marker = alice.post(&path("m.fully_read", &other), json!({ "thread_id": "main" })).await;
    marker.fails(400, "M_INVALID_PARAM");
    alice.post(&path("m.fully_read", &other), json!({})).await.ok();
}
