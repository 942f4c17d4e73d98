//! Starting and stopping.

use std::time::Duration;

use kontor_core::{Clock, Kind, Random};
use kontor_node::Node;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::site::{config, get, read_to_end, start, status};

const PATH: &str = "/_matrix/client/versions";

async fn refusal(config: kontor_config::Config) -> kontor_core::Error {
    Node::start(config, Clock::System, Random::default()).await.unwrap_err()
}

#[tokio::test]
async fn a_folder_serves_one_node_at_a_time() {
    let site = start(|_| {}).await;
    let same = config(site.folder.path(), "one.example");
    let error = refusal(same.clone()).await;
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.public.contains("running"), "{error}");
    site.node.stop().await;
    let again = Node::start(same, Clock::System, Random::default()).await.unwrap();
    assert_eq!(status(&get(again.address(), "one.example", PATH).await), "200");
    again.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let site = start(|_| {}).await;
    let folder = TempDir::new().unwrap();
    let mut second = config(folder.path(), "one.example");
    second.listen.address = site.node.address();
    let error = refusal(second).await;
    assert!(error.public.contains("Another program listens there"), "{error}");
    site.node.stop().await;
}

#[tokio::test]
async fn a_node_without_an_organisation_says_how_to_create_one() {
    let folder = TempDir::new().unwrap();
    let mut nameless = config(folder.path(), "one.example");
    nameless.server.name = None;
    assert!(refusal(nameless).await.public.contains("kontor tenant create"));
}

#[tokio::test]
async fn a_lab_never_leaves_this_machine() {
    let folder = TempDir::new().unwrap();
    let mut open = config(folder.path(), "one.example");
    open.listen.address = "0.0.0.0:0".parse().unwrap();
    assert_eq!(refusal(open).await.kind, Kind::Forbidden);
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_refuses_new_ones() {
    let site = start(|_| {}).await;
    let address = site.node.address();
    let mut idle = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {PATH} HTTP/1.1\r\nHost: one.example\r\n\r\n");
    idle.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(idle.read_u8().await.unwrap(), b'H');
    let begin = Instant::now();
    site.node.stop().await;
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    timeout(Duration::from_secs(5), read_to_end(&mut idle)).await.expect("it was closed");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn stopping_cuts_off_whoever_does_not_finish() {
    let site = start(|config| {
        config.listen.shutdown_timeout = Duration::from_millis(200);
    })
    .await;
    let mut stuck = TcpStream::connect(site.node.address()).await.unwrap();
    let head = "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: one.example\r\n\
                Content-Length: 10\r\n\r\n{";
    stuck.write_all(head.as_bytes()).await.unwrap();
    // The request is under way once another one, sent later, has been answered.
    assert_eq!(status(&get(site.node.address(), "one.example", PATH).await), "200");
    let begin = Instant::now();
    site.node.stop().await;
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
