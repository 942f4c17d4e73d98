//! Headers that every answer has.

use kontor_testkit::{Authority, Setup, TestServer, http, json};
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use tempfile::TempDir;

/// Every operation of the specification, with its method.
const OPERATIONS: &str = include_str!("../../../kontor-client-api/tests/it/spec_routes.txt");

/// Method and path of every operation, with something in the place of each variable, and of what
/// succeeds, is no operation, or is a browser's question.
fn requests(user: &str, room: &str) -> Vec<(Method, String)> {
    let v3 = "/_matrix/client/v3";
    let fixed = [
        ("GET", format!("{v3}/profile/{user}")),
        ("GET", format!("{v3}/rooms/{room}/state")),
        ("GET", format!("{v3}/rooms/{room}/messages?dir=b")),
        ("GET", "/_matrix/media/v3/download/one.example/none".to_owned()),
        ("GET", "/_synapse/admin/v1/register".to_owned()),
        ("GET", format!("{v3}/nothing")),
        ("GET", "/".to_owned()),
        ("GET", "/%ff".to_owned()),
        ("DELETE", format!("{v3}/sync")),
        ("OPTIONS", format!("{v3}/sync")),
        ("HEAD", "/_matrix/client/versions".to_owned()),
    ];
    let filled = |path: &str| {
        let part = |part: &str| if part.starts_with('{') { "x" } else { part }.to_owned();
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let lines = OPERATIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let listed = lines.map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next().unwrap(), filled(words.next().unwrap()))
    });
    let all = fixed.into_iter().chain(listed);
    all.map(|(method, path)| (method.parse().unwrap(), path)).collect()
}

/// Answers to all of these: to somebody, to nobody, and under a host name that is nobody's.
async fn answers(server: &TestServer) -> Vec<(String, Response)> {
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let client = http().build().unwrap();
    let mut answers = Vec::new();
    for (method, path) in requests(&alice.user_id, &room) {
        for (host, has_token) in [("one.example", true), ("one.example", false), ("none", true)] {
            let url = format!("{}{path}", server.base());
            let mut request = client.request(method.clone(), url).header("host", host);
            if has_token {
                request = request.bearer_auth(&alice.token);
            }
            if [Method::POST, Method::PUT].contains(&method) {
                request = request.body("{}");
            }
            let answer = request.send().await.unwrap();
            answers.push((format!("{method} {host} {path}"), answer));
        }
    }
    answers
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_browsers_from_doing_more_with_it() {
    let server = TestServer::start().await;
    let answers = answers(&server).await;
    assert!(answers.len() > 400, "{}", answers.len());
    for (what, answer) in answers {
        let headers = answer.headers();
        let policy = text(headers, "content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{what}");
        assert_eq!(text(headers, "referrer-policy"), "no-referrer", "{what}");
        assert_eq!(text(headers, "cross-origin-resource-policy"), "same-origin", "{what}");
        assert!(!headers.contains_key("server"), "{what}");
        assert!(!headers.contains_key("strict-transport-security"), "{what}: no TLS");
        for (name, _) in headers {
            let count = headers.get_all(name).iter().count();
            assert!(count == 1 || name == "vary", "{what}: {name} {count} times");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_may_be_shown_by_clients_on_other_origins_but_in_no_frame() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let upload = alice.send_bytes(Method::POST, "/_matrix/media/v3/upload", vec![7; 10]).await;
    let id = upload.text("content_uri").strip_prefix("mxc://").unwrap().to_owned();
    let client = http().build().unwrap();
    let url = format!("{}/_matrix/client/v1/media/download/{id}", server.base());
    let get = client.get(url).header("host", "one.example").bearer_auth(&alice.token);
    let answer = get.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let policy = text(answer.headers(), "content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(text(answer.headers(), "cross-origin-resource-policy"), "cross-origin");
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_with_it() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let files = authority.issue(&["one.example"]).write(folder.path(), "one");
    let flags = vec![
        ("preset", "lab".to_owned()),
        ("tls-certificate", files.certificate.display().to_string()),
        ("tls-key", files.key.display().to_string()),
    ];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let address = server.node().address();
    let client = authority.client().resolve("one.example", address).build().unwrap();
    for path in ["/_matrix/client/versions", "/nothing"] {
        let url = format!("https://one.example:{}{path}", address.port());
        let answer = client.get(url).send().await.unwrap();
        let only_tls = text(answer.headers(), "strict-transport-security");
        assert_eq!(only_tls, "max-age=31536000", "{path}");
    }

    // Behind a proxy that says so, too.
    let file = "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n".to_owned();
    let server = TestServer::with(Setup { file, ..Setup::default() }).await;
    let client = http().build().unwrap();
    for (proto, expected) in [("https", true), ("http", false)] {
        let get = client.get(format!("{}/_matrix/client/versions", server.base()));
        let get = get.header("host", "one.example").header("x-forwarded-proto", proto);
        let answer = get.send().await.unwrap();
        let found = answer.headers().contains_key("strict-transport-security");
        assert_eq!(found, expected, "{proto}");
    }
}
