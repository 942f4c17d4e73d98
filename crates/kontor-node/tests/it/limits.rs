//! Clients that are slow, many or rude.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::site::{get, read_to_end, start, status};

const PATH: &str = "/_matrix/client/versions";
/// Longer than any limit set here, shorter than any patience.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed() {
    let site = start(|config| config.listen.header_timeout = Duration::from_millis(300)).await;
    for beginning in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost: one.example\r\n"] {
        let mut stream = TcpStream::connect(site.node.address()).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let closed = timeout(SOON, read_to_end(&mut stream)).await;
        assert!(closed.is_ok(), "{beginning:?} holds its connection");
    }
    site.node.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_or_drips_is_broken_off() {
    let site = start(|config| config.listen.body_timeout = Duration::from_millis(300)).await;
    let head = "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: one.example\r\n\
                Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    for drips in [false, true] {
        let mut stream = TcpStream::connect(site.node.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut from_server, mut to_server) = stream.into_split();
        let drip = async {
            let mut pause = tokio::time::interval(Duration::from_millis(50));
            while drips && to_server.write_all(b" ").await.is_ok() {
                pause.tick().await;
            }
            std::future::pending::<()>().await;
        };
        let mut answer = Vec::new();
        let read = timeout(SOON, from_server.read_to_end(&mut answer));
        tokio::select! {
            read = read => drop(read.expect("the connection ends")),
            () = drip => {}
        }
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(status(&answer), "400", "drips: {drips}: {answer}");
    }
    site.node.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let site = start(|config| config.listen.max_header_bytes = 8 << 10).await;
    let answer = get(site.node.address(), "one.example", &format!("/{}", "a".repeat(9000))).await;
    assert!(["414", "431"].contains(&status(&answer)), "{answer}");
    assert_eq!(status(&get(site.node.address(), "one.example", PATH).await), "200");
    site.node.stop().await;
}

#[tokio::test]
async fn a_full_house_lets_the_next_one_wait() {
    let site = start(|config| config.listen.max_connections = 2).await;
    let address = site.node.address();
    let one = TcpStream::connect(address).await.unwrap();
    let two = TcpStream::connect(address).await.unwrap();
    let mut third = Box::pin(get(address, "one.example", PATH));
    assert!(timeout(Duration::from_millis(300), &mut third).await.is_err(), "it was not full");
    drop((one, two));
    assert_eq!(status(&timeout(SOON, third).await.unwrap()), "200");
    site.node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_sockets_leave_room_for_work() {
    let site = start(|config| config.listen.max_connections = 19_000).await;
    let address = site.node.address();
    // Each socket takes two of this process's files: the client's end and the server's.
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    let fitting = limit.current.map_or(10_000, |most| (most.saturating_sub(1000) / 2).min(10_000));
    let mut sockets = Vec::new();
    for _ in 0..fitting {
        sockets.push(TcpStream::connect(address).await.unwrap());
    }
    let begin = Instant::now();
    assert_eq!(status(&get(address, "one.example", PATH).await), "200");
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    drop(sockets);
    site.node.stop().await;
}

#[tokio::test]
async fn garbage_closes_its_own_connection_only() {
    let site = start(|_| {}).await;
    for garbage in
        ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n\u{1}"]
    {
        let mut stream = TcpStream::connect(site.node.address()).await.unwrap();
        stream.write_all(garbage.as_bytes()).await.unwrap();
        let answer = timeout(SOON, read_to_end(&mut stream)).await.expect("it closes");
        assert!(answer.is_empty() || status(&answer) == "400", "{garbage:?}: {answer}");
    }
    let no_host = "GET /_matrix/client/versions HTTP/1.1\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(site.node.address()).await.unwrap();
    stream.write_all(no_host.as_bytes()).await.unwrap();
    assert_eq!(status(&read_to_end(&mut stream).await), "404");
    assert_eq!(status(&get(site.node.address(), "one.example", PATH).await), "200");
    site.node.stop().await;
}
