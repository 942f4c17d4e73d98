//! CPU time of one durable write: a row of 1 KB with three indexes and a stream position, as a
//! message makes it.
//!
//! `cargo run --release -p kontor-db --example write_cost [SECONDS [POSTGRES-URL]]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, and may stop anywhere"
)]

use std::env;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kontor_core::{Actor, Clock, Cx, Random, Result, Secret, TenantId};
use kontor_db::{DatabaseKeys, Db, Migration, Param, Settings, Sql, Tx};
use tokio::task::JoinSet;

/// Kernel clock ticks per second, the unit of `/proc/self/stat`.
const TICKS: f64 = 100.0;
const ROOMS: i64 = 50;

static MIGRATIONS: [Migration; 1] = [Migration {
    number: 1,
    name: "event",
    sql: "
CREATE TABLE event (
    tenant_id BIGINT NOT NULL,
    room_nid BIGINT NOT NULL,
    pos BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    json BYTEA NOT NULL,
    device_id TEXT,
    txn_id TEXT,
    PRIMARY KEY (tenant_id, room_nid, pos)
);
CREATE UNIQUE INDEX event_by_id ON event (tenant_id, event_id);
CREATE UNIQUE INDEX event_by_txn ON event (tenant_id, room_nid, txn_id, device_id);
",
}];

static INSERT: Sql = Sql::new(
    "event.insert",
    "INSERT INTO event (tenant_id, room_nid, pos, event_id, sender, json, device_id, txn_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

fn insert(tx: &mut Tx<'_>, n: i64, json: &[u8]) -> Result<()> {
    let pos = tx.next_pos();
    // Spread like a hash.
    let id = format!("${:016x}{:016x}{n:011}", n.wrapping_mul(-7_046_029_254_386_353_131), n * 77);
    let txn = format!("m{n}.{:08x}", n * 31);
    let params = [
        (n % ROOMS).into(),
        pos.into(),
        id.into(),
        "@k7f3abcdefgh:firma.example".into(),
        Param::sealed(json),
        "ABCDEFGHIJ".into(),
        txn.into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// CPU seconds of the process, and of the writer's thread alone.
fn cpu_seconds() -> (f64, f64) {
    let spent = |stat: &str| -> f64 {
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields.get(11..13).unwrap().iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>()
            / TICKS
    };
    let process = spent(&fs::read_to_string("/proc/self/stat").unwrap());
    let writer = fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| fs::read_to_string(task.unwrap().path().join("stat")).ok())
        .filter(|stat| stat.contains("(db-1)"))
        .map(|stat| spent(&stat))
        .sum();
    (process, writer)
}

async fn measure(settings: Settings, writers: usize, span: Duration) -> String {
    let keys = DatabaseKeys { cipher_key: Secret::new([1; 32]), seal_key: Secret::new([2; 32]) };
    let db = Db::open(settings, TenantId(1), keys, &MIGRATIONS).await.unwrap();
    let cx = Cx::new(TenantId(1), Actor::Operator, Clock::System, Random::System).unwrap();
    let next = Arc::new(AtomicI64::new(Clock::System.now().0 * 1000));
    let done = Arc::new(AtomicU64::new(0));
    let json: Arc<[u8]> = vec![b'x'; 1000].into();
    let began = Instant::now();
    let (process, writer) = cpu_seconds();
    let mut tasks = JoinSet::new();
    for _ in 0..writers {
        let (db, cx, next, done, json) =
            (db.clone(), cx.clone(), Arc::clone(&next), Arc::clone(&done), Arc::clone(&json));
        tasks.spawn(async move {
            while began.elapsed() < span {
                let (n, json) = (next.fetch_add(1, Ordering::Relaxed), Arc::clone(&json));
                db.write(&cx, move |tx| insert(tx, n, &json)).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while tasks.join_next().await.is_some() {}
    let (process_after, writer_after) = cpu_seconds();
    let elapsed = began.elapsed().as_secs_f64();
    let count = u32::try_from(done.load(Ordering::Relaxed)).map_or(f64::MAX, f64::from);
    db.close().await;
    format!(
        "{writers:>3} writers: {:>6.0} writes/s, CPU {:>5.1} µs per write, {:>5.1} of it the \
         writer's thread",
        count / elapsed,
        (process_after - process) * 1e6 / count,
        (writer_after - writer) * 1e6 / count,
    )
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let mut args = env::args().skip(1);
    let seconds = args.next().map_or(5, |seconds| seconds.parse().unwrap());
    let url = args.next();
    for writers in [1, 16, 64] {
        let folder = tempfile::tempdir_in(".").unwrap();
        let settings = url.clone().map_or_else(
            || Settings::Sqlite { path: folder.path().join("tenant.db") },
            |url| Settings::Postgres { url: Secret::new(url), beside: None },
        );
        let line = measure(settings, writers, Duration::from_secs(seconds)).await;
        println!("{line}");
    }
}
