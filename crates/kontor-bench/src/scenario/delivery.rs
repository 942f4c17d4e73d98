//! From a message to the waiting syncs of the room's other members.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::Value;
use tokio::task::LocalSet;

use crate::Result;
use crate::client::Client;
use crate::figure::Figure;
use crate::population::{Population, send_path, text};

/// Marks messages of this scenario, so that listeners find them without reading JSON.
const MARK: &str = "delivery-";
/// Messages a second, as in the comparison with other servers.
const RATE: f64 = 20.0;

/// What the listeners and the sender share.
#[derive(Default)]
struct Board {
    /// When each message was sent.
    sent: RefCell<HashMap<u64, Instant>>,
    latencies: RefCell<Vec<Duration>>,
    over: Cell<bool>,
}

/// Two hundred long polls, and nothing happens.
pub(crate) async fn idle(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let board = Rc::new(Board::default());
    let tasks = LocalSet::new();
    let figure = tasks.run_until(async {
        listen(people, 0..200, &board).await?;
        settle().await;
        let cpu = people.server.cpu_ms()?;
        let time = Duration::from_secs(5) / rounds;
        tokio::time::sleep(time).await;
        let cpu = (people.server.cpu_ms()? - cpu) / time.as_secs_f64();
        board.over.set(true);
        Ok(Figure::of_value("200 waiting, CPU per second", cpu, "ms"))
    });
    let figure: Result<Figure> = figure.await;
    Ok(vec![figure?])
}

/// Twenty messages a second into the small rooms, everybody waiting.
pub(crate) async fn steady(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let rooms: Vec<(String, usize)> = people
        .rooms
        .iter()
        .filter_map(|room| Some((room.id.clone(), *room.members.first()?)))
        .collect();
    let run = Run {
        name: "delivery at 20 msg/s",
        rooms,
        listeners: (0..200).collect(),
        messages: 160 / u64::from(rounds),
        rate: RATE,
    };
    Ok(vec![run.measure(people).await?])
}

/// Messages into rooms of 200 and 1,000 of whom 100 are waiting.
pub(crate) async fn fan_out(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let names = ["room of 200, 100 listening", "room of 1000, 100 listening"];
    for (index, name) in names.into_iter().enumerate() {
        let hall = people.halls.get(index).ok_or("no halls")?;
        let run = Run {
            name,
            rooms: vec![(hall.id.clone(), 0)],
            listeners: (0..100).collect(),
            messages: 60 / u64::from(rounds),
            rate: RATE,
        };
        figures.push(run.measure(people).await?);
    }
    Ok(figures)
}

/// A steady stream of messages and who waits for them.
struct Run {
    name: &'static str,
    /// Room and the index of the member who writes.
    rooms: Vec<(String, usize)>,
    listeners: Vec<usize>,
    messages: u64,
    /// Messages a second.
    rate: f64,
}

impl Run {
    /// CPU per message with everything that follows from it; latency from the start of the send to
    /// the end of each listener's sync.
    async fn measure(&self, people: &mut Population) -> Result<Figure> {
        let first = people.next_number() * 1_000_000;
        let board = Rc::new(Board::default());
        let tasks = LocalSet::new();
        let people = &*people;
        let figure = tasks.run_until(async {
            listen(people, self.listeners.iter().copied(), &board).await?;
            settle().await;
            let mut senders = Vec::new();
            for (room, member) in &self.rooms {
                senders.push((room, people.client(people.person(*member)?).await?));
            }
            let cpu = people.server.cpu_ms()?;
            let began = Instant::now();
            for count in 0..self.messages {
                let due = began + Duration::from_secs_f64(count as f64 / self.rate);
                tokio::time::sleep_until(due.into()).await;
                let index = count as usize % senders.len();
                let (room, client) = senders.get_mut(index).ok_or("no senders")?;
                let number = first + count;
                board.sent.borrow_mut().insert(number, Instant::now());
                let body = text(&format!("{MARK}{number:020}"));
                client.ok(Method::PUT, &send_path(room, &number.to_string()), body).await?;
            }
            settle().await;
            board.over.set(true);
            Ok(Figure {
                name: self.name,
                ops: self.messages,
                cpu_ms: people.server.cpu_ms()? - cpu,
                wall: began.elapsed(),
                latencies: board.latencies.take(),
                value: None,
            })
        });
        let figure: Result<Figure> = figure.await;
        let figure = figure?;
        if figure.latencies.is_empty() {
            return Err(format!("{}: no message reached a waiting client", self.name).into());
        }
        Ok(figure)
    }
}

/// Lets queued work finish, so that one phase's CPU time is not counted in the next.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

/// Starts long polls for these people and waits until every one of them has a position.
async fn listen(
    people: &Population,
    listeners: impl IntoIterator<Item = usize>,
    board: &Rc<Board>,
) -> Result<()> {
    for index in listeners {
        let mut client = people.client(people.person(index)?).await?;
        let answer = client.json(Method::GET, "client/v3/sync?timeout=0", &Value::Null).await?;
        let since = answer.get("next_batch").and_then(Value::as_str).ok_or("no next_batch")?;
        tokio::task::spawn_local(poll(client, since.to_owned(), Rc::clone(board)));
    }
    Ok(())
}

/// Polls until the run is over; a failing poll ends silently and shows as missing deliveries.
async fn poll(mut client: Client, mut since: String, board: Rc<Board>) {
    while !board.over.get() {
        let path = format!("client/v3/sync?timeout=30000&since={since}");
        let Ok(body) = client.ok(Method::GET, &path, "").await else { return };
        let now = Instant::now();
        let text = String::from_utf8_lossy(&body);
        for number in marks(&text) {
            if let Some(sent) = board.sent.borrow().get(&number) {
                board.latencies.borrow_mut().push(now.duration_since(*sent));
            }
        }
        let Some(next) = next_batch(&text) else { return };
        next.clone_into(&mut since);
    }
}

/// The numbers of this scenario's messages in an answer.
fn marks(text: &str) -> impl Iterator<Item = u64> {
    text.split(MARK).skip(1).filter_map(|rest| rest.get(..20)?.parse().ok())
}

/// The position to go on from; cheaper than reading the whole JSON.
fn next_batch(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("\"next_batch\":\"")?;
    rest.split_once('"').map(|(since, _)| since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_position_are_found_in_an_answer() {
        let text = format!("{{\"next_batch\":\"s42\",\"body\":\"{MARK}{:020}: x\"}}", 7);
        assert_eq!(marks(&text).collect::<Vec<_>>(), [7]);
        assert_eq!(next_batch(&text), Some("s42"));
        assert_eq!(marks("nothing here").count(), 0);
    }
}
