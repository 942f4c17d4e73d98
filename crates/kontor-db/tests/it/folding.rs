//! The write-ahead log is folded in beside the writer and started anew, and is gone in the end.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use kontor_db::{Db, Settings, Tx};
use kontor_testdb::{cx, keys};

use crate::note::{self, MIGRATIONS};

/// Notes of about two pages each: more pages than the log is to hold.
const MANY: i64 = 3_000;

/// Numbers in the log's header that change when it is started anew.
fn generation(log: &Path) -> [u8; 12] {
    let mut header = [0; 24];
    File::open(log).unwrap().read_exact(&mut header).unwrap();
    header[12..].try_into().unwrap()
}

async fn open(path: &Path) -> Db {
    let place = Settings::Sqlite { path: path.to_owned() };
    Db::open(place, cx().tenant, keys(), &MIGRATIONS).await.unwrap()
}

fn title(nid: i64) -> String {
    format!("{nid} {}", "x".repeat(3_000))
}

/// Writes more than the log is to hold, from `first` on.
async fn write_many(db: &Db, first: i64) {
    let fill = move |tx: &mut Tx<'_>| {
        (first..first + MANY)
            .try_for_each(|nid| note::insert_titled(tx, nid, &title(nid)).map(drop))
    };
    db.write(&cx(), fill).await.unwrap();
}

#[tokio::test]
async fn the_log_is_started_anew_while_people_write() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("notes.db"), folder.path().join("notes.db-wal"));
    let db = open(&path).await;
    let mut next = 1;
    for _ in 0..3 {
        let before = generation(&log);
        write_many(&db, next).await;
        next += MANY;
        // Whatever the time that takes: nobody who writes waits for it.
        while generation(&log) == before {
            let nid = next;
            db.write(&cx(), move |tx| note::insert(tx, nid)).await.unwrap();
            next += 1;
        }
    }
    let (whole, part) = (fs::metadata(&path).unwrap().len(), fs::metadata(&log).unwrap().len());
    assert!(part * 2 < whole, "{part} bytes of log beside {whole}");
    db.close().await;
}

#[tokio::test]
async fn closing_in_the_middle_leaves_a_whole_file_and_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("notes.db"), folder.path().join("notes.db-wal"));
    let db = open(&path).await;
    write_many(&db, 1).await;
    drop(db);
    assert!(!log.exists(), "{} is left behind", log.display());
    let db = open(&path).await;
    assert_eq!(note::all(&db).await.len(), usize::try_from(MANY).unwrap());
    db.close().await;
}
