//! Snapshots, lists and mistaken statements.

use kontor_core::{Kind, TenantId};
use kontor_db::{Param, Sql};
use kontor_testdb::{cx, cx_of, for_each_backend};

use crate::note::{self, MIGRATIONS};

static AMONG: Sql = Sql::new(
    "note.among",
    "SELECT nid FROM note WHERE tenant_id = $1 AND nid >= $2 AND nid IN {in} ORDER BY nid",
);
static DONE: Sql =
    Sql::new("note.done", "UPDATE note SET done = TRUE WHERE tenant_id = $1 AND nid IN {in}");
static DONE_ONES: Sql =
    Sql::new("note.done_ones", "SELECT nid, done FROM note WHERE tenant_id = $1 AND done = TRUE");

#[test]
fn read_sees_one_snapshot() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let cx = cx();
        db.write(&cx, |tx| note::insert(tx, 1)).await.unwrap();
        let (looked, wait_looked) = tokio::sync::oneshot::channel();
        let (written, wait_written) = std::sync::mpsc::channel();
        let reading = db.read(&cx, move |tx| {
            let before = note::list(tx)?;
            looked.send(()).unwrap();
            wait_written.recv().unwrap();
            Ok((before, note::list(tx)?))
        });
        let writing = async {
            wait_looked.await.unwrap();
            db.write(&cx, |tx| note::insert(tx, 2)).await.unwrap();
            written.send(()).unwrap();
        };
        let (seen, ()) = tokio::join!(reading, writing);
        assert_eq!(seen.unwrap(), (vec![1], vec![1]));
        assert_eq!(note::all(&db).await, [1, 2]);
    });
}

#[test]
fn lists_of_any_length_are_found() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        db.write(&cx(), |tx| (1..=1500).try_for_each(|n| note::insert(tx, n).map(drop)))
            .await
            .unwrap();
        for length in [0_i64, 1, 3, 512, 513, 1200] {
            let found = db
                .read(&cx(), move |tx| {
                    let list: Vec<Param<'_>> = (1..=length).map(Into::into).collect();
                    tx.query_in(&AMONG, &[2_i64.into()], &list, |row| row.int(0))
                })
                .await
                .unwrap();
            assert_eq!(found, (2..=length).collect::<Vec<_>>());
        }
        let touched =
            db.write(&cx(), |tx| tx.execute_in(&DONE, &[], &[3_i64.into(), 4.into()])).await;
        assert_eq!(touched.unwrap(), 2);
        let done = db
            .read(&cx(), |tx| tx.query(&DONE_ONES, &[], |row| Ok((row.int(0)?, row.bool(1)?))))
            .await
            .unwrap();
        assert_eq!(done, [(3, true), (4, true)]);
    });
}

#[test]
fn read_cannot_write() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        assert!(db.read(&cx(), |tx| note::insert(tx, 1)).await.is_err());
        assert_eq!(note::all(&db).await, [0_i64; 0]);
    });
}

#[test]
fn panic_in_a_read_is_an_internal_error() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let wild =
            db.read(&cx(), |_| -> Result<(), kontor_core::Error> { panic!("on purpose") }).await;
        assert_eq!(wild.unwrap_err().kind, Kind::Internal);
        for _ in 0..10 {
            assert_eq!(note::all(&db).await, [0_i64; 0]);
        }
    });
}

#[test]
fn context_of_another_tenant_is_refused() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let other = cx_of(TenantId(2));
        assert_eq!(db.read(&other, note::list).await.unwrap_err().kind, Kind::Internal);
        assert_eq!(
            db.write(&other, |tx| note::insert(tx, 1)).await.unwrap_err().kind,
            Kind::Internal
        );
    });
}

#[test]
fn wrong_number_of_parameters_is_an_internal_error() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let error =
            db.read(&cx(), |tx| tx.query(&DONE_ONES, &[1_i64.into()], |row| row.int(0))).await;
        assert!(error.unwrap_err().to_string().contains("1 parameters"));
    });
}
