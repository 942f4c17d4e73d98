//! CPU time of storing and of reading a file of 100 KiB.
//!
//! `cargo run --release -p kontor-blob --example media_cost [FOLDER]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement prints, and may stop anywhere"
)]

use std::path::PathBuf;
use std::{env, fs};

use kontor_blob::BlobStore;
use kontor_core::{Random, Secret};

const ROUNDS: usize = 2000;
const FILE_BYTES: usize = 100 * 1024;
/// Milliseconds per kernel clock tick, the unit of `/proc/self/stat`.
const TICK_MS: u64 = 10;

/// CPU time of this process so far, in milliseconds, user and system.
fn cpu_ms() -> (u64, u64) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    let field = |index: usize| rest.split(' ').nth(index).unwrap().parse::<u64>().unwrap();
    (field(11) * TICK_MS, field(12) * TICK_MS)
}

fn report(what: &str, before: (u64, u64)) {
    let after = cpu_ms();
    let each = |now: u64, then: u64| (now - then) as f64 / ROUNDS as f64;
    let (user, system) = (each(after.0, before.0), each(after.1, before.1));
    println!("{what}: {:.3} ms ({user:.3} user, {system:.3} system)", user + system);
}

#[tokio::main]
async fn main() {
    let temporary = tempfile::TempDir::new().unwrap();
    let folder = env::args_os().nth(1).map_or(temporary.path().to_owned(), PathBuf::from);
    let key = Secret::new([7; 32]);
    let store = BlobStore::open(&folder.join("media"), &key, Random::default()).unwrap();
    let content = vec![7; FILE_BYTES];
    // The first thousands create folders; afterwards these are there.
    for _ in 0..ROUNDS * 2 {
        let id = store.put(&[]).await.unwrap().id;
        store.delete(&id).await.unwrap();
    }
    let before = cpu_ms();
    let mut ids = Vec::new();
    for _ in 0..ROUNDS {
        ids.push(store.put(&content).await.unwrap().id);
    }
    report("store 100 KiB", before);
    let before = cpu_ms();
    for id in &ids {
        assert_eq!(store.read_all(id).await.unwrap().len(), FILE_BYTES);
    }
    report("read 100 KiB", before);
    for id in &ids {
        store.delete(id).await.unwrap();
    }
}
