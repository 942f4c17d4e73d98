//! Clients that send a byte now and then to keep a connection busy ("slow loris").

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::person::{escaped, message_path};
use crate::server::{Options, Server};

fn impatient() -> Options {
    Options::with("KONTOR_LISTEN_HEADER_TIMEOUT_S", "2").and("KONTOR_LISTEN_BODY_TIMEOUT_S", "2")
}

/// Sends `drop` twice a second until the server hangs up; answers what it said and after how long.
async fn drip(server: &Server, beginning: &str, drop: &[u8]) -> (String, Duration) {
    let connection = TcpStream::connect(server.address).await.unwrap();
    let (mut reader, mut writer) = connection.into_split();
    writer.write_all(beginning.as_bytes()).await.unwrap();
    let started = Instant::now();
    let dripping = async {
        loop {
            sleep(Duration::from_millis(500)).await;
            if writer.write_all(drop).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut answer = Vec::new();
    let listening = async {
        // A broken connection is an end like any other.
        let _ = reader.read_to_end(&mut answer).await;
    };
    let both = async {
        tokio::select! {
            () = dripping => {}
            () = listening => {}
        }
    };
    timeout(Duration::from_secs(30), both).await.expect("the server must hang up");
    (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let server = Server::start_with(impatient()).await;
    let beginning = "GET /_matrix/client/versions HTTP/1.1\r\nhost: firma.example\r\n";
    let (answer, took) = drip(&server, beginning, b"x-slow: 1\r\n").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_given_up() {
    let server = Server::start_with(impatient()).await;
    let (_, took) = drip(&server, "", b"").await;
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_and_changes_nothing() {
    let server = Server::start_with(impatient()).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let place = alice.place().await;
    let path = message_path(&room, "slow");
    let beginning = format!(
        "PUT /_matrix/client/v3{path} HTTP/1.1\r\nhost: firma.example\r\n\
         authorization: Bearer {}\r\ncontent-length: 5000\r\n\r\n{{\"body\":\"",
        alice.token
    );
    let (answer, took) = drip(&server, &beginning, b"x").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn an_upload_that_drips_is_given_up_and_leaves_nothing() {
    let server = Server::start_with(impatient()).await;
    let alice = server.person("alice").await;
    let files = crate::media::blob_files(server.folder());
    let beginning = format!(
        "POST /_matrix/media/v3/upload?filename={} HTTP/1.1\r\nhost: firma.example\r\n\
         authorization: Bearer {}\r\ncontent-length: 500000\r\n\r\n",
        escaped("slow.bin"),
        alice.token
    );
    let (answer, took) = drip(&server, &beginning, b"x").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(crate::media::blob_files(server.folder()), files);
}

#[tokio::test]
async fn two_hundred_slow_clients_do_not_slow_the_others() {
    let server = Server::start_with(impatient()).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut connection = TcpStream::connect(server.address).await.unwrap();
        connection.write_all(b"POST /_matrix/client/v3/login HTTP/1.1\r\n").await.unwrap();
        slow.push(connection);
    }
    let started = Instant::now();
    alice.say(&room, "quick").await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}
