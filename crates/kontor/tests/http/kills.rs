//! The process is killed at random moments while it deletes by rule and erases people: nothing that was
//! acknowledged is lost, nothing that was deleted comes back, every erasure comes to its end.
//! law

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use kontor_core::Random;
use kontor_testkit::{Param, Stores};
use serde_json::json;
use tokio::time::sleep;

use crate::bad_input::disk::SmallDisk;
use crate::person::{Person, transaction};
use crate::server::{NAME, Options, Server};

/// Kills in `make test`; `make faults` asks for more by `KONTOR_KILLS`.
const KILLS: u32 = 24;
/// Longest time from the start of the process to its end.
const LONGEST_LIFE_MS: u64 = 900;
/// Messages that are due in each round.
const DUE: u32 = 60;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

struct Story {
    server: Server,
    keeper: Person,
    /// Keeps messages for a year.
    lasting: String,
    /// Keeps them for half a year.
    passing: String,
    /// What was acknowledged and has to be there.
    sent: BTreeSet<String>,
    /// What was seen to be gone.
    gone: BTreeSet<String>,
    /// What was sent and may be gone.
    old: BTreeSet<String>,
    erased: Vec<String>,
}

pub(crate) async fn room(person: &Person, class: &str) -> String {
    let body = json!({ "creation_content": { "app.kontor.class": class } });
    let made = person.call("POST", "/createRoom", &body).await.ok();
    made["room_id"].as_str().unwrap().to_owned()
}

/// `None` if the connection broke.
pub(crate) async fn send(person: &Person, room: &str, text: &str) -> Option<String> {
    let path = format!("/rooms/{room}/send/m.room.encrypted/{}", transaction());
    let body = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": text }).to_string();
    let sent = person.try_raw("PUT", &path, body).await?;
    (sent.status == 200).then(|| sent.json["event_id"].as_str().unwrap().to_owned())
}

pub(crate) async fn present(person: &Person, room: &str) -> BTreeSet<String> {
    let (mut found, mut from) = (BTreeSet::new(), String::new());
    loop {
        let path = format!("/rooms/{room}/messages?dir=b&limit=500{from}");
        let page = person.get(&path).await.ok();
        let chunk = page["chunk"].as_array().unwrap();
        let messages = chunk.iter().filter(|event| event["type"] == "m.room.encrypted");
        found.extend(messages.map(|event| event["event_id"].as_str().unwrap().to_owned()));
        match page["end"].as_str() {
            Some(end) if !chunk.is_empty() => from = format!("&from={end}"),
            _ => return found,
        }
    }
}

fn now_ms() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap()
}

/// Everything written so far was written two hundred days ago; somebody is to be erased.
pub(crate) async fn turn_back(folder: &Path, victim: Option<&str>, round: u32) {
    let stores = Stores::at(folder, NAME, None).await;
    let old = Param::Int(now_ms() - 200 * DAY_MS + i64::from(round));
    let mark = "INSERT INTO stream_mark (tenant_id, pos, at_ms)
                SELECT $1, MAX(pos), $2 FROM event WHERE tenant_id = $1
                ON CONFLICT (tenant_id, pos) DO UPDATE SET at_ms = excluded.at_ms";
    stores
        .execute("DELETE FROM stream_mark WHERE tenant_id = $1 AND at_ms > $2", vec![old.clone()])
        .await;
    stores.execute(mark, vec![old]).await;
    if let Some(victim) = victim {
        order_erasure(&stores, victim, round).await;
    }
    stores.close().await;
}

/// How much content belongs to no event, and how many events have none.
pub(crate) async fn loose_ends(stores: &Stores) -> Vec<i64> {
    let contents = "SELECT COUNT(*) FROM event_content c WHERE c.tenant_id = $1 AND NOT EXISTS
                      (SELECT 1 FROM event e WHERE e.tenant_id = c.tenant_id
                          AND e.room_nid = c.room_nid AND e.pos = c.pos)";
    let events = "SELECT COUNT(*) FROM event e WHERE e.tenant_id = $1 AND NOT EXISTS
                    (SELECT 1 FROM event_content c WHERE c.tenant_id = e.tenant_id AND c.pos = e.pos)";
    let mut found = stores.numbers(contents).await;
    found.extend(stores.numbers(events).await);
    found
}

/// What two people decide on in the console.
pub(crate) async fn order_erasure(stores: &Stores, victim: &str, round: u32) {
    let order = "INSERT INTO erasure (tenant_id, erasure_nid, user_id, stand_in, id_key,
                       with_messages, requested_ms, rooms, events, messages, files, file_bytes,
                       records)
                     VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, 0)";
    let params = vec![
        Param::Int(i64::from(round)),
        Param::from(victim.to_owned()),
        Param::from(format!("@erased-{round}:{NAME}")),
        // A keyed hash of the id, which only the server could make.
        Param::Bytes(round.to_le_bytes().repeat(8).into()),
        Param::Bool(round.is_multiple_of(2)),
    ];
    stores.execute(order, params).await;
}

/// What the kills have cut off.
#[derive(Debug, Default)]
struct Cut {
    /// Some of what was due had not gone.
    deletions: u32,
    /// An erasure had been begun and had no certificate.
    erasures: u32,
}

impl Cut {
    /// Looks at what a killed process has left.
    async fn note(&mut self, folder: &Path) {
        let stores = Stores::at(folder, NAME, None).await;
        let due = "UPDATE event SET kind = kind
                    WHERE tenant_id = $1 AND kind = 'm.room.encrypted' AND room_nid IN
                          (SELECT room_nid FROM room WHERE tenant_id = $1 AND class = 'intern')
                      AND pos <= (SELECT MAX(pos) FROM stream_mark
                                   WHERE tenant_id = $1 AND at_ms < $2)";
        let begun = "UPDATE erasure SET records = records
                      WHERE tenant_id = $1 AND certificate IS NULL AND rooms + records > 0";
        let old = Param::Int(now_ms() - 190 * DAY_MS);
        self.deletions += u32::from(stores.execute(due, vec![old]).await > 0);
        self.erasures += u32::from(stores.execute(begun, Vec::new()).await > 0);
        stores.close().await;
    }
}

impl Story {
    async fn begin(kills: u32) -> Self {
        let server = Server::start().await;
        let keeper = server.person("keeper").await;
        let (lasting, passing) = (room(&keeper, "extern").await, room(&keeper, "intern").await);
        let mut erased = Vec::new();
        for number in 0..kills {
            let victim = server.person(&format!("victim{number}")).await;
            for id in [&lasting, &passing] {
                let body = json!({ "user_id": victim.user_id });
                keeper.call("POST", &format!("/rooms/{id}/invite"), &body).await.ok();
                victim.call("POST", &format!("/join/{id}"), &json!({})).await.ok();
                send(&victim, id, "von jemandem, der geht").await.unwrap();
            }
            erased.push(victim.user_id.clone());
        }
        let (sent, gone, old) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { server, keeper, lasting, passing, sent, gone, old, erased }
    }

    /// Sends until the process is killed.
    async fn send_on(&mut self) {
        loop {
            let Some(id) = send(&self.keeper, &self.lasting, "bleibt").await else { return };
            self.sent.insert(id);
            let Some(id) = send(&self.keeper, &self.passing, "vergeht").await else { return };
            self.old.insert(id);
        }
    }

    /// What was acknowledged is there, what was gone is gone.
    async fn check(&mut self) {
        let lasting = present(&self.keeper, &self.lasting).await;
        let lost: Vec<_> = self.sent.difference(&lasting).collect();
        assert!(lost.is_empty(), "acknowledged, but not there: {lost:?}");
        let passing = present(&self.keeper, &self.passing).await;
        let back: Vec<_> = self.gone.intersection(&passing).collect();
        assert!(back.is_empty(), "was gone and is back: {back:?}");
        self.gone.extend(self.old.difference(&passing).cloned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_it_deletes_loses_nothing_and_brings_nothing_back() {
    let wanted = std::env::var_os("KONTOR_KILLS").and_then(|it| it.to_str()?.parse().ok());
    let kills = wanted.unwrap_or(KILLS);
    let random = Random::System;
    let mut story = Story::begin(kills).await;
    let mut cut = Cut::default();
    for round in 1..=kills {
        for _ in 0..DUE {
            let id = send(&story.keeper, &story.passing, "vergeht").await.unwrap();
            story.old.insert(id);
        }
        story.server.kill();
        let index = usize::try_from(round - 1).unwrap();
        let victim = story.erased.get(index).cloned();
        turn_back(story.server.folder(), victim.as_deref(), round).await;
        story.server.restart().await;
        let life = u64::from(u16::from_le_bytes(random.bytes().unwrap())) % LONGEST_LIFE_MS;
        let death = story.server.killed_after(Duration::from_millis(life));
        tokio::join!(death, story.send_on());
        story.server.reap();
        cut.note(story.server.folder()).await;
        story.server.restart().await;
        story.check().await;
    }
    finish(story).await;
    told(&format!("{kills} kills while deleting and erasing: {cut:?}"));
}

/// Says in the output of `make faults` what a loop has met.
pub(crate) fn told(line: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// What a stopped server has, once the content has gone behind its messages: a stop that comes in between
/// leaves that to the next start.
async fn settled(story: &mut Story, folder: &Path) -> Stores {
    let started = std::time::Instant::now();
    loop {
        story.server.stop();
        let stores = Stores::at(folder, NAME, None).await;
        let loose = loose_ends(&stores).await;
        if loose == [0, 0] {
            return stores;
        }
        assert!(
            started.elapsed() < Duration::from_mins(1),
            "content without event, or none: {loose:?}"
        );
        stores.close().await;
        story.server.restart().await;
        story.check().await;
    }
}

/// Left alone, it does what is still due.
async fn finish(mut story: Story) {
    let folder = story.server.folder().to_owned();
    story.server.kill();
    turn_back(&folder, None, 0).await;
    story.server.restart().await;
    let started = std::time::Instant::now();
    while !present(&story.keeper, &story.passing).await.is_disjoint(&story.old) {
        assert!(started.elapsed() < Duration::from_mins(1), "what is due does not go");
        sleep(Duration::from_millis(100)).await;
    }
    story.check().await;
    let stores = settled(&mut story, &folder).await;
    let values = stores.values().await;
    let open = "UPDATE erasure SET records = records WHERE tenant_id = $1 AND certificate IS NULL";
    assert_eq!(stores.execute(open, Vec::new()).await, 0, "an erasure has not come to its end");
    for victim in &story.erased {
        let tables: BTreeSet<&str> = values
            .iter()
            .filter(|(.., value)| value == victim.as_bytes())
            .map(|(table, ..)| table.as_str())
            .collect();
        let skeleton = BTreeSet::from(["event", "room_state"]);
        assert!(tables.is_subset(&skeleton), "{victim} is still in {tables:?}");
    }
    stores.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_lost_and_what_is_due_goes_once_there_is_room() {
    let disk = SmallDisk::mount("64m");
    let mut server = Server::start_in(disk.path(), Options::default()).await;
    let keeper = server.person("keeper").await;
    let (lasting, passing) = (room(&keeper, "extern").await, room(&keeper, "intern").await);
    let stays = send(&keeper, &lasting, "bleibt").await.unwrap();
    for _ in 0..300 {
        send(&keeper, &passing, "vergeht").await.unwrap();
    }
    server.kill();
    turn_back(disk.path(), None, 0).await;
    let ballast = disk.path().join("ballast");
    fill(&ballast);
    server.restart().await;
    // Whether it got somewhere or nowhere: it runs, and what has to be there is there.
    sleep(Duration::from_secs(2)).await;
    assert!(server.is_running(), "{}", server.log());
    assert!(present(&keeper, &lasting).await.contains(&stays));
    server.kill();
    std::fs::remove_file(&ballast).unwrap();
    server.restart().await;
    let started = std::time::Instant::now();
    while !present(&keeper, &passing).await.is_empty() {
        assert!(started.elapsed() < Duration::from_mins(1), "what is due does not go");
        sleep(Duration::from_millis(100)).await;
    }
    assert!(present(&keeper, &lasting).await.contains(&stays));
    drop(server);
}

/// Leaves some hundred kilobytes.
fn fill(ballast: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(ballast).unwrap();
    while file.write_all(&[7; 16_384]).is_ok() {}
    let written = file.metadata().unwrap().len();
    file.set_len(written.saturating_sub(700_000)).unwrap();
}
