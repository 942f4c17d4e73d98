//! More requests than a person can make by hand: the strict preset slows them down.

use kontor_core::Timestamp;
use kontor_testkit::{Setup, TestServer, json};
use reqwest::Method;

async fn strict() -> TestServer {
    let flags = vec![("preset", "strict".to_owned())];
    let file = "[registration]\nmode = \"open\"\n".to_owned();
    let server = TestServer::with(Setup { flags, file, ..Setup::default() }).await;
    server.accept_passwords().await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_beyond_the_burst_wait() {
    let server = strict().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({})).await;
    let content = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x" });
    let mut refused = None;
    for number in 0..200 {
        let answer = alice.send_event(&room, "m.room.encrypted", content.clone()).await;
        if answer.status != 200 {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("a flood must be refused");
    answer.fails(429, "M_LIMIT_EXCEEDED");
    assert!(number >= 20, "{number} messages are no flood");
    let wait_ms = answer.body["retry_after_ms"].as_i64().unwrap();
    assert!((1..=60_000).contains(&wait_ms), "{wait_ms}");

    // Others, and reading, are not slowed down.
    bob.create_room(json!({})).await;
    alice.get("/_matrix/client/v3/account/whoami").await.ok();
    let now = server.clock().now();
    server.clock().set(Timestamp(now.0 + wait_ms));
    alice.send_event(&room, "m.room.encrypted", content).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_beyond_the_burst_wait() {
    let server = strict().await;
    let alice = server.register("alice").await;
    for _ in 0..100 {
        let answer = alice.send_bytes(Method::POST, "/_matrix/media/v3/upload", vec![7; 10]).await;
        if answer.status != 200 {
            return answer.fails(429, "M_LIMIT_EXCEEDED");
        }
    }
    panic!("a hundred uploads at once were accepted");
}
