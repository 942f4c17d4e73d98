//! `/sync`.

use kontor_testkit::{TestServer, json};

#[tokio::test]
async fn a_gap_is_told_and_can_be_filled() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let since = alice.sync("").await["next_batch"].as_str().unwrap().to_owned();
    for number in 0..30 {
        alice.send(&room, &number.to_string()).await;
    }
    let filter = json!({ "room": { "timeline": { "limit": 5 } } }).to_string();
    let next = alice.sync_with(&[("since", &since), ("filter", &filter)]).await;
    let timeline = &next["rooms"]["join"][&room]["timeline"];
    assert_eq!(timeline["limited"], true);
    assert_eq!(timeline["events"].as_array().unwrap().len(), 5);
    let from = timeline["prev_batch"].as_str().unwrap();
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100&from={from}");
    let before = alice.get(&path).await.ok();
    let newest = &before.body["chunk"][0]["content"]["body"];
    assert_eq!(newest, "24", "{}", before.body);
}

#[tokio::test]
async fn a_waiting_sync_wakes_for_a_message() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();
    let query = [("since", &*since), ("timeout", "20000")];
    let (next, _) = tokio::join!(bob.sync_with(&query), alice.send(&room, "now"));
    let body = &next["rooms"]["join"][&room]["timeline"]["events"][0]["content"]["body"];
    assert_eq!(body, "now", "{next}");
}
