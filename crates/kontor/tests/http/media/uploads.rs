//! Uploading.

use std::time::Duration;

use reqwest::Body;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{blob_files, download, id_of, path_of, upload};
use crate::server::{NAME, Options, Server};

#[tokio::test]
async fn a_file_of_any_size_comes_back() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    for size in [0_usize, 1, 65_535, 65_536, 65_537, 1_048_576, 5_000_000] {
        let content: Vec<u8> = (0..size).map(|i| (i % 253).to_le_bytes()[0]).collect();
        let id = upload(&alice, &content, "application/octet-stream", None).await;
        assert!(download(&bob, &id).await == content, "{size}");
    }
}

#[tokio::test]
async fn uploading_needs_a_token() {
    let server = Server::start().await;
    let url = format!("{}/_matrix/media/v3/upload", server.base());
    let answer = kontor_testkit::http().build().unwrap().post(url).body("x").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let json: Value = answer.json().await.unwrap();
    assert_eq!(json["errcode"], "M_MISSING_TOKEN");
}

#[tokio::test]
async fn what_is_too_large_is_refused_announced_or_not() {
    let server = Server::start_with(Options::with("KONTOR_MEDIA_MAX_UPLOAD", "1 MiB")).await;
    let alice = server.person("alice").await;
    let config = alice.request("GET", "/_matrix/client/v1/media/config").send().await.unwrap();
    let config: Value = config.json().await.unwrap();
    assert_eq!(config["m.upload.size"], 1 << 20);
    let announced = Body::from(vec![1; (1 << 20) + 1]);
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(vec![1_u8; 100_000]));
    let counted = Body::wrap_stream(futures_util::stream::iter(chunks));
    for body in [announced, counted] {
        let request = alice.request("POST", "/_matrix/media/v3/upload").body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 413);
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"], "M_TOO_LARGE");
    }
    assert_eq!(blob_files(server.folder()), 0);
    upload(&alice, &vec![1; 1 << 20], "text/plain", None).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_file_and_no_row() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for length in ["content-length: 10000000", "transfer-encoding: chunked"] {
        let mut connection = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /_matrix/media/v3/upload HTTP/1.1\r\nhost: {NAME}\r\n\
             authorization: Bearer {}\r\n{length}\r\n\r\n",
            alice.token
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        if length.contains("chunked") {
            connection.write_all(b"3d0900\r\n").await.unwrap();
        }
        connection.write_all(&vec![7; 4_000_000]).await.unwrap();
        connection.flush().await.unwrap();
        sleep(Duration::from_millis(300)).await;
        assert_eq!(blob_files(server.folder()), 1, "under way");
        drop(connection);
        for _ in 0..100 {
            if blob_files(server.folder()) == 0 {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(blob_files(server.folder()), 0, "{length}");
    }
}

#[tokio::test]
async fn a_reserved_address_is_filled_once_by_its_owner() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let created =
        alice.request("POST", "/_matrix/media/v1/create").body("{}").send().await.unwrap();
    let created: Value = created.json().await.unwrap();
    let id = id_of(created["content_uri"].as_str().unwrap());
    assert!(created["unused_expires_at"].as_i64().unwrap() > 1_000_000_000_000);

    let waiting = format!("{}?timeout_ms=10", path_of(&id));
    let answer = bob.request("GET", &waiting).send().await.unwrap();
    assert_eq!(answer.status(), 504);
    let json: Value = answer.json().await.unwrap();
    assert_eq!(json["errcode"], "M_NOT_YET_UPLOADED");

    let path = format!("/_matrix/media/v3/upload/{NAME}/{id}");
    let table =
        [(&bob, 403, "M_FORBIDDEN"), (&alice, 200, ""), (&alice, 409, "M_CANNOT_OVERWRITE_MEDIA")];
    for (person, status, errcode) in table {
        let answer = person.request("PUT", &path).body("content").send().await.unwrap();
        assert_eq!(answer.status(), status);
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"].as_str().unwrap_or_default(), errcode);
    }
    assert_eq!(download(&bob, &id).await, b"content");
    let unknown = format!("/_matrix/media/v3/upload/{NAME}/nonexistent");
    let answer = alice.request("PUT", &unknown).body("x").send().await.unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn a_download_waits_for_the_upload() {
    let server = Server::start().await;
    let (alice, bob) = (server.person("alice").await, server.person("bob").await);
    let created =
        alice.request("POST", "/_matrix/media/v1/create").body("{}").send().await.unwrap();
    let created: Value = created.json().await.unwrap();
    let id = id_of(created["content_uri"].as_str().unwrap());
    let path = format!("/_matrix/media/v3/upload/{NAME}/{id}");
    let filling = async {
        sleep(Duration::from_millis(200)).await;
        alice.request("PUT", &path).body("late").send().await.unwrap();
    };
    let (found, ()) = tokio::join!(download(&bob, &id), filling);
    assert_eq!(found, b"late");
}

#[tokio::test]
async fn reservations_are_limited() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for number in 0..30 {
        let answer =
            alice.request("POST", "/_matrix/media/v1/create").body("{}").send().await.unwrap();
        if answer.status() == 429 {
            let json: Value = answer.json().await.unwrap();
            assert_eq!(json["errcode"], "M_LIMIT_EXCEEDED");
            assert!(json["retry_after_ms"].as_i64().is_some());
            assert!(number >= 5);
            return;
        }
        assert_eq!(answer.status(), 200);
    }
    panic!("thirty unused reservations were granted");
}

#[tokio::test]
async fn nothing_of_an_upload_is_readable_on_the_disk() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let content = b"Kaufvertrag Grundstueck Musterweg ".repeat(5_000);
    upload(&alice, &content, "text/x-canarytype", Some("Kanarienvogel.txt")).await;
    let mut folders = vec![server.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for word in ["Kaufvertrag", "canarytype", "Kanarienvogel"] {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn link_previews_are_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for path in ["/_matrix/client/v1/media/preview_url", "/_matrix/media/v3/preview_url"] {
        let answer = alice.request("GET", &format!("{path}?url=https%3A%2F%2Fmatrix.org"));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 403);
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"], json!("M_FORBIDDEN"));
    }
}
