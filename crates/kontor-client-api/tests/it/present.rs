//! Who is there and who is typing, as far as others see it.

use std::time::Duration;

use kontor_testkit::{Person, TestServer, Value, json};

async fn pair(server: &TestServer) -> (Person, Person, String) {
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    (alice, bob, room)
}

fn next(answer: &Value) -> String {
    answer["next_batch"].as_str().unwrap().to_owned()
}

/// What a first sync and what follows says of who is there, without saying so oneself.
async fn look(person: &Person, since: &str, timeout: &str) -> Value {
    let query = [("since", since), ("timeout", timeout), ("set_presence", "offline")];
    person.sync_with(&query).await
}

async fn typing(person: &Person, room: &str, body: Value) {
    let path = format!("/_matrix/client/v3/rooms/{room}/typing/{}", person.user_id);
    person.put(&path, body).await.ok();
}

fn who_types(answer: &Value, room: &str) -> Value {
    let events = answer["rooms"]["join"][room]["ephemeral"]["events"].as_array().cloned();
    let event = events.unwrap_or_default().into_iter().find(|event| event["type"] == "m.typing");
    event.map_or(Value::Null, |event| event["content"]["user_ids"].clone())
}

#[tokio::test]
async fn who_gives_no_sign_goes_offline_and_others_are_told() {
    let server = TestServer::start().await;
    let (alice, bob, _) = pair(&server).await;
    bob.sync("").await;
    let first = look(&alice, "", "").await;
    let of_bob = |answer: &Value| {
        let events = answer["presence"]["events"].as_array().cloned().unwrap_or_default();
        let event = events.into_iter().find(|event| event["sender"] == bob.user_id);
        event.map_or(Value::Null, |event| event["content"]["presence"].clone())
    };
    assert_eq!(of_bob(&first), "online", "{first}");
    let since = next(&first);
    server.clock().set(server.clock().now().plus(Duration::from_mins(6)));
    let told = look(&alice, &since, "30000").await;
    assert_eq!(of_bob(&told), "offline", "{told}");
    // And back again.
    let since = next(&told);
    let (told, _) = tokio::join!(look(&alice, &since, "30000"), bob.sync(""));
    assert_eq!(of_bob(&told), "online", "{told}");
}

#[tokio::test]
async fn nobody_types_who_has_left_or_signed_out() {
    let server = TestServer::start().await;
    let (alice, bob, room) = pair(&server).await;
    let long = json!({ "typing": true, "timeout": 100_000 });
    let mut since = next(&look(&alice, "", "").await);
    for end in ["leave", "logout"] {
        typing(&bob, &room, long.clone()).await;
        let told = look(&alice, &since, "").await;
        assert_eq!(who_types(&told, &room), json!([bob.user_id]), "{told}");
        since = next(&told);
        let path = match end {
            "leave" => format!("/_matrix/client/v3/rooms/{room}/leave"),
            _ => "/_matrix/client/v3/logout".to_owned(),
        };
        let (told, _) = tokio::join!(look(&alice, &since, "30000"), bob.post(&path, json!({})));
        let told = match who_types(&told, &room) {
            Value::Null => look(&alice, &next(&told), "30000").await,
            _ => told,
        };
        assert_eq!(who_types(&told, &room), json!([]), "{end}: {told}");
        since = next(&told);
        if end == "leave" {
            bob.join(&room).await;
        }
    }
}

#[tokio::test]
async fn a_notice_of_typing_ends_by_itself() {
    let server = TestServer::start().await;
    let (alice, bob, room) = pair(&server).await;
    let since = next(&look(&alice, "", "").await);
    typing(&bob, &room, json!({ "typing": true, "timeout": 500 })).await;
    server.clock().set(server.clock().now().plus(Duration::from_secs(1)));
    let mut told = look(&alice, &since, "30000").await;
    if who_types(&told, &room) == json!([bob.user_id]) {
        told = look(&alice, &next(&told), "30000").await;
    }
    assert_eq!(who_types(&told, &room), json!([]), "{told}");
}
