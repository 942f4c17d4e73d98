//! Requests that only read.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::Result;
use crate::figure::Figure;
use crate::load;
use crate::population::{Person, Population};

/// Who am I, eight at a time.
pub(crate) async fn whoami(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let clients = people.clients(0..8).await?;
    let time = Duration::from_secs(2) / rounds;
    let figure = load::repeat("whoami", &people.server, clients, time, async |client, _, _| {
        client.ok(Method::GET, "client/v3/account/whoami", "").await.map(drop)
    });
    Ok(vec![figure.await?])
}

/// Syncs that find nothing new and don't wait.
pub(crate) async fn empty_sync(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, person) in [("empty sync, 60 rooms", 0), ("empty sync, 200 rooms", 1)] {
        let person = busy(people, person)?;
        let mut client = people.client(&person).await?;
        let answer = client.json(Method::GET, "client/v3/sync?timeout=0", &Value::Null).await?;
        let since = answer.get("next_batch").and_then(Value::as_str).ok_or("no next_batch")?;
        let path = format!("client/v3/sync?timeout=0&since={since}");
        let mut clients = Vec::new();
        for _ in 0..8 {
            clients.push(people.client(&person).await?);
        }
        let time = Duration::from_secs(2) / rounds;
        let figure = load::repeat(name, &people.server, clients, time, async |client, _, _| {
            client.ok(Method::GET, &path, "").await.map(drop)
        });
        figures.push(figure.await?);
    }
    Ok(figures)
}

/// Syncs from nothing, one at a time, as a new device does.
pub(crate) async fn first_sync(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, person) in [("first sync, 60 rooms", 0), ("first sync, 200 rooms", 1)] {
        let clients = vec![people.client(&busy(people, person)?).await?];
        let time = Duration::from_secs(3) / rounds;
        let figure = load::repeat(name, &people.server, clients, time, async |client, _, _| {
            client.ok(Method::GET, "client/v3/sync?timeout=0", "").await.map(drop)
        });
        figures.push(figure.await?);
    }
    Ok(figures)
}

fn busy(people: &Population, index: usize) -> Result<Person> {
    let busy = people.busy.as_ref().and_then(|busy| busy.get(index));
    Ok(busy.ok_or("nobody has many rooms")?.clone())
}
