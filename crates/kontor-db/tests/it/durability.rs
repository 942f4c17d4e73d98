//! What was acknowledged is there after `kill -9`.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kontor_core::TenantId;
use kontor_db::{Db, Settings, Tx};
use kontor_testdb::{cx, keys};

use crate::note::{self, MIGRATIONS};

/// Set for the process that is killed: this test's own binary, started again.
const VICTIM: &str = "KONTOR_TEST_VICTIM";
/// Acknowledged writes before the kill.
const ENOUGH: usize = 300;

#[test]
fn acknowledged_writes_survive_kill_nine() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    #[expect(clippy::disallowed_methods, reason = "how this test speaks to its own child")]
    if let Ok(folder) = env::var(VICTIM) {
        runtime.block_on(write_until_killed(&PathBuf::from(folder)));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--exact", "durability::acknowledged_writes_survive_kill_nine", "--nocapture"])
        .env(VICTIM, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
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
