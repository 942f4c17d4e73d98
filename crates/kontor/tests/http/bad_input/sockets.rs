//! Ten thousand connections at once.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::server::{Options, Server};

const CONNECTIONS: usize = 10_000;

/// Files this process and the server it starts need, with some to spare.
const FILES: u64 = 12_000;

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_connections_are_held_and_answered() {
    allow_files();
    // Long enough that no connection is given up while the others are being opened.
    let options = Options::with("KONTOR_LISTEN_HEADER_TIMEOUT_S", "120");
    let server = Server::start_with(options).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let files_before = server.open_files();

    let opened = stream::iter(0..CONNECTIONS).map(|number| connect(server.address, number));
    let mut connections: Vec<TcpStream> = opened.buffer_unordered(200).collect().await;
    assert_eq!(connections.len(), CONNECTIONS);

    let started = Instant::now();
    alice.say(&room, "through the crowd").await;
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "a message took {took:?} beside idle connections");

    let answered = stream::iter(connections.iter_mut()).map(ask);
    let answered = answered.buffer_unordered(500).filter(|ok| std::future::ready(*ok));
    assert_eq!(answered.count().await, CONNECTIONS);

    let memory = server.resident_mebibytes();
    assert!(memory < 700, "{memory} MiB for {CONNECTIONS} connections");
    drop(connections);
    let ended = Instant::now();
    while server.open_files() > files_before + 50 {
        assert!(ended.elapsed() < PATIENCE, "{} files stay open", server.open_files());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    alice.say(&room, "afterwards").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let server = Server::start_with(
        Options::with("KONTOR_LISTEN_MAX_CONNECTIONS", "50")
            .and("KONTOR_LISTEN_HEADER_TIMEOUT_S", "2"),
    )
    .await;
    let alice = server.person("alice").await;
    let mut idle = Vec::new();
    for number in 0..200 {
        idle.push(connect(server.address, number).await);
    }
    // The silent ones are given up after two seconds each round; then it is alice's turn.
    let whoami = timeout(PATIENCE, alice.get("/account/whoami")).await.unwrap();
    whoami.ok();
}

/// Connects from one of several loopback addresses, so that ports do not run short.
async fn connect(to: SocketAddr, number: usize) -> TcpStream {
    let from = format!("127.0.0.{}:0", 2 + number % 8).parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from).unwrap();
    timeout(PATIENCE, socket.connect(to)).await.unwrap().unwrap()
}

/// Sends a request; whether it was answered with success.
async fn ask(connection: &mut TcpStream) -> bool {
    let request = b"GET /_matrix/client/versions HTTP/1.1\r\nhost: firma.example\r\n\r\n";
    if connection.write_all(request).await.is_err() {
        return false;
    }
    let mut answer = [0; 12];
    let read = timeout(PATIENCE, connection.read_exact(&mut answer)).await;
    matches!(read, Ok(Ok(_))) && &answer == b"HTTP/1.1 200"
}

/// Raises the limit of open files, here and for the server started from here.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < FILES) {
        let maximum = limit.maximum.map(|maximum| maximum.max(FILES));
        let raised = Rlimit { current: Some(FILES), maximum };
        setrlimit(Resource::Nofile, raised).expect("12,000 open files must be allowed");
    }
}
