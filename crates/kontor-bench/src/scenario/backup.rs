//! A backup of a gigabyte while people write to each other.

use std::cell::Cell;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use http::Method;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::Result;
use crate::client::Client;
use crate::figure::Figure;
use crate::population::{Population, send_path, text};

/// Files, and the size of each: a gigabyte.
const FILES: usize = 64;
const SIZE: usize = 16 * 1024 * 1024;
/// Of which in a comparison, where runs are shorter.
const FEWER: usize = 8;
/// People who upload at once.
const SENDERS: usize = 4;
/// Pause between two messages.
const PAUSE: Duration = Duration::from_millis(20);
const UPLOAD: &str = "media/v3/upload?filename=bench.bin";

/// Time for 100 MB, most memory of the command, and latency of messages meanwhile.
pub(crate) async fn run(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    fill(people, if rounds > 1 { FEWER } else { FILES }).await?;
    let run = people.next_number();
    let over = Cell::new(false);
    let backup = async {
        let done = back_up(people, run).await;
        over.set(true);
        done
    };
    let ((bytes, took, memory), messages) = tokio::try_join!(backup, write(people, run, &over))?;
    let per_100_mb = took.as_secs_f64() * 1000.0 / (bytes as f64 / 1e8);
    Ok(vec![
        Figure::of_value("backup, per 100 MB", per_100_mb, "ms"),
        Figure::of_value("backup, most memory", memory, "MiB"),
        messages,
    ])
}

/// Uploads files that are all different.
async fn fill(people: &Population, files: usize) -> Result<()> {
    let clients = people.clients(0..SENDERS).await?;
    let work = clients.into_iter().enumerate().map(|(first, client)| upload(client, first, files));
    join_all(work).await.into_iter().collect()
}

async fn upload(mut client: Client, first: usize, files: usize) -> Result<()> {
    for number in (first..files).step_by(SENDERS) {
        let mut state = number as u32 + 1;
        let words = (0..SIZE / 4).flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()
        });
        let file: Bytes = words.collect();
        client.ok(Method::POST, UPLOAD, file).await?;
    }
    Ok(())
}

/// Runs `kontor backup` beside the server; answers the bytes written, the time it took, and the most
/// memory it had, in MiB.
async fn back_up(people: &Population, run: u64) -> Result<(u64, Duration, f64)> {
    let server = &people.server;
    let keygen = Command::new(&server.binary).args(["--json", "backup", "keygen"]).output().await?;
    let key: Value = serde_json::from_slice(&keygen.stdout)?;
    let recipient = key.get("recipient").and_then(Value::as_str).ok_or("no recipient")?;
    let began = Instant::now();
    let mut child = Command::new(&server.binary)
        .args(["--json", "backup", "--data"])
        .arg(server.data())
        .env("KONTOR_BACKUP_RECIPIENTS", recipient)
        .env("KONTOR_BACKUP_TARGET", std::path::absolute(server.folder())?.join(format!("b{run}")))
        .stdout(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id().ok_or("the backup has already gone")?);
    let mut out = child.stdout.take().ok_or("no output")?;
    let mut memory = 0.0_f64;
    let ended: ExitStatus = loop {
        if let Some(kib) = std::fs::read_to_string(&status).ok().and_then(|text| peak_kib(&text)) {
            memory = memory.max(kib / 1024.0);
        }
        if let Ok(ended) = tokio::time::timeout(Duration::from_millis(5), child.wait()).await {
            break ended?;
        }
    };
    let took = began.elapsed();
    let mut text = String::new();
    out.read_to_string(&mut text).await?;
    if !ended.success() {
        return Err("the backup failed".into());
    }
    let told: Value = serde_json::from_str(&text)?;
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or_default();
    let copied = number(told.pointer("/media/copied_bytes"));
    Ok((number(told.get("bytes")) + copied, took, memory))
}

fn peak_kib(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

/// One message after the other until it is over.
async fn write(people: &Population, run: u64, over: &Cell<bool>) -> Result<Figure> {
    let room = people.rooms.first().ok_or("no room")?;
    let member = room.members.first().copied().ok_or("nobody in the room")?;
    let mut client = people.client(people.person(member)?).await?;
    let (began, cpu) = (Instant::now(), people.server.cpu_ms()?);
    let mut latencies = Vec::new();
    while !over.get() {
        let path = send_path(&room.id, &format!("backup{run}-{}", latencies.len()));
        let sent = Instant::now();
        client.ok(Method::PUT, &path, text("while a backup is written")).await?;
        latencies.push(sent.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(Figure {
        name: "message during a backup",
        ops: latencies.len() as u64,
        cpu_ms: people.server.cpu_ms()? - cpu,
        wall: began.elapsed(),
        latencies,
        value: None,
    })
}
