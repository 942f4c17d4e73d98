//! Nothing readable at rest: names and texts are in no file of the data folder and in no file of
//! the PostgreSQL cluster.

use std::path::{Path, PathBuf};

use kontor_testkit::{Method, Setup, TestServer, json};

/// Words that appear nowhere else.
const MARKERS: [&str; 8] = [
    "Quittenkompott",
    "Zwetschgenmus",
    "Rhabarberkuchen",
    "Mirabellenbrand",
    "Holunderbluete",
    "Sanddornsaft",
    "Hagebuttentee",
    "Schlehenlikoer",
];

async fn leave_marks(server: &TestServer) {
    let [message, room_name, person, device, media, account_data, topic, file_name] = MARKERS;
    let alice = server.register("alice").await;
    let path = format!("/_matrix/client/v3/profile/{}/displayname", alice.user_id);
    alice.put(&path, json!({ "displayname": person })).await.ok();
    let path = format!("/_matrix/client/v3/devices/{}", alice.device_id);
    alice.put(&path, json!({ "display_name": device })).await.ok();
    let room = alice.create_room(json!({ "name": room_name, "topic": topic })).await;
    alice.send(&room, message).await;
    let path = format!("/_matrix/client/v3/user/{}/account_data/org.example.note", alice.user_id);
    alice.put(&path, json!({ "text": account_data })).await.ok();
    let path = format!("/_matrix/media/v3/upload?filename={file_name}.txt");
    let body = media.repeat(1000).into_bytes();
    alice.send_bytes(Method::POST, &path, body).await.ok();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn assert_unreadable(folder: &Path) {
    let files = files(folder);
    assert!(files.len() >= 3, "{} holds {files:?}", folder.display());
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for marker in MARKERS {
            let found = bytes.windows(marker.len()).any(|window| window == marker.as_bytes());
            assert!(!found, "{marker} is readable in {}", path.display());
        }
    }
}

#[tokio::test]
async fn no_file_of_the_data_folder_shows_names_or_texts() {
    let mut server = TestServer::start().await;
    leave_marks(&server).await;
    // While it runs: the write-ahead log counts too.
    assert_unreadable(server.data());
    server.stop().await;
    assert_unreadable(server.data());
}

#[tokio::test]
async fn no_column_on_postgres_shows_names_or_texts() {
    let server = TestServer::with(Setup { postgres: true, ..Setup::default() }).await;
    leave_marks(&server).await;
    assert_unreadable(server.data());
    let dump = server.postgres_dump();
    assert!(dump.contains("m.room.message"), "the dump shows the tables");
    for marker in MARKERS {
        assert!(!dump.contains(marker), "{marker} is readable in the database");
        let halves = marker.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex: String = halves.filter_map(|half| char::from_digit(half.into(), 16)).collect();
        assert!(!dump.contains(&hex), "{marker} is readable in the database as bytes");
    }
}
