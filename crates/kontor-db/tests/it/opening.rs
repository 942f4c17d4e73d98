//! Opening again: keys, schema versions, positions, permissions.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use kontor_core::{Kind, Secret, StreamPos, TenantId};
use kontor_db::{DatabaseKeys, Db, Migration, Settings};
use kontor_testdb::{Backend, cx, for_each_backend, keys};

use crate::note::{self, MIGRATIONS};

static NEWER: [Migration; 2] = [
    MIGRATIONS[0],
    Migration {
        number: 2,
        name: "tag",
        sql: "CREATE TABLE tag (tenant_id BIGINT NOT NULL, x TEXT NOT NULL, PRIMARY KEY (tenant_id, x))",
    },
];
static CHANGED: [Migration; 1] =
    [Migration { number: 1, name: "note", sql: "CREATE TABLE note (tenant_id BIGINT NOT NULL)" }];
static BROKEN: [Migration; 2] = [
    MIGRATIONS[0],
    Migration {
        number: 2,
        name: "broken",
        sql: "CREATE TABLE a (x TEXT PRIMARY KEY); CREATE TABLE a (x TEXT PRIMARY KEY)",
    },
];

async fn try_open(backend: &Backend, migrations: &'static [Migration]) -> kontor_core::Result<Db> {
    Db::open(backend.settings(), TenantId(1), keys(), migrations).await
}

#[test]
fn positions_go_on_after_reopening() {
    for_each_backend(async |backend| {
        let mut last = StreamPos::ZERO;
        for _ in 0..3 {
            let db = backend.open(&MIGRATIONS).await;
            assert!(db.committed() >= last);
            let pos = db.write(&cx(), move |tx| Ok(tx.next_pos())).await.unwrap();
            assert!(pos > last, "{pos:?} comes after {last:?}");
            assert_eq!(db.committed(), pos);
            last = pos;
            db.close().await;
        }
    });
}

#[tokio::test]
async fn what_another_process_writes_never_lies_before_what_is_visible() {
    let backend = Backend::sqlite();
    let server = backend.open(&MIGRATIONS).await;
    let command_line = backend.open(&MIGRATIONS).await;
    for _ in 0..3 {
        let foreign = command_line.write(&cx(), |tx| Ok(tx.next_pos())).await.unwrap();
        // Sees that the other has taken positions, but takes none itself.
        server.write(&cx(), |_| Ok(())).await.unwrap();
        assert!(server.committed() < foreign);
        let later = command_line.write(&cx(), |tx| Ok(tx.next_pos())).await.unwrap();
        assert!(later > server.committed());
        let own = server.write(&cx(), |tx| Ok(tx.next_pos())).await.unwrap();
        assert!(own > later);
        assert_eq!(server.committed(), own);
    }
}

#[tokio::test]
async fn positions_go_on_beyond_a_block() {
    let backend = Backend::sqlite();
    let db = backend.open(&MIGRATIONS).await;
    let crossed = async |count: usize| {
        db.write(&cx(), move |tx| Ok((0..count).map(|_| tx.next_pos()).last())).await.unwrap()
    };
    assert_eq!(crossed(5000).await, Some(StreamPos(5000)));
    assert_eq!(crossed(5000).await, Some(StreamPos(10_000)));
    let reopened = backend.open(&MIGRATIONS).await;
    assert!(reopened.committed() >= StreamPos(10_000));
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_writes_and_closes() {
    let backend = Backend::sqlite();
    let log = backend.folder().unwrap().join("tenant.db-wal");
    let db = backend.open(&MIGRATIONS).await;
    let second = db.clone();
    let pending = db.enqueue(|tx| Ok(tx.next_pos()));
    drop(db);
    assert!(log.exists(), "the file {} is open", log.display());
    drop(second);
    assert!(!log.exists(), "{} is left behind", log.display());
    assert_eq!(pending.await.unwrap(), StreamPos(1));
}

#[tokio::test]
async fn two_processes_on_one_file_share_the_positions() {
    let backend = Backend::sqlite();
    let server = backend.open(&MIGRATIONS).await;
    let command_line = backend.open(&MIGRATIONS).await;
    let mut last = StreamPos::ZERO;
    for _ in 0..3 {
        for db in [&server, &command_line] {
            for _ in 0..3 {
                let pos = db.write(&cx(), |tx| Ok(tx.next_pos())).await.unwrap();
                assert!(pos > last, "{pos:?} comes after {last:?}");
                last = pos;
            }
        }
    }
}

#[test]
fn newer_schema_is_refused() {
    for_each_backend(async |backend| {
        backend.open(&NEWER).await.close().await;
        let error = try_open(&backend, &MIGRATIONS).await.err().unwrap();
        assert_eq!(error.kind, Kind::Unavailable);
        assert_eq!(
            error.public,
            "This data was written by a newer Kontor (schema 2); this binary knows 1. Start the \
             newer version."
        );
    });
}

#[test]
fn changed_migration_is_refused() {
    for_each_backend(async |backend| {
        backend.open(&MIGRATIONS).await.close().await;
        assert!(try_open(&backend, &CHANGED).await.err().unwrap().public.contains("migration 1"));
    });
}

#[test]
fn broken_migration_leaves_the_old_schema() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        db.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
        db.close().await;
        assert!(try_open(&backend, &BROKEN).await.is_err());
        let db = backend.open(&MIGRATIONS).await;
        assert_eq!(note::all(&db).await, [1]);
    });
}

#[test]
fn several_processes_may_open_at_once() {
    for_each_backend(async |backend| {
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..4 {
            opening.spawn(Db::open(backend.settings(), TenantId(1), keys(), &NEWER));
        }
        while let Some(db) = opening.join_next().await {
            db.unwrap().unwrap();
        }
    });
}

#[tokio::test]
async fn wrong_key_is_refused_and_changes_nothing() {
    let backend = Backend::sqlite();
    backend.open(&MIGRATIONS).await.close().await;
    let wrong = DatabaseKeys { cipher_key: Secret::new([0x33; 32]), ..keys() };
    let error = Db::open(backend.settings(), TenantId(1), wrong, &MIGRATIONS).await.err().unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.public.contains("The key does not open"), "{error}");
    assert_eq!(note::all(&backend.open(&MIGRATIONS).await).await, [0_i64; 0]);
}

#[tokio::test]
async fn database_file_is_private_and_unreadable() {
    let backend = Backend::sqlite();
    let db = backend.open(&MIGRATIONS).await;
    db.write(&cx(), |tx| note::insert_titled(tx, 1, "Vertraulich 4711")).await.unwrap();
    let folder = backend.folder().unwrap();
    for closed in [false, true] {
        if closed {
            db.close().await;
        }
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let bytes = fs::read(file.path()).unwrap();
            assert!(!bytes.windows(11).any(|w| w == b"Vertraulich"), "{:?}", file.path());
            assert!(!bytes.starts_with(b"SQLite format"));
        }
    }
}

#[tokio::test]
async fn damaged_file_is_reported_not_served() {
    let backend = Backend::sqlite();
    let db = backend.open(&MIGRATIONS).await;
    db.write(&cx(), |tx| (1..=500).try_for_each(|n| note::insert(tx, n).map(drop))).await.unwrap();
    db.close().await;
    let path = backend.folder().unwrap().join("tenant.db");
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    // Everything behind the first pages, so that no table escapes.
    for byte in &mut bytes[8 * 4096..length] {
        *byte ^= 0x55;
    }
    fs::write(&path, bytes).unwrap();
    let outcome = match try_open(&backend, &MIGRATIONS).await {
        Ok(db) => db.read(&cx(), note::list).await.map(drop),
        Err(error) => Err(error),
    };
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
    assert!(error.public.contains("damaged"), "{error}");
}

#[tokio::test]
async fn missing_folder_is_reported() {
    let backend = Backend::sqlite();
    let folder = backend.folder().unwrap().join("missing");
    let settings = Settings::Sqlite { path: folder.join("tenant.db") };
    let error = Db::open(settings, TenantId(1), keys(), &MIGRATIONS).await.err().unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.public.contains("cannot be created"), "{error}");
}

#[tokio::test]
async fn unwritable_file_is_reported() {
    let backend = Backend::sqlite();
    backend.open(&MIGRATIONS).await.close().await;
    let path = backend.folder().unwrap().join("tenant.db");
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    // Root may write all the same; then there is nothing to report.
    if let Err(error) = try_open(&backend, &NEWER).await {
        assert_eq!(error.kind, Kind::Unavailable);
    }
}
