//! A node on a folder of its own, and raw HTTP to talk to it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use kontor_config::{Config, Sources};
use kontor_core::{Clock, Random, Timestamp};
use kontor_node::Node;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A node on a folder of its own.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) node: Node,
    pub(crate) clock: Clock,
}

/// The configuration of a lab in `folder`, with the tenant `name`.
pub(crate) fn config(folder: &Path, name: &str) -> Config {
    let flags = BTreeMap::from([
        ("data", folder.to_str().unwrap().to_owned()),
        ("preset", "lab".to_owned()),
        ("server-name", name.to_owned()),
        ("listen", "127.0.0.1:0".to_owned()),
    ]);
    Config::load(Sources { file: None, flags }).unwrap()
}

/// A running lab whose configuration was changed by `change`.
pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Site {
    let folder = TempDir::new().unwrap();
    let mut config = config(folder.path(), "one.example");
    change(&mut config);
    let clock = Clock::manual(Timestamp(1_800_000_000_000));
    let node = Node::start(config, clock.clone(), Random::default()).await.unwrap();
    Site { folder, node, clock }
}

/// Sends one request and reads its answer, head and body, until the server closes.
pub(crate) async fn get(address: SocketAddr, host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    read_to_end(&mut stream).await
}

/// What the server sends until it closes; a reset counts as closing.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status code of an answer.
pub(crate) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}
