//! Messages into fifty rooms of eight members.

use std::time::Duration;

use http::Method;

use crate::Result;
use crate::figure::Figure;
use crate::load;
use crate::population::{Population, ROOM_MEMBERS, ROOMS, send_path, text};

/// Sends with 1, 16 and 64 senders; then what that took in memory and on disk.
pub(crate) async fn send(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let before = people.server.disk_bytes()?;
    let mut figures = Vec::new();
    for (name, senders) in
        [("send, 1 sender", 1), ("send, 16 senders", 16), ("send, 64 senders", 64)]
    {
        figures.push(with_senders(people, name, senders, rounds).await?);
    }
    let messages: u64 = figures.iter().map(|figure| figure.ops).sum();
    let grown = people.server.disk_bytes()?.saturating_sub(before) as f64;
    figures.push(Figure::of_value("disk per message", grown / messages.max(1) as f64, "bytes"));
    figures.push(Figure::of_value("memory after load (PSS)", people.server.pss_mib()?, "MiB"));
    Ok(figures)
}

async fn with_senders(
    people: &mut Population,
    name: &'static str,
    senders: usize,
    rounds: u32,
) -> Result<Figure> {
    // Sender n sits in room n, on a seat of its own where rooms repeat.
    let mut seats = Vec::new();
    for sender in 0..senders {
        let room = people.rooms.get(sender % ROOMS).ok_or("no rooms")?;
        let seat = (sender / ROOMS) % ROOM_MEMBERS;
        seats.push(room.members.get(seat).copied().ok_or("no members")?);
    }
    let clients = people.clients(seats).await?;
    let run = people.next_number();
    let rooms: Vec<String> = people.rooms.iter().map(|room| room.id.clone()).collect();
    let time = Duration::from_secs(4) / rounds;
    load::repeat(name, &people.server, clients, time, async |client, sender, count| {
        let room = rooms.get(sender % ROOMS).ok_or("no rooms")?;
        let path = send_path(room, &format!("{run}-{sender}-{count}"));
        client.ok(Method::PUT, &path, text("bench")).await.map(drop)
    })
    .await
}
