//! Threads, indirect relations, redactions sent like messages, and encrypted events' shape.

use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

async fn relate(person: &Person, room: &str, rel_type: &str, to: &str, body: &str) -> String {
    let mut content = json!({ "msgtype": "m.text", "body": body });
    content["m.relates_to"] = json!({ "rel_type": rel_type, "event_id": to });
    if rel_type == "m.replace" {
        content["m.new_content"] = json!({ "msgtype": "m.text", "body": body });
    }
    let sent = person.send_event(room, "m.room.message", content).await.ok();
    sent.text("event_id").to_owned()
}

fn ids(chunk: &Value) -> Vec<&str> {
    chunk.as_array().unwrap().iter().map(|event| event["event_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn threads_are_listed_by_their_newest_reply() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
        let first = alice.send(&room, "first").await;
        let second = alice.send(&room, "second").await;
        let third = bob.send(&room, "third").await;
        alice.send(&room, "no thread").await;
        relate(&alice, &room, "m.thread", &second, "a").await;
        relate(&alice, &room, "m.thread", &third, "b").await;
        let newest = relate(&bob, &room, "m.thread", &first, "c").await;
        let list = format!("/_matrix/client/v1/rooms/{room}/threads");
        let page = bob.get(&list).await.ok().body;
        assert_eq!(ids(&page["chunk"]), [&*first, &third, &second]);
        let own = bob.get(&format!("{list}?include=participated")).await.ok().body;
        assert_eq!(ids(&own["chunk"]), [&*first, &third], "begun or answered");
        let page = bob.get(&format!("{list}?limit=2")).await.ok();
        assert_eq!(ids(&page.body["chunk"]), [&*first, &third]);
        let rest = bob.get(&format!("{list}?from={}", page.text("next_batch"))).await.ok().body;
        assert_eq!((ids(&rest["chunk"]), rest.get("next_batch")), (vec![&*second], None));

        // The newest reply is shown as edited.
        relate(&bob, &room, "m.replace", &newest, "better").await;
        let page = alice.get(&list).await.ok().body;
        let thread = &page["chunk"][0]["unsigned"]["m.relations"]["m.thread"];
        assert_eq!(
            (&thread["count"], &thread["latest_event"]["event_id"]),
            (&json!(1), &json!(newest))
        );
        let edit = &thread["latest_event"]["unsigned"]["m.relations"]["m.replace"];
        assert_eq!(edit["content"]["m.new_content"]["body"], "better", "{thread}");
        let olga = server.register("olga").await;
        olga.get(&list).await.fails(403, "M_FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn indirect_relations_are_found_on_request() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let room = alice.create_room(json!({})).await;
        let root = alice.send(&room, "root").await;
        let reply = relate(&alice, &room, "m.thread", &root, "reply").await;
        let edit = relate(&alice, &room, "m.replace", &reply, "edit").await;
        let deep = relate(&alice, &room, "m.reference", &edit, "three").await;
        relate(&alice, &room, "m.reference", &deep, "too deep").await;
        let path = format!("/_matrix/client/v1/rooms/{room}/relations/{root}");
        let direct = alice.get(&path).await.ok().body;
        assert_eq!((ids(&direct["chunk"]), direct.get("recursion_depth")), (vec![&*reply], None));
        let all = alice.get(&format!("{path}?recurse=true")).await.ok().body;
        assert_eq!(ids(&all["chunk"]), [&*deep, &edit, &reply]);
        assert_eq!(all["recursion_depth"], 3);
        let up = alice.get(&format!("{path}?recurse=true&dir=f&limit=2")).await.ok();
        assert_eq!(ids(&up.body["chunk"]), [&*reply, &edit]);
        let from = up.text("next_batch");
        let rest = alice.get(&format!("{path}?recurse=true&dir=f&from={from}")).await.ok().body;
        assert_eq!(ids(&rest["chunk"]), [&*deep]);
        let edits = alice.get(&format!("{path}/m.replace?recurse=true")).await.ok().body;
        assert_eq!(ids(&edits["chunk"]), [&*edit]);
    })
    .await;
}

#[tokio::test]
async fn a_redaction_may_be_sent_like_a_message() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for version in ["10", "11", "12"] {
        let body = json!({ "room_version": version, "preset": "public_chat" });
        let room = alice.create_room(body).await;
        bob.join(&room).await;
        let event = alice.send(&room, "oops").await;
        let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.redaction/1");
        let content = json!({ "redacts": event, "reason": "typo" });
        bob.put(&path, content.clone()).await.fails(403, "M_FORBIDDEN");
        let first = alice.put(&path, content.clone()).await.ok();
        let again = alice.put(&path, content).await.ok();
        assert_eq!(first.text("event_id"), again.text("event_id"));
        let shown = bob.get(&format!("/_matrix/client/v3/rooms/{room}/event/{event}")).await.ok();
        assert_eq!(shown.body["content"], json!({}));
        let because = &shown.body["unsigned"]["redacted_because"];
        assert_eq!(
            (&because["redacts"], &because["content"]["reason"]),
            (&json!(event), &json!("typo"))
        );
        let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.redaction/2");
        alice.put(&path, json!({ "reason": "typo" })).await.fails(400, "M_BAD_JSON");
    }
}

#[tokio::test]
async fn what_calls_itself_encrypted_can_be_decrypted() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    for content in [
        json!({}),
        json!({ "msgtype": "m.text", "body": "clear" }),
        json!({ "algorithm": "m.megolm.v1.aes-sha2", "session_id": "s" }),
        json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": {} }),
    ] {
        let answer = alice.send_event(&room, "m.room.encrypted", content).await;
        answer.fails(400, "M_BAD_JSON");
    }
    let sound = json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s",
    });
    alice.send_event(&room, "m.room.encrypted", sound).await.ok();
}
