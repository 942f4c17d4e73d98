//! A million messages in five hundred rooms are over their period at once, and go while somebody
//! writes. law: R-111
//!
//! What deletion costs is its CPU time for each message that goes, as a share of that of sending one when
//! nothing is deleted: once for such a backlog, and once for what a server has to do day by day, when
//! twenty messages of each room have become due since it last looked.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use kontor_testkit::Stores;
use serde_json::{Value, json};

use crate::Result;
use crate::client::Client;
use crate::figure::Figure;
use crate::population::{Population, send_path, text};
use crate::process::Server;

const ROOMS: usize = 500;
/// Messages in each room.
const MESSAGES: i64 = 2_000;
/// Messages of each room that become due between two looks.
const STEADY: i64 = 38;
/// A server that has worked so little for so long has nothing to do.
const QUIET: (f64, Duration) = (10.0, Duration::from_secs(5));
/// Between two messages of whoever writes meanwhile.
const PACE: Duration = Duration::from_millis(10);
/// Longest time that is waited for the end.
const PATIENCE: Duration = Duration::from_mins(20);
/// A database that has not shrunk for so long does not any more.
const SETTLED: Duration = Duration::from_mins(1);
/// How long sends are measured before, for comparison.
const BASELINE: Duration = Duration::from_secs(5);

/// Fills a server of its own beside the population's, and lets everything expire.
pub(crate) async fn run(people: &mut Population, _: u32) -> Result<Vec<Figure>> {
    let mut server = Server::start(people.server.binary()).await?;
    let mut client = Client::connect(server.address, None).await?;
    let body = json!({ "username": "writer", "auth": { "type": "m.login.dummy" } });
    let body = match client.call(Method::POST, "client/v3/register", body.to_string()).await? {
        answer if answer.status == 200 => serde_json::from_slice(&answer.body)?,
        _ => {
            let body = json!({
                "username": "writer", "password": "a long password for a short life",
                "auth": { "type": "m.login.dummy" },
            });
            client.json(Method::POST, "client/v3/register", &body).await?
        }
    };
    let token = body.get("access_token").and_then(Value::as_str).ok_or("no token")?.to_owned();
    let mut client = Client::connect(server.address, Some(&token)).await?;
    let (lasting, rooms) = make_rooms(&mut client).await?;
    let send = baseline(&server, &mut client, &lasting).await?;
    drop(client);
    server.stop().await?;
    fill(&server.data()).await?;
    let idle = cost_of_a_look(&mut server, 0).await?;
    let steady = cost_of_a_look(&mut server, STEADY).await? - idle;
    let steady = 100.0 * steady / (ROOMS as f64 * STEADY as f64) / send.cpu_per_op();
    let full = server.disk_bytes()? as f64;
    let_be_old(&server.data(), MESSAGES).await;
    server.start_again().await?;
    let began = Instant::now();
    let cpu = server.cpu_ms()?;
    let mut client = Client::connect(server.address, Some(&token)).await?;
    let (gone, latencies) =
        write_until_gone(&server, &mut client, (&lasting, &rooms), full / 2.0).await?;
    let wall = began.elapsed();
    let small = shrunk(&server, full).await?;
    let spent = server.cpu_ms()? - cpu - send.cpu_per_op() * latencies.len() as f64;
    let messages = ROOMS as f64 * (MESSAGES - STEADY) as f64;
    let share = 100.0 * (spent / messages) / send.cpu_per_op();
    let writing =
        Figure { name: "send while a million messages go", latencies, wall, ..Figure::default() };
    Ok(vec![
        writing,
        Figure::of_value("a million messages gone", gone.as_secs_f64() / 60.0, "min"),
        Figure::of_value("their place given back", wall.as_secs_f64() / 60.0, "min"),
        Figure::of_value("CPU of deleting it, share of sending", share, "%"),
        Figure::of_value("CPU of deletion day by day, share", steady, "%"),
        Figure::of_value("disk before deletion", full / 1_048_576.0, "MiB"),
        Figure::of_value("disk after deletion, share", 100.0 * small / full, "%"),
    ])
}

/// One room whose messages stay, and those whose messages go, each with one message.
async fn make_rooms(client: &mut Client) -> Result<(String, Vec<String>)> {
    let lasting = make_room(client, "extern").await?;
    let mut rooms = Vec::with_capacity(ROOMS);
    for _ in 0..ROOMS {
        let room = make_room(client, "intern").await?;
        client.ok(Method::PUT, &send_path(&room, "first"), text("bench")).await?;
        rooms.push(room);
    }
    Ok((lasting, rooms))
}

async fn make_room(client: &mut Client, class: &str) -> Result<String> {
    let body = json!({ "creation_content": { "app.kontor.class": class } });
    let answer = client.json(Method::POST, "client/v3/createRoom", &body).await?;
    let id = answer.get("room_id").and_then(Value::as_str).ok_or("createRoom: no room_id")?;
    Ok(id.to_owned())
}

/// What a message costs when nothing is deleted.
async fn baseline(server: &Server, client: &mut Client, room: &str) -> Result<Figure> {
    let (began, cpu, mut ops) = (Instant::now(), server.cpu_ms()?, 0_u64);
    while began.elapsed() < BASELINE {
        let path = encrypted_path(room, &format!("before-{ops}"));
        client.ok(Method::PUT, &path, encrypted()).await?;
        ops += 1;
    }
    Ok(Figure { ops, cpu_ms: server.cpu_ms()? - cpu, ..Figure::default() })
}

/// Multiplies the messages.
async fn fill(data: &Path) -> Result<()> {
    let stores = Stores::at(data, "localhost", None).await;
    let filled = stores.fill_with_messages("first", MESSAGES).await;
    stores.close().await;
    eprintln!("deletion: {filled} messages");
    Ok(())
}

/// Lets the first messages of each room be due.
async fn let_be_old(data: &Path, count: i64) {
    let stores = Stores::at(data, "localhost", None).await;
    stores.let_be_old(count).await;
    stores.close().await;
}

/// Starts the server with so many messages of each room due, and stops it when it has done its work; CPU
/// milliseconds in between.
async fn cost_of_a_look(server: &mut Server, due: i64) -> Result<f64> {
    let_be_old(&server.data(), due).await;
    server.start_again().await?;
    let (began, mut spent) = (Instant::now(), server.cpu_ms()?);
    loop {
        tokio::time::sleep(QUIET.1).await;
        let now = server.cpu_ms()?;
        if now - spent < QUIET.0 {
            server.stop().await?;
            return Ok(now);
        }
        if began.elapsed() > PATIENCE {
            return Err("the server does not come to rest".into());
        }
        spent = now;
    }
}

/// Path of an encrypted message, which every class of rooms takes.
fn encrypted_path(room: &str, transaction: &str) -> String {
    format!("client/v3/rooms/{room}/send/m.room.encrypted/{transaction}")
}

/// Body of an encrypted message of ordinary length.
fn encrypted() -> Bytes {
    let body = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x".repeat(400) });
    body.to_string().into()
}

/// Writes at a steady pace until the last rooms are empty and the files are smaller than `small`; answers
/// when the rooms were, and the latencies.
async fn write_until_gone(
    server: &Server,
    client: &mut Client,
    (lasting, rooms): (&str, &[String]),
    small: f64,
) -> Result<(Duration, Vec<Duration>)> {
    let (began, mut latencies, mut looked) = (Instant::now(), Vec::new(), Instant::now());
    let (last, mut gone) = (rooms.last().ok_or("no rooms")?, None);
    loop {
        let path = encrypted_path(lasting, &format!("during-{}", latencies.len()));
        let sent = Instant::now();
        client.ok(Method::PUT, &path, encrypted()).await?;
        latencies.push(sent.elapsed());
        tokio::time::sleep(PACE).await;
        if looked.elapsed() < Duration::from_secs(2) {
            continue;
        }
        looked = Instant::now();
        if began.elapsed() > PATIENCE {
            return Err(format!("not gone after 20 minutes; {}", server.disk_bytes()?).into());
        }
        if let Some(gone) = gone {
            if (server.disk_bytes()? as f64) < small {
                return Ok((gone, latencies));
            }
            continue;
        }
        let path = format!("client/v3/rooms/{last}/messages?dir=b&limit=50");
        let page = client.ok(Method::GET, &path, "").await?;
        let page: Value = serde_json::from_slice(&page)?;
        let chunk = page.get("chunk").and_then(Value::as_array).ok_or("messages: no chunk")?;
        let is_message =
            |event: &&Value| event.get("type").and_then(Value::as_str) == Some("m.room.message");
        if chunk.iter().filter(is_message).count() == 0 {
            gone = Some(began.elapsed());
        }
    }
}

/// Bytes on disk once they have not shrunk for a while.
async fn shrunk(server: &Server, full: f64) -> Result<f64> {
    let (began, mut least, mut since) = (Instant::now(), full, Instant::now());
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let now = server.disk_bytes()? as f64;
        if now < least {
            (least, since) = (now, Instant::now());
        }
        if since.elapsed() > SETTLED || began.elapsed() > PATIENCE {
            return Ok(now);
        }
    }
}
