//! What was acknowledged is there, after `kill -9` and on a disk that takes no more.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use kontor_core::{Kind, TenantId};
use kontor_db::{Db, Settings, Tx};
use kontor_testdb::{cx, keys};

use crate::child;
use crate::note::{self, MIGRATIONS};

/// Acknowledged writes before the kill.
const ENOUGH: usize = 300;

#[test]
fn acknowledged_writes_survive_kill_nine() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(folder) = child::folder() {
        runtime.block_on(write_until_killed(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "durability::acknowledged_writes_survive_kill_nine";
    let mut victim =
        child::command(name, folder.path(), "").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut numbers = lines.filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
    let mut acknowledged: Vec<i64> = numbers.by_ref().take(ENOUGH).collect();
    victim.kill().unwrap();
    // What it still said before it died counts too.
    acknowledged.extend(numbers);
    victim.wait().unwrap();
    assert!(acknowledged.len() >= ENOUGH);
    runtime.block_on(async {
        let db = open(folder.path()).await;
        let stored = note::all(&db).await;
        let lost: Vec<_> = acknowledged.iter().filter(|n| !stored.contains(n)).collect();
        assert!(lost.is_empty(), "lost {lost:?} of {}", acknowledged.len());
        let newest = stored.last().copied().unwrap();
        assert!(db.committed().0 >= newest, "the stream head lies behind what is stored");
    });
}

#[test]
fn disk_that_takes_no_more_fails_writes_and_keeps_what_was_acknowledged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(folder) = child::folder() {
        runtime.block_on(write_until_refused(&folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "durability::disk_that_takes_no_more_fails_writes_and_keeps_what_was_acknowledged";
    // A limit on the size of files stands for a full disk: the write fails in the same place.
    let limit = "trap '' XFSZ; ulimit -f 400;";
    let output = child::command(name, folder.path(), limit).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let acknowledged: Vec<i64> =
        text.lines().filter_map(|l| l.strip_prefix("acknowledged ")?.parse().ok()).collect();
    assert!(acknowledged.len() > 5, "{text}");
    runtime.block_on(async {
        let db = open(folder.path()).await;
        assert_eq!(note::all(&db).await, acknowledged);
        db.write(&cx(), |tx| note::insert(tx, 1_000_000)).await.unwrap();
    });
}

/// Fills the file up to its limit, in batches of two.
async fn write_until_refused(folder: &Path) {
    let db = open(folder).await;
    let title = "x".repeat(3000);
    let mut acknowledged = Vec::new();
    let refused = loop {
        let nid = i64::try_from(acknowledged.len()).unwrap();
        let (held, release) = note::hold(&db).await;
        let titles = [format!("{nid} {title}"), format!("{} {title}", nid + 1)];
        let [first, second] = titles;
        let first = db.enqueue(move |tx| note::insert_titled(tx, nid, &first));
        let second = db.enqueue(move |tx| note::insert_titled(tx, nid + 1, &second));
        drop(release);
        held.await.unwrap();
        let (first, second) = (first.await, second.await);
        assert_eq!(first.is_ok(), second.is_ok(), "one commit, one fate");
        match first {
            Ok(_) => acknowledged.extend([nid, nid + 1]),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.kind, Kind::Unavailable);
    assert_eq!(note::all(&db).await, acknowledged, "reading goes on");
    let mut out = std::io::stdout().lock();
    for nid in acknowledged {
        writeln!(out, "acknowledged {nid}").unwrap();
    }
}

async fn open(folder: &Path) -> Db {
    let settings = Settings::Sqlite { path: folder.join("tenant.db") };
    Db::open(settings, TenantId(1), keys(), &MIGRATIONS).await.unwrap()
}

fn insert_next(tx: &mut Tx<'_>) -> kontor_core::Result<i64> {
    let nid = tx.next_pos().0;
    note::insert(tx, nid)?;
    Ok(nid)
}

async fn write_until_killed(folder: &Path) {
    let db = open(folder).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move {
            loop {
                let nid = db.write(&cx(), insert_next).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "acknowledged {nid}").unwrap();
                out.flush().unwrap();
            }
        });
    }
    tasks.join_next().await;
}
