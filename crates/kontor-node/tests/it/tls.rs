//! Encrypted connections.

use std::net::SocketAddr;
use std::time::Duration;

use kontor_testkit::{Authority, Setup, TestServer, http, json};
use reqwest::{Client, Version};
use rustls::version::TLS13;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::site::read_to_end;

const SOON: Duration = Duration::from_secs(20);
const PATH: &str = "/_matrix/client/versions";

/// A server whose certificate is `authority`'s, and the folder with it.
async fn start(authority: &Authority) -> (TestServer, TempDir) {
    let folder = TempDir::new().unwrap();
    let files = authority.issue(&["one.example"]).write(folder.path(), "one");
    let flags = vec![
        ("preset", "lab".to_owned()),
        ("tls-certificate", files.certificate.display().to_string()),
        ("tls-key", files.key.display().to_string()),
    ];
    (TestServer::with(Setup { flags, ..Setup::default() }).await, folder)
}

/// A client that trusts `authority` and finds one.example at `address`.
fn client(authority: &Authority, address: SocketAddr) -> Client {
    authority.client().resolve("one.example", address).build().unwrap()
}

fn url(server: &TestServer, path: &str) -> String {
    format!("https://one.example:{}{path}", server.node().address().port())
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_over_tls_only() {
    let authority = Authority::new();
    let (server, _folder) = start(&authority).await;
    let address = server.node().address();
    let new = client(&authority, address);
    let config = authority.client_config(&[&TLS13]);
    let old = http().use_preconfigured_tls(config).resolve("one.example", address).build().unwrap();
    for (client, version) in [(new, Version::HTTP_2), (old, Version::HTTP_11)] {
        let answer = client.get(url(&server, PATH)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
    }
    let stranger = client(&Authority::new(), address);
    assert!(stranger.get(url(&server, PATH)).send().await.is_err());

    let mut plain = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {PATH} HTTP/1.1\r\nHost: one.example\r\n\r\n");
    plain.write_all(head.as_bytes()).await.unwrap();
    assert!(!read_to_end(&mut plain).await.contains("HTTP"));
}

#[tokio::test]
async fn an_organisation_that_names_no_host_is_found_under_its_name() {
    let authority = Authority::new();
    let folder = TempDir::new().unwrap();
    let files = authority.issue(&["one.example"]).write(folder.path(), "one");
    let flags = vec![
        ("tls-certificate", files.certificate.display().to_string()),
        ("tls-key", files.key.display().to_string()),
    ];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let client = client(&authority, server.node().address());
    let path = url(&server, "/_matrix/client/v1/auth_metadata");
    let answer = client.get(path).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let told: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(told["issuer"], "https://one.example/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_breaks_no_connection() {
    let (before, after) = (Authority::new(), Authority::new());
    let (server, folder) = start(&before).await;
    let address = server.node().address();
    let known = client(&before, address);
    let register = json!({
        "username": "alice",
        "password": "a password of hers",
        "auth": { "type": "m.login.dummy" },
    });
    let post = known.post(url(&server, "/_matrix/client/v3/register")).json(&register);
    let session: serde_json::Value = post.send().await.unwrap().json().await.unwrap();
    let token = session["access_token"].as_str().unwrap();
    let sync = |since: &str| {
        let path = format!("/_matrix/client/v3/sync?timeout=60000{since}");
        known.get(url(&server, &path)).bearer_auth(token).send()
    };
    let first: serde_json::Value = sync("").await.unwrap().json().await.unwrap();
    let since = format!("&since={}", first["next_batch"].as_str().unwrap());
    let mut waiting = Box::pin(sync(&since));
    assert!(timeout(Duration::from_millis(300), &mut waiting).await.is_err(), "nothing is new");

    after.issue(&["one.example"]).write(folder.path(), "one");
    server.node().reload();
    let newcomer = client(&after, address);
    assert_eq!(newcomer.get(url(&server, PATH)).send().await.unwrap().status(), 200);
    assert!(client(&before, address).get(url(&server, PATH)).send().await.is_err());

    // The open connection still works, and what waits on it is answered.
    let room = known.post(url(&server, "/_matrix/client/v3/createRoom")).bearer_auth(token);
    assert_eq!(room.json(&json!({})).send().await.unwrap().status(), 200);
    let answer = timeout(SOON, waiting).await.unwrap().unwrap();
    assert!(answer.text().await.unwrap().contains("m.room.create"));
}

#[tokio::test]
async fn files_that_change_are_noticed() {
    let (before, after) = (Authority::new(), Authority::new());
    let (server, folder) = start(&before).await;
    after.issue(&["one.example"]).write(folder.path(), "one");
    let begin = Instant::now();
    let newcomer = client(&after, server.node().address());
    while newcomer.get(url(&server, PATH)).send().await.is_err() {
        assert!(begin.elapsed() < SOON, "nobody looks");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
