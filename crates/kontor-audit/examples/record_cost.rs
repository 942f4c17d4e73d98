//! CPU time of one recorded event, all threads and the durable commit included.
//!
//! `cargo run --release -p kontor-audit --example record_cost`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, and may stop anywhere"
)]

use std::fs;
use std::time::Instant;

use kontor_audit::{Action, Audit, Event};
use kontor_core::{Actor, Clock, Cx, Random, Secret, TenantId};
use kontor_db::Settings;
use ruma::{server_name, user_id};

/// Kernel clock ticks per second, the unit of `/proc/self/stat`.
const TICKS: f64 = 100.0;
const EVENTS: u32 = 20_000;

/// CPU seconds of the process.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields.get(11..13).unwrap().iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>()
        / TICKS
}

/// As a wrong password is recorded.
fn failure() -> Event {
    Event::refused(Action::LoginFailed).about(user_id!("@k7f3abcdefgh:firma.example"))
}

fn tell(what: &str, since: Instant, cpu: f64) {
    let count = f64::from(EVENTS);
    println!(
        "{what}: {:.1} µs CPU, {:.1} µs until the next",
        (cpu_seconds() - cpu) * 1e6 / count,
        since.elapsed().as_secs_f64() * 1e6 / count
    );
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let place = Settings::Sqlite { path: folder.path().join("tenant.db") };
    let cx = Cx::new(TenantId(1), Actor::Anonymous, Clock::System, Random::System).unwrap();
    let name = server_name!("firma.example");
    let audit = Audit::open(&cx, &place, name, &Secret::new([1; 32])).await.unwrap();

    let (since, cpu) = (Instant::now(), cpu_seconds());
    for _ in 0..EVENTS {
        audit.record(&cx, failure()).await.unwrap();
    }
    tell("one at a time, each with a commit of its own", since, cpu);

    let (since, cpu) = (Instant::now(), cpu_seconds());
    for batch in 0..EVENTS / 5000 {
        let began = Instant::now();
        for _ in 0..5000 {
            audit.note(&cx, failure());
        }
        let waited = began.elapsed().as_secs_f64() * 1e6 / 5000.0;
        println!("  batch {batch}: a caller is held up for {waited:.1} µs by a note");
        audit.record(&cx, failure()).await.unwrap();
    }
    tell("many at once", since, cpu);
    audit.close(&cx).await;
}
