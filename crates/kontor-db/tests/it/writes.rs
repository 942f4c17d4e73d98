//! The writer: batches, failures, order.

use std::sync::Arc;

use kontor_core::{Error, Kind, MatrixCode, Spread, StreamPos};
use kontor_db::{Param, Sql, Tx};
use kontor_testdb::{cx, for_each_backend};
use parking_lot::Mutex;

use crate::note::{self, MIGRATIONS, hold};

type Journal = Arc<Mutex<Vec<String>>>;

fn noting(journal: &Journal, what: impl Into<String>) -> impl FnOnce() + Send + 'static {
    let (journal, what) = (Arc::clone(journal), what.into());
    move || journal.lock().push(what)
}

#[test]
fn batch_commits_in_the_order_of_enqueueing() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let journal = Journal::default();
        let (held, release) = hold(&db).await;
        let pending: Vec<_> = (1..=20_i64)
            .map(|n| {
                let journal = Arc::clone(&journal);
                db.enqueue(move |tx| {
                    note::insert(tx, n)?;
                    tx.after_commit(noting(&journal, format!("commit {n}")));
                    Ok(tx.next_pos())
                })
            })
            .collect();
        drop(release);
        held.await.unwrap();
        for (pending, n) in pending.into_iter().zip(1..) {
            assert_eq!(pending.await.unwrap(), StreamPos(n));
        }
        assert_eq!(note::all(&db).await, (1..=20).collect::<Vec<_>>());
        assert_eq!(db.committed(), StreamPos(20));
        assert_eq!(*journal.lock(), (1..=20).map(|n| format!("commit {n}")).collect::<Vec<_>>());
    });
}

#[test]
fn failed_closure_is_rolled_back_alone() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let (_held, release) = hold(&db).await;
        let good = db.enqueue(|tx| note::insert(tx, 1));
        let refused = db.enqueue(|tx| -> Result<(), Error> {
            note::insert(tx, 2)?;
            Err(Error::forbidden("no"))
        });
        let clash = db.enqueue(|tx| {
            note::insert(tx, 3)?;
            note::insert(tx, 1)
        });
        let idle = db.enqueue(|_| Err::<(), _>(Error::not_found("nothing done")));
        let last = db.enqueue(|tx| note::insert(tx, 4));
        drop(release);
        good.await.unwrap();
        assert_eq!(refused.await.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(clash.await.unwrap_err().kind, Kind::Conflict);
        assert_eq!(idle.await.unwrap_err().kind, Kind::NotFound);
        last.await.unwrap();
        assert_eq!(note::all(&db).await, [1, 4]);
    });
}

#[test]
fn single_failed_closure_leaves_nothing() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let refused = db
            .write(&cx(), |tx| -> Result<(), Error> {
                note::insert(tx, 1)?;
                tx.next_pos();
                Err(Error::forbidden("no"))
            })
            .await;
        assert_eq!(refused.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(note::all(&db).await, [0_i64; 0]);
        db.write(&cx(), |tx| note::insert(tx, 1)).await.unwrap();
        assert_eq!(note::all(&db).await, [1]);
    });
}

#[test]
fn panic_in_a_closure_is_an_internal_error_and_the_writer_lives_on() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let (_held, release) = hold(&db).await;
        let first = db.enqueue(|tx| note::insert(tx, 1));
        let wild = db.enqueue(|tx| -> Result<(), Error> {
            note::insert(tx, 2)?;
            panic!("on purpose")
        });
        drop(release);
        first.await.unwrap();
        let error = wild.await.unwrap_err();
        assert_eq!(error.kind, Kind::Internal);
        assert!(error.to_string().contains("on purpose"));
        db.write(&cx(), |tx| note::insert(tx, 3)).await.unwrap();
        assert_eq!(note::all(&db).await, [1, 3]);
    });
}

#[test]
fn closure_that_ignores_a_failed_statement_is_undone() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let careless = |tx: &mut Tx<'_>| {
            note::insert(tx, 1)?;
            let _ = note::fail(tx);
            assert!(note::insert(tx, 2).is_err());
            Ok(())
        };
        let alone = db.write(&cx(), careless).await;
        assert_eq!(alone.unwrap_err().kind, Kind::Internal);
        let (_held, release) = hold(&db).await;
        let in_company = db.enqueue(careless);
        let other = db.enqueue(|tx| note::insert(tx, 7));
        drop(release);
        assert_eq!(in_company.await.unwrap_err().kind, Kind::Internal);
        other.await.unwrap();
        assert_eq!(note::all(&db).await, [7]);
    });
}

#[test]
fn failure_hook_runs_before_the_next_closure() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let journal = Journal::default();
        let (_held, release) = hold(&db).await;
        let (one, two) = (Arc::clone(&journal), Arc::clone(&journal));
        let failing = db.enqueue(move |tx| -> Result<(), Error> {
            tx.on_failure(noting(&one, "failed"));
            tx.after_commit(noting(&one, "never"));
            tx.after_visible(noting(&one, "never"));
            Err(Error::forbidden("no"))
        });
        let next = db.enqueue(move |tx| {
            noting(&two, "next")();
            tx.after_visible(noting(&two, "visible"));
            tx.after_commit(noting(&two, "committed"));
            tx.on_failure(noting(&two, "never"));
            Ok(())
        });
        drop(release);
        assert!(failing.await.is_err());
        next.await.unwrap();
        assert_eq!(*journal.lock(), ["failed", "next", "committed", "visible"]);
    });
}

#[test]
fn lost_commit_fails_the_whole_batch_and_the_writer_goes_on() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let journal = Journal::default();
        let (held, release) = hold(&db).await;
        let mut batch = Vec::new();
        for n in 1..=3_i64 {
            let journal = Arc::clone(&journal);
            batch.push(db.enqueue(move |tx| {
                tx.after_commit(noting(&journal, "never"));
                tx.on_failure(noting(&journal, format!("lost {n}")));
                tx.next_pos();
                match n {
                    2 => note::insert_child(tx, 2, 99),
                    _ => note::insert(tx, n),
                }
            }));
        }
        drop(release);
        held.await.unwrap();
        for pending in batch {
            assert_eq!(pending.await.unwrap_err().kind, Kind::Unavailable);
        }
        assert_eq!(*journal.lock(), ["lost 1", "lost 2", "lost 3"]);
        assert_eq!(db.committed(), StreamPos::ZERO);
        let pos = db
            .write(&cx(), |tx| {
                note::insert(tx, 5)?;
                Ok(tx.next_pos())
            })
            .await;
        assert_eq!(pos.unwrap(), StreamPos(4), "positions are not given twice");
        assert_eq!(note::all(&db).await, [5]);
    });
}

#[test]
fn visible_position_covers_what_waiters_are_woken_for() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (at_commit, at_visible) = (Arc::clone(&seen), Arc::clone(&seen));
        let (early, late) = (db.clone(), db.clone());
        let pos = db
            .write(&cx(), move |tx| {
                tx.after_visible(move || at_visible.lock().push(late.committed()));
                tx.after_commit(move || at_commit.lock().push(early.committed()));
                Ok(tx.next_pos())
            })
            .await;
        assert_eq!(pos.unwrap(), StreamPos(1));
        assert_eq!(*seen.lock(), [StreamPos(0), StreamPos(1)]);
    });
}

#[test]
fn text_with_nul_is_refused() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let error = db.write(&cx(), |tx| note::insert_titled(tx, 1, "a\0b")).await.unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Invalid, Some(MatrixCode::InvalidParam)));
        assert_eq!(note::all(&db).await, [0_i64; 0]);
    });
}

#[test]
fn closing_finishes_what_is_queued_and_refuses_the_rest() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let queued: Vec<_> = (1..=50).map(|n| db.enqueue(move |tx| note::insert(tx, n))).collect();
        db.close().await;
        for pending in queued {
            pending.await.unwrap();
        }
        let late = db.write(&cx(), |tx| note::insert(tx, 99)).await.unwrap_err();
        assert_eq!(late.kind, Kind::Unavailable);
        assert_eq!(db.read(&cx(), note::list).await.unwrap_err().kind, Kind::Unavailable);
        let db = backend.open(&MIGRATIONS).await;
        assert_eq!(note::all(&db).await.len(), 50);
    });
}

#[test]
fn many_writers_at_once_are_all_served() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..1000_i64 {
            let db = db.clone();
            tasks.spawn(async move {
                db.write(&cx(), move |tx| note::insert(tx, n).map(|_| tx.next_pos())).await
            });
        }
        let mut positions = Vec::new();
        while let Some(done) = tasks.join_next().await {
            positions.push(done.unwrap().unwrap());
        }
        positions.sort_unstable();
        assert_eq!(positions, (1..=1000).map(StreamPos).collect::<Vec<_>>());
        assert_eq!(db.read(&cx(), note::count).await.unwrap(), 1000);
    });
}

#[test]
fn what_the_writer_does_is_measured() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        for n in 0..3 {
            db.write(&cx(), move |tx| note::insert(tx, n)).await.unwrap();
        }
        db.ping().await.unwrap();
        let load = db.load();
        assert_eq!(load.batch_sizes.counts.iter().sum::<u64>(), 4);
        assert_eq!(load.batch_sizes.sum, 4);
        assert_eq!(load.commits_us.counts.iter().sum::<u64>(), 4);
        assert!(db.size_bytes(&cx()).await.unwrap() > 4096);
        db.close().await;
        assert_eq!(db.ping().await.unwrap_err().kind, Kind::Unavailable);
    });
}

#[test]
fn what_nobody_waits_for_shares_a_commit_and_comes_before_what_is_asked_for_later() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        // The first may be taken by itself; the others wait for each other.
        let patient = |n| db.enqueue_patiently(move |tx| note::insert(tx, n));
        patient(0).await.unwrap();
        let before = db.load().batch_sizes;
        let waiting: Vec<_> = (1..=9).map(patient).collect();
        let seen = db.enqueue(note::count).await.unwrap();
        assert_eq!(seen, 10, "whoever asks is behind all of them");
        for pending in waiting {
            pending.await.unwrap();
        }
        let after = db.load().batch_sizes;
        let batches = |load: &Spread| load.counts.iter().sum::<u64>();
        assert_eq!(after.sum - before.sum, 10);
        // One, unless the machine pauses this test for longer than they wait.
        assert!(batches(&after) - batches(&before) <= 3);
        // Nobody has to ask.
        patient(10).await.unwrap();
        let last = patient(11);
        db.close().await;
        last.await.unwrap();
    });
}

/// Upserts, so that a row of the second write meets one of the first.
static STORE: Sql = Sql::of_rows(
    "note.store",
    "INSERT INTO note (tenant_id, nid, title, body, done) VALUES {rows}
     ON CONFLICT (tenant_id, nid) DO UPDATE SET title = excluded.title",
    4,
);

#[test]
fn rows_of_any_number_are_stored_at_once() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        let mut last = 0;
        for count in [0_i64, 1, 3, 64, 100, 129] {
            let from = last;
            last += count;
            let store = move |tx: &mut Tx<'_>| {
                let rows: Vec<[Param<'_>; 4]> = (from + 1..=last)
                    .map(|n| [n.into(), format!("n{n}").into(), Param::sealed("b"), true.into()])
                    .collect();
                tx.execute_rows(&STORE, &rows)
            };
            let stored = db.write(&cx(), store).await.unwrap();
            assert_eq!(stored, u64::try_from(count).unwrap());
            assert_eq!(db.write(&cx(), store).await.unwrap(), stored);
            assert_eq!(note::all(&db).await, (1..=last).collect::<Vec<_>>());
        }
        let narrow = db.write(&cx(), |tx| tx.execute_rows(&STORE, &[[1_i64.into()]])).await;
        assert_eq!(narrow.unwrap_err().kind, Kind::Internal);
    });
}
