//! Whoever changes the store itself is found out by the next export.

use kontor_audit::{Action, Event, Wrong};
use kontor_db::{Param, Sql};
use kontor_testdb::{Backend, cx, for_each_backend};

use crate::office::Office;

static RENAME: Sql =
    Sql::new("test.rename", "UPDATE audit_entry SET actor = $3 WHERE tenant_id = $1 AND seq = $2");
static RECLASS: Sql = Sql::new(
    "test.reclass",
    "UPDATE audit_entry SET class = 'Z' WHERE tenant_id = $1 AND seq = $2",
);
static REMOVE: Sql =
    Sql::new("test.remove", "DELETE FROM audit_entry WHERE tenant_id = $1 AND seq = $2");
static CUT: Sql = Sql::new("test.cut", "DELETE FROM audit_entry WHERE tenant_id = $1 AND seq > $2");

/// A log of seven entries that somebody with the keys of the store then changes.
async fn changed(
    backend: &Backend,
    sql: &'static Sql,
    params: Vec<Param<'static>>,
) -> Vec<(Wrong, Option<i64>)> {
    let office = Office::open(backend).await;
    for _ in 0..6 {
        office.audit.record(&office.cx(), Event::new(Action::AdminLogin)).await.unwrap();
    }
    office.audit.close(&office.cx()).await;
    let keys = kontor_audit::AuditKeys::derive(&kontor_core::Secret::new([3; 32])).unwrap();
    let place = backend.settings().beside("audit");
    let tenant = kontor_core::TenantId(1);
    let migrations = kontor_store::AUDIT_MIGRATIONS;
    let db = kontor_db::Db::open(place, tenant, keys.database().clone(), migrations).await.unwrap();
    let touched = db.write(&cx(), move |tx| tx.execute(sql, &params)).await.unwrap();
    assert!(touched > 0);
    db.close().await;
    let office = Office::open(backend).await;
    office.verified().await.findings.into_iter().map(|f| (f.wrong, f.seq)).collect()
}

#[test]
fn a_changed_row_is_named() {
    for_each_backend(async |backend| {
        let params = vec![4.into(), "admin:@innocent:a.example".into()];
        assert_eq!(changed(&backend, &RENAME, params).await, [(Wrong::Changed, Some(4))]);
    });
}

#[test]
fn an_unreadable_row_is_named() {
    for_each_backend(async |backend| {
        let found = changed(&backend, &RECLASS, vec![5.into()]).await;
        assert_eq!(found, [(Wrong::Changed, Some(5))]);
    });
}

#[test]
fn a_removed_row_is_named() {
    for_each_backend(async |backend| {
        let found = changed(&backend, &REMOVE, vec![3.into()]).await;
        assert_eq!(found, [(Wrong::Missing, Some(3))]);
    });
}

#[test]
fn rows_removed_at_the_end_are_missed_by_the_last_checkpoint() {
    for_each_backend(async |backend| {
        let found = changed(&backend, &CUT, vec![4.into()]).await;
        assert_eq!(found, [(Wrong::Missing, Some(7))]);
    });
}
