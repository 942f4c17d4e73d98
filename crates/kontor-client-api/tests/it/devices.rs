//! Devices over HTTP.

use std::time::{Duration, Instant};

use kontor_testkit::{TestServer, Value, for_each_server, json};

const DEVICES: &str = "/_matrix/client/v3/devices";

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_listed_renamed_and_removed() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let lost = server.login("alice").await;
        let one = format!("{DEVICES}/{}", lost.device_id);
        alice.put(&one, json!({ "display_name": "Büro" })).await.ok();
        let found = alice.get(&one).await.ok().body;
        assert_eq!(found["display_name"], "Büro");
        // The day, and no address.
        assert_eq!(found["last_seen_ts"].as_i64().map(|ms| ms % 86_400_000), Some(0));
        assert!(found.get("last_seen_ip").is_none_or(Value::is_null));
        let asked = alice.delete(&one).await;
        assert_eq!(asked.status, 401);
        let auth = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": "alice" },
            "password": "correct horse battery staple",
            "session": asked.body["session"],
        });
        let request = alice.request(http::Method::DELETE, &one);
        server.raw(request.json(&json!({ "auth": auth }))).await.ok();
        lost.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
        alice.get(&one).await.fails(404, "M_NOT_FOUND");
        let left = alice.get(DEVICES).await.ok().body;
        assert_eq!(left["devices"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_have_their_error() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let own = format!("{DEVICES}/{}", alice.device_id);
    let foreign = format!("{DEVICES}/{}", bob.device_id);
    let name = |value: Value| json!({ "display_name": value });
    let table = [
        (own.as_str(), name(json!(5)), 400, "M_BAD_JSON"),
        (own.as_str(), name(json!("x".repeat(257))), 400, "M_TOO_LARGE"),
        (own.as_str(), name(json!("a\0b")), 400, "M_INVALID_PARAM"),
        (foreign.as_str(), name(json!("x")), 404, "M_NOT_FOUND"),
        (foreign.as_str(), json!({}), 404, "M_NOT_FOUND"),
    ];
    for (path, body, status, errcode) in table {
        alice.put(path, body).await.fails(status, errcode);
    }
    alice.get(&foreign).await.fails(404, "M_NOT_FOUND");
    let many = "/_matrix/client/v3/delete_devices";
    alice.post(many, json!({})).await.fails(400, "M_BAD_JSON");
    alice.post(many, json!({ "devices": "x" })).await.fails(400, "M_BAD_JSON");
    let flood: Vec<String> = (0..1001).map(|i| format!("D{i}")).collect();
    alice.post(many, json!({ "devices": flood })).await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_sync_ends_with_the_sign_in() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let path = |since: &str| format!("/_matrix/client/v3/sync?timeout=30000&since={since}");
        for _ in 0..5 {
            let lost = server.login("alice").await;
            let since = lost.sync("").await["next_batch"].as_str().unwrap().to_owned();
            // What the sign-in itself changed is read first.
            let since = lost.sync(&since).await["next_batch"].as_str().unwrap().to_owned();
            let open = async {
                let answer = lost.get(&path(&since)).await;
                (answer, Instant::now())
            };
            let sign_out = async {
                // By then the other request is waiting, or it finds the door closed.
                alice.get("/_matrix/client/v3/account/whoami").await.ok();
                lost.post("/_matrix/client/v3/logout", json!({})).await.ok();
                Instant::now()
            };
            let ((answer, answered), ended) = tokio::join!(open, sign_out);
            answer.fails(401, "M_UNKNOWN_TOKEN");
            assert_eq!(answer.body["soft_logout"], false);
            let late = answered.saturating_duration_since(ended);
            assert!(late < Duration::from_secs(1), "{late:?} after the sign-out");
        }
    })
    .await;
}
