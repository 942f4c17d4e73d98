//! The operator's listener.

use std::time::Duration;

use kontor_testkit::{Person, Setup, TestServer, http, json};
use tokio::time::{Instant, sleep, timeout};

const SOON: Duration = Duration::from_secs(20);

async fn start() -> TestServer {
    let mut setup = Setup::default();
    setup.flags.push(("admin-listen", "127.0.0.1:0".to_owned()));
    TestServer::with(setup).await
}

/// Status and text of an answer to the operator.
async fn ask(server: &TestServer, path: &str) -> (u16, String) {
    let address = server.node().admin_address().unwrap();
    let url = format!("http://{address}{path}");
    let answer = http().build().unwrap().get(url).send().await.unwrap();
    assert!(answer.headers().contains_key("content-security-policy"));
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The value of a sample, by its name and labels as written.
fn sample(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(is_value))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn is_value(rest: &str) -> bool {
    rest.starts_with(' ')
}

#[tokio::test]
async fn there_is_none_unless_asked_for_and_clients_never_reach_it() {
    let server = TestServer::start().await;
    assert_eq!(server.node().admin_address(), None);
    let server = start().await;
    for path in ["/metrics", "/health"] {
        assert_eq!(server.anonymous("one.example").get(path).await.status, 404, "{path}");
    }
    assert_eq!(ask(&server, "/_matrix/client/versions").await.0, 404);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named() {
    let server = start().await;
    let healthy = r#"{"live":true,"ready":true,"organisations":1,"silent":[]}"#;
    for path in ["/health", "/health/ready"] {
        assert_eq!(ask(&server, path).await, (200, healthy.to_owned()));
    }
    server.node().tenants().close().await;
    let (status, text) = ask(&server, "/health").await;
    assert_eq!(status, 503);
    assert!(text.contains(r#""silent":["one.example"]"#), "{text}");
    assert_eq!(ask(&server, "/health/live").await, (200, r#"{"live":true}"#.to_owned()));
}

/// Does a bit of everything; answers the ids that came up.
async fn busy(server: &TestServer) -> (Person, Vec<String>) {
    let alice = server.register("alicegeheim").await;
    let room = alice.create_room(json!({ "name": "Raumgeheim" })).await;
    let event = alice.send(&room, "Textgeheim").await;
    alice.get("/_matrix/client/v3/sync").await.ok();
    alice.get(&format!("/_matrix/client/v3/profile/{}", alice.user_id)).await.ok();
    alice.get(&format!("/_matrix/client/v3/rooms/{room}/state")).await.ok();
    alice.get("/_matrix/client/v3/nothing/pfadgeheim").await;
    alice.get("/pfadgeheim?x=pfadgeheim").await;
    server.anonymous("hostgeheim.example").get("/pfadgeheim").await;
    server.anonymous("one.example").get("/_matrix/client/v3/account/whoami").await;
    let words = ["alicegeheim", "Raumgeheim", "Textgeheim", "pfadgeheim", "hostgeheim"];
    let mut ids: Vec<String> = words.map(str::to_owned).to_vec();
    ids.extend([alice.user_id.clone(), alice.device_id.clone(), alice.token.clone(), room, event]);
    (alice, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_name_nobody_and_no_room() {
    let server = start().await;
    let (_alice, ids) = busy(&server).await;
    let (status, text) = ask(&server, "/metrics").await;
    assert_eq!(status, 200);
    for id in ids {
        assert!(!text.contains(&id), "{id}: {text}");
    }
    // No id of any kind, no address, no server name.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(!line.contains(['@', '!', '$', '%', '?']), "{line}");
        assert!(!line.contains("example") && !line.contains("127.0.0"), "{line}");
        let labels = line.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        for label in labels.map(|(labels, _)| labels).unwrap_or_default().split("\",") {
            let name = label.split('=').next().unwrap();
            let known = ["", "method", "route", "status", "le", "state"];
            assert!(known.contains(&name), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_counted() {
    let server = start().await;
    busy(&server).await;
    let (_, text) = ask(&server, "/metrics").await;
    let v3 = "/_matrix/client/v3";
    let request = |method: &str, route: &str, status: u16| {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
        sample(&text, &format!("kontor_requests_total{{{labels}}}"))
    };
    let send = format!("{v3}/rooms/{{room_id}}/send/{{event_type}}/{{txn_id}}");
    assert_eq!(request("PUT", &send, 200), Some(1.0), "{text}");
    assert_eq!(request("GET", &format!("{v3}/account/whoami"), 401), Some(1.0), "{text}");
    assert_eq!(request("GET", "none", 404), Some(3.0), "{text}");
    let labels = format!("method=\"PUT\",route=\"{send}\"");
    let count = format!("kontor_request_duration_seconds_count{{{labels}}}");
    assert_eq!(sample(&text, &count), Some(1.0), "{text}");
    for name in [
        "kontor_writer_batch_actions_count",
        "kontor_writer_commit_seconds_sum",
        "kontor_database_bytes",
        "process_resident_memory_bytes",
        "kontor_organisations{state=\"open\"}",
        "kontor_connections",
    ] {
        assert!(sample(&text, name).is_some_and(|value| value > 0.0), "{name}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_requests_are_counted_while_they_wait() {
    let server = start().await;
    let alice = server.register("alice").await;
    let first = alice.get("/_matrix/client/v3/sync").await.ok();
    let path = format!("/_matrix/client/v3/sync?timeout=60000&since={}", first.text("next_batch"));
    let waiting = async {
        let begin = Instant::now();
        while sample(&ask(&server, "/metrics").await.1, "kontor_waiting_syncs") != Some(1.0) {
            assert!(begin.elapsed() < SOON, "nobody waits");
            sleep(Duration::from_millis(20)).await;
        }
        alice.create_room(json!({})).await;
    };
    let (answer, ()) =
        timeout(SOON, async { tokio::join!(alice.get(&path), waiting) }).await.unwrap();
    answer.ok();
    let text = ask(&server, "/metrics").await.1;
    assert_eq!(sample(&text, "kontor_waiting_syncs"), Some(0.0), "{text}");
}
