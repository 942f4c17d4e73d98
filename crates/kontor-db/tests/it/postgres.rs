//! What only PostgreSQL needs: sealing, row-level security, one writer among several processes.

use kontor_core::{Kind, Secret, TenantId};
use kontor_db::{DatabaseKeys, Db, Settings};
use kontor_testdb::{Database, cx, cx_of, keys};

use crate::note::{self, MIGRATIONS};

async fn open(database: &Database, tenant: i64) -> Db {
    Db::open(database.settings(), TenantId(tenant), keys(), &MIGRATIONS).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_values_are_unreadable_in_the_database() {
    let database = Database::create();
    let db = open(&database, 1).await;
    db.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
    assert_eq!(database.psql("SELECT COUNT(*) FROM note"), "1");
    assert_eq!(
        database.psql("SELECT COUNT(*) FROM note WHERE position('body'::bytea IN body) > 0"),
        "0"
    );
    assert_eq!(db.read(&cx(), |tx| note::body(tx, 1)).await.unwrap(), Some("body 1".to_owned()));
    db.close().await;
    let wrong = DatabaseKeys { seal_key: Secret::new([0x44; 32]), ..keys() };
    let db = Db::open(database.settings(), TenantId(1), wrong, &MIGRATIONS).await.unwrap();
    assert_eq!(db.read(&cx(), |tx| note::body(tx, 1)).await.unwrap_err().kind, Kind::Internal);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_keeps_tenants_apart() {
    let database = Database::create();
    let one = open(&database, 1).await;
    let two = open(&database, 2).await;
    one.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
    two.write(&cx_of(TenantId(2)), |tx| note::insert(tx, 2)).await.unwrap();
    let role = database.role_url();
    let as_tenant = |tenant: &str, sql: &str| {
        Database::psql_at(&role, &[&format!("SET kontor.tenant = '{tenant}'"), sql])
    };
    assert_eq!(as_tenant("1", "SELECT nid FROM note").unwrap(), "1");
    assert_eq!(as_tenant("2", "SELECT nid FROM note").unwrap(), "2");
    assert_eq!(as_tenant("2", "SELECT tenant_id FROM stream_head").unwrap(), "2");
    assert_eq!(as_tenant("2", "DELETE FROM note WHERE tenant_id = 1 RETURNING nid").unwrap(), "");
    let foreign = "INSERT INTO note (tenant_id, nid, title, done) VALUES (1, 9, 't', FALSE)";
    assert!(as_tenant("2", foreign).unwrap_err().contains("row-level security"));
    assert!(Database::psql_at(&role, &["SELECT nid FROM note"]).is_err(), "no tenant, no rows");
    assert_eq!(database.psql("SELECT COUNT(*) FROM note"), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn writer_that_was_taken_over_is_fenced_off() {
    let database = Database::create();
    let old = open(&database, 1).await;
    old.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
    let new = open(&database, 1).await;
    for _ in 0..2 {
        let error = old.write(&cx(), |tx| note::insert(tx, 2)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert_eq!(error.public, "Another Kontor process writes to this database now.");
    }
    new.write(&cx(), |tx| note::insert(tx, 3)).await.unwrap();
    assert_eq!(note::all(&old).await, [1, 3], "reading goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_are_opened_again() {
    let database = Database::create();
    let db = open(&database, 1).await;
    db.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
    assert_eq!(note::all(&db).await, [1]);
    database.psql(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
          WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    db.write(&cx(), |tx| note::insert(tx, 2)).await.unwrap();
    assert_eq!(note::all(&db).await, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_lost_inside_a_batch_fails_it_and_no_other() {
    let database = Database::create();
    let db = open(&database, 1).await;
    let (held, release) = note::hold(&db).await;
    let first = db.enqueue(|tx| note::insert(tx, 1));
    let database = std::sync::Arc::new(database);
    let killer = std::sync::Arc::clone(&database);
    let cut = db.enqueue(move |tx| {
        killer.psql(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        note::insert(tx, 2)
    });
    let later = db.enqueue(|tx| note::insert(tx, 3));
    drop(release);
    held.await.unwrap();
    assert_eq!(first.await.unwrap_err().kind, Kind::Unavailable);
    assert_eq!(cut.await.unwrap_err().kind, Kind::Unavailable);
    later.await.unwrap();
    assert_eq!(note::all(&db).await, [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_encodings_are_refused() {
    let database = Database::with_options("LOCALE 'C' ENCODING 'SQL_ASCII'");
    let settings = database.settings();
    let error = Db::open(settings, TenantId(1), keys(), &MIGRATIONS).await.err().unwrap();
    assert!(error.public.contains("CREATE DATABASE kontor"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn absent_server_and_unreadable_url_are_reported_without_password() {
    for (url, text) in [
        ("postgres://u:geheim@127.0.0.1:1/x", "The database server does not answer."),
        ("nonsense geheim", "The database URL cannot be read."),
    ] {
        let settings = Settings::Postgres { url: Secret::new(url.to_owned()), beside: None };
        assert!(!format!("{settings:?}").contains("geheim"));
        let error = Db::open(settings, TenantId(1), keys(), &MIGRATIONS).await.err().unwrap();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(error.public.starts_with(text), "{error}");
        assert!(!error.to_string().contains("geheim"));
    }
}
