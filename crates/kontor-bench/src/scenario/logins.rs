//! A morning: a hundred people log in at once while others write.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::Result;
use crate::client::Client;
use crate::figure::Figure;
use crate::population::{Population, send_path, text};

/// People who log in at the same moment.
const PEOPLE: usize = 100;
/// Pause between two messages.
const PAUSE: Duration = Duration::from_millis(10);
/// How long messages are measured while nobody logs in.
const CALM: Duration = Duration::from_secs(3);
const PASSWORD: &str = "seven bridges under a violet tram";

/// Latency of messages while nobody logs in, and while a hundred people do.
pub(crate) async fn run(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let run = people.next_number();
    register(people, run).await?;
    let over = Cell::new(false);
    let until = Instant::now() + CALM / rounds;
    let calm =
        write(people, ("message, nobody logs in", run * 2), || Instant::now() >= until).await?;
    let logins = async {
        let figure = log_in(people, run).await;
        over.set(true);
        figure
    };
    let name = ("message while 100 log in", run * 2 + 1);
    let (logins, storm) = tokio::try_join!(logins, write(people, name, || over.get()))?;
    let worst = |figure: &Figure| figure.quantile_ms(1.0).unwrap_or_default();
    let usual = calm.quantile_ms(0.5).unwrap_or_default();
    let delay = Figure::of_value("longest delay by logins", worst(&storm) - usual, "ms");
    Ok(vec![calm, logins, storm, delay])
}

async fn register(people: &Population, run: u64) -> Result<()> {
    let mut client = Client::connect(people.server.address, None).await?;
    for index in 0..PEOPLE {
        let body = json!({
            "username": name(run, index), "password": PASSWORD, "inhibit_login": true,
            "auth": { "type": "m.login.dummy" },
        });
        client.json(Method::POST, "client/v3/register", &body).await?;
    }
    Ok(())
}

fn name(run: u64, index: usize) -> String {
    format!("early{run}-{index}")
}

/// Everybody at once, each over a connection of their own that stands already.
async fn log_in(people: &Population, run: u64) -> Result<Figure> {
    let mut clients = Vec::new();
    for _ in 0..PEOPLE {
        clients.push(Client::connect(people.server.address, None).await?);
    }
    let cpu = people.server.cpu_ms()?;
    let began = Instant::now();
    let work = clients.into_iter().enumerate().map(|(index, mut client)| async move {
        let body = json!({
            "type": "m.login.password", "password": PASSWORD,
            "identifier": { "type": "m.id.user", "user": name(run, index) },
        });
        let answer: Value = client.json(Method::POST, "client/v3/login", &body).await?;
        answer.get("access_token").ok_or("login: no access_token")?;
        Ok(began.elapsed())
    });
    let latencies = join_all(work).await.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(Figure {
        name: "login, 100 at once",
        ops: PEOPLE as u64,
        cpu_ms: people.server.cpu_ms()? - cpu,
        wall: began.elapsed(),
        latencies,
        value: None,
    })
}

/// One person writes at an even pace until it is over.
async fn write(
    people: &Population,
    (name, run): (&'static str, u64),
    is_over: impl Fn() -> bool,
) -> Result<Figure> {
    let room = people.rooms.first().ok_or("no rooms")?;
    let writer = room.members.first().copied().ok_or("no members")?;
    let mut client = people.client(people.person(writer)?).await?;
    let (began, cpu) = (Instant::now(), people.server.cpu_ms()?);
    let mut latencies = Vec::new();
    while !is_over() {
        let path = send_path(&room.id, &format!("early-{run}-{}", latencies.len()));
        let sent = Instant::now();
        client.ok(Method::PUT, &path, text("good morning")).await?;
        latencies.push(sent.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(Figure {
        name,
        ops: latencies.len() as u64,
        cpu_ms: people.server.cpu_ms()? - cpu,
        wall: began.elapsed(),
        latencies,
        value: None,
    })
}
