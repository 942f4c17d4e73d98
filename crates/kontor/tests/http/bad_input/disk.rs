//! A disk that is full, and one that can only be read.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::person::{Person, escaped, transaction};
use crate::server::{Options, Server, failed_start};

/// A small file system in memory, mounted on a folder of its own. Needs root, as CI has.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub(crate) fn mount(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size},mode=0700");
        let path = folder.path().to_str().unwrap();
        run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", path]);
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn remount(&self, how: &str) {
        run("mount", &["-o", &format!("remount,{how}"), self.path().to_str().unwrap()]);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may be dropped after the disk.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} (as root): {said}");
}

/// Sends messages until one is refused; answers how many were acknowledged.
async fn fill(person: &Person, room: &str) -> usize {
    for number in 0..2_000 {
        let content =
            json!({ "msgtype": "m.text", "body": format!("{number} {}", "x".repeat(50_000)) });
        let answer = person.send(room, &transaction(), &content).await;
        if answer.status != 200 {
            answer.assert_error(503, "M_UNKNOWN", "disk full");
            return number;
        }
    }
    panic!("the disk never got full");
}

#[tokio::test]
async fn a_full_disk_refuses_writes_serves_reads_and_recovers() {
    let disk = SmallDisk::mount("64m");
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![7; 36 << 20]).unwrap();
    let mut server = Server::start_in(disk.path(), Options::default()).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;

    let acknowledged = fill(&alice, &room).await;
    assert!(acknowledged > 10, "{acknowledged}");
    assert!(server.is_running());
    assert_eq!(alice.texts(&room).await.len(), acknowledged, "{}", server.log());
    let upload = alice.request("POST", "/_matrix/media/v3/upload").body(vec![1; 3 << 20]);
    let answer = upload.send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(crate::media::blob_files(disk.path()), 0);
    let account_data = format!("/user/{}/account_data/org.example.x", escaped(&alice.user_id));
    let large = json!({ "a": "x".repeat(30_000) });
    let refused = alice.call("PUT", &account_data, &large).await;
    assert!([200, 503].contains(&refused.status), "{}", refused.json);

    fs::remove_file(&ballast).unwrap();
    alice.say(&room, "there is room again").await;
    assert_eq!(alice.texts(&room).await.len(), acknowledged + 1);
    server.kill();
    server.restart().await;
    assert_eq!(alice.texts(&room).await.len(), acknowledged + 1);
    drop(server);
}

#[tokio::test]
async fn killed_on_a_full_disk_it_loses_nothing() {
    let disk = SmallDisk::mount("64m");
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![7; 36 << 20]).unwrap();
    let mut server = Server::start_in(disk.path(), Options::default()).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let acknowledged = fill(&alice, &room).await;
    server.kill();
    fs::remove_file(&ballast).unwrap();
    server.restart().await;
    assert_eq!(alice.texts(&room).await.len(), acknowledged);
    alice.say(&room, "goes on").await;
    drop(server);
}

#[tokio::test]
async fn a_read_only_data_folder_is_refused_at_start_and_stays_as_it_was() {
    let disk = SmallDisk::mount("64m");
    let mut server = Server::start_in(disk.path(), Options::default()).await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    alice.say(&room, "before").await;
    server.stop();
    disk.remount("ro");
    let (status, said) = failed_start(disk.path());
    assert!(!status.success());
    assert!(said.to_lowercase().contains("read-only"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    disk.remount("rw");
    server.restart().await;
    assert_eq!(alice.texts(&room).await, ["before"]);
    alice.say(&room, "after").await;
    drop(server);
}

#[test]
fn a_data_folder_that_is_a_file_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("occupied");
    fs::write(&file, "no folder").unwrap();
    let (status, said) = failed_start(&file);
    assert!(!status.success());
    assert!(said.contains("occupied"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}
