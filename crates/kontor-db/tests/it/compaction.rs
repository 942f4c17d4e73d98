//! What is deleted gives its pages back: the file shrinks, and the write-ahead log is empty.

use std::fs;

use kontor_db::{Db, Settings, Tx};
use kontor_testdb::{Backend, cx, keys};

use crate::note::{self, MIGRATIONS};

const NOTES: i64 = 20_000;

#[tokio::test]
async fn the_file_shrinks_when_notes_are_deleted_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.db");
    let place = Settings::Sqlite { path: path.clone() };
    let db = Db::open(place, cx().tenant, keys(), &MIGRATIONS).await.unwrap();
    let fill = |tx: &mut Tx<'_>| (1..=NOTES).try_for_each(|nid| note::insert(tx, nid).map(drop));
    db.write(&cx(), fill).await.unwrap();
    assert_eq!(db.compact(16).await.unwrap(), 0, "nothing is free yet");
    let full = fs::metadata(&path).unwrap().len();
    db.write(&cx(), |tx| note::delete_behind(tx, 100)).await.unwrap();
    let mut left = db.compact(16).await.unwrap();
    assert!(left > 0, "a step gives back so many pages and no more");
    while left > 0 {
        // Somebody writes in between.
        let nid = NOTES + i64::try_from(left).unwrap();
        db.write(&cx(), move |tx| note::insert(tx, nid)).await.unwrap();
        db.write(&cx(), move |tx| note::delete_behind(tx, 100)).await.unwrap();
        let now = db.compact(64).await.unwrap();
        assert!(now < left, "{now} after {left}");
        left = now;
    }
    let small = fs::metadata(&path).unwrap().len();
    assert!(small * 4 < full, "{small} of {full} bytes");
    let log = fs::metadata(path.with_extension("db-wal")).map_or(0, |found| found.len());
    assert_eq!(log, 0, "the write-ahead log is folded in");
    assert_eq!(note::all(&db).await.len(), 100);
    db.close().await;
}

#[tokio::test]
async fn on_postgresql_there_is_nothing_to_do() {
    let backend = Backend::postgres();
    let db = backend.open(&MIGRATIONS).await;
    assert_eq!(db.compact(16).await.unwrap(), 0);
    db.close().await;
    assert!(db.compact(16).await.is_err(), "closed");
}
