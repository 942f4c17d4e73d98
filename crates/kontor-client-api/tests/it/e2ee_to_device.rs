//! Messages between devices.

use std::time::{Duration, Instant};

use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

async fn send(person: &Person, txn: &str, messages: Value) -> kontor_testkit::Answer {
    let path = format!("/_matrix/client/v3/sendToDevice/m.test/{txn}");
    person.put(&path, json!({ "messages": messages })).await
}

fn events(sync: &Value) -> Vec<Value> {
    sync["to_device"]["events"].as_array().cloned().unwrap_or_default()
}

fn next_batch(sync: &Value) -> String {
    sync["next_batch"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_arrives_until_it_is_confirmed_and_never_again() {
    for_each_server(async |mut server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let content = json!({ "secret": "Grüße \u{1F511}" });
        let to_bob = json!({ &bob.user_id: { &bob.device_id: content } });
        send(&alice, "1", to_bob).await.ok();
        for _ in 0..2 {
            let sync = bob.sync("").await;
            assert_eq!(
                events(&sync),
                [json!({ "type": "m.test", "sender": alice.user_id, "content": content })]
            );
        }
        let since = next_batch(&bob.sync("").await);
        let sync = bob.sync(&since).await;
        assert!(events(&sync).is_empty(), "{sync}");
        server.restart().await;
        let mut bob = bob;
        bob.base = server.base();
        assert!(events(&bob.sync("").await).is_empty(), "it was deleted");
    })
    .await;
}

#[tokio::test]
async fn the_same_transaction_sends_once() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    for _ in 0..3 {
        send(&alice, "same", json!({ &bob.user_id: { &bob.device_id: {} } })).await.ok();
    }
    send(&bob, "same", json!({ &bob.user_id: { &bob.device_id: {} } })).await.ok();
    assert_eq!(events(&bob.sync("").await).len(), 2);
}

#[tokio::test]
async fn a_star_reaches_every_device_and_strangers_are_passed_over() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let phone = server.login("bob").await;
    let messages = json!({
        &bob.user_id: { "*": { "n": 1 }, "NOSUCHDEVICE": {} },
        "@nobody:one.example": { "*": {} },
        "@eve:elsewhere.example": { "*": {} },
    });
    send(&alice, "1", messages).await.ok();
    assert_eq!(events(&bob.sync("").await).len(), 1);
    assert_eq!(events(&phone.sync("").await).len(), 1);
    assert!(events(&alice.sync("").await).is_empty());
}

#[tokio::test]
async fn many_messages_come_in_pages_and_in_order() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let mut since = next_batch(&alice.sync("").await);
        for n in 0..230 {
            let to_self = json!({ &alice.user_id: { &alice.device_id: { "n": n } } });
            send(&alice, &n.to_string(), to_self).await.ok();
        }
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        loop {
            let sync = alice.sync(&since).await;
            let page = events(&sync);
            if page.is_empty() {
                break;
            }
            pages.push(page.len());
            seen.extend(page.iter().map(|event| event["content"]["n"].as_i64().unwrap()));
            since = next_batch(&sync);
        }
        assert_eq!(pages, [100, 100, 30]);
        assert_eq!(seen, (0..230).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_message_wakes_a_waiting_device() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let since = next_batch(&bob.sync("").await);
    let send_later = async {
        // Long enough for the request to be waiting.
        tokio::time::sleep(Duration::from_millis(500)).await;
        send(&alice, "1", json!({ &bob.user_id: { "*": {} } })).await.ok();
    };
    let start = Instant::now();
    let query = [("since", since.as_str()), ("timeout", "30000")];
    let (sync, ()) = tokio::join!(bob.sync_with(&query), send_later);
    assert_eq!(events(&sync).len(), 1);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn bad_messages_are_refused_and_nothing_is_sent() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let to = |content: Value| json!({ &alice.user_id: { "*": content } });
    let mut deep = json!({});
    for _ in 0..100 {
        deep = json!({ "a": deep });
    }
    let table = [
        (to(json!("text")), 400, "M_BAD_JSON"),
        (to(json!([])), 400, "M_BAD_JSON"),
        (to(json!({ "x": "y".repeat(70_000) })), 413, "M_TOO_LARGE"),
        (to(deep), 400, "M_BAD_JSON"),
        (json!({ "not a user": { "*": {} } }), 400, "M_BAD_JSON"),
        (json!({ &alice.user_id: { "": {} } }), 400, "M_BAD_JSON"),
        (json!([]), 400, "M_BAD_JSON"),
    ];
    for (n, (messages, status, code)) in table.into_iter().enumerate() {
        let answer = send(&alice, &n.to_string(), messages.clone()).await;
        assert_eq!(answer.status, status, "{messages} {}", answer.body);
        answer.fails(status, code);
    }
    let name = "t".repeat(300);
    send(&alice, &name, to(json!({}))).await.fails(400, "M_INVALID_PARAM");
    send(&alice, "a%00b", to(json!({}))).await.fails(400, "M_INVALID_PARAM");
    assert!(events(&alice.sync("").await).is_empty());
}

#[tokio::test]
async fn the_inbox_goes_with_the_device() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let phone = server.login("alice").await;
    phone.sync("").await;
    send(&alice, "1", json!({ &alice.user_id: { &phone.device_id: {} } })).await.ok();
    phone.post("/_matrix/client/v3/logout", json!({})).await.ok();
    let body = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": "alice" },
        "password": "correct horse battery staple",
        "device_id": phone.device_id,
    });
    let answer = server.anonymous("one.example").post("/_matrix/client/v3/login", body).await.ok();
    let mut again = phone;
    again.token = answer.text("access_token").to_owned();
    assert!(events(&again.sync("").await).is_empty());
}
