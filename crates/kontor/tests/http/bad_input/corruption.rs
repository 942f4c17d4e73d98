//! Pages of the database that were changed on the disk.

use std::fs;
use std::path::{Path, PathBuf};

use crate::server::{Server, failed_start};

const PAGE_BYTES: usize = 4096;

/// The tenant's file of that name.
fn database(folder: &Path, name: &str) -> PathBuf {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|found| found == name) {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Changes one byte in the middle of each page in `pages`.
fn damage(file: &Path, pages: impl Iterator<Item = usize>) {
    let mut bytes = fs::read(file).unwrap();
    for page in pages {
        if let Some(byte) = bytes.get_mut(page * PAGE_BYTES + PAGE_BYTES / 2) {
            *byte ^= 0x55;
        }
    }
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_first_page_is_refused_at_start_with_the_file_named() {
    let mut server = Server::start().await;
    let alice = server.person("alice").await;
    alice.room().await;
    assert!(server.stop().success());
    for name in ["kontor.db", "audit.db"] {
        let file = database(server.folder(), name);
        let before = fs::read(&file).unwrap();
        damage(&file, 0..1);
        let damaged = fs::read(&file).unwrap();
        for _ in 0..2 {
            let (status, said) = failed_start(server.folder());
            assert!(!status.success());
            assert!(said.contains(name) || said.contains(crate::server::NAME), "{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        assert!(fs::read(&file).unwrap() == damaged, "a damaged database must not be written to");
        fs::write(&file, before).unwrap();
    }
    server.restart().await;
    alice.get("/account/whoami").await.ok();
}

#[tokio::test]
async fn damaged_pages_inside_are_errors_and_no_crash() {
    let mut server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    for number in 0..300 {
        alice.say(&room, &format!("{number} {}", "x".repeat(3_000))).await;
    }
    assert!(server.stop().success());
    let file = database(server.folder(), "kontor.db");
    let pages = fs::read(&file).unwrap().len() / PAGE_BYTES;
    // The first pages hold the schema and the small tables; the many behind are messages. Where pages can
    // be given back, those of the schema lie behind the first page of every table.
    damage(&file, (pages / 2..pages - pages / 8).step_by(3));
    server.restart().await;
    let mut refused = 0;
    for from in 0..3 {
        let path = format!("/rooms/{}/messages?dir=b&limit=500", crate::person::escaped(&room));
        let answer = alice.get(&path).await;
        assert!([200, 500, 503].contains(&answer.status), "{from}: {}", answer.json);
        if answer.status != 200 {
            assert_eq!(answer.errcode(), "M_UNKNOWN");
            refused += 1;
        }
    }
    assert_eq!(refused, 3, "damage must be noticed");
    assert!(server.is_running(), "{}", server.log());
    alice.get("/account/whoami").await.ok();
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
