//! `kill -9` in the middle of everything: what was acknowledged is there, nothing is there twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::person::{Person, message_path};
use crate::server::Server;

const KILLS: u64 = 20;
const SENDERS: usize = 6;

/// What one sender did in one round.
struct Sent {
    /// Text → event id as acknowledged.
    acknowledged: Vec<(String, String)>,
    /// Transaction id and text of the one that was never answered.
    open: Option<(String, String)>,
}

/// Sends until the server is gone.
async fn send_on(person: Person, room: String, name: String, stop: Arc<AtomicBool>) -> Sent {
    let mut sent = Sent { acknowledged: Vec::new(), open: None };
    for number in 0_u32.. {
        let text = format!("{name}-{number}");
        let body = json!({ "msgtype": "m.text", "body": text }).to_string();
        let path = message_path(&room, &text);
        match person.try_raw("PUT", &path, body).await {
            Some(answer) if answer.status == 200 => {
                let id = answer.json["event_id"].as_str().unwrap().to_owned();
                sent.acknowledged.push((text, id));
            }
            _ => {
                assert!(stop.load(Ordering::Relaxed), "a send failed while the server was up");
                sent.open = Some((text.clone(), text));
                break;
            }
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_and_double_nothing() {
    let mut server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.room().await;
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..KILLS {
        let stop = Arc::new(AtomicBool::new(false));
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let name = format!("{round}-{sender}");
            senders.spawn(send_on(alice.clone(), room.clone(), name, Arc::clone(&stop)));
        }
        // Different moments of the commit cycle.
        sleep(Duration::from_millis(40 + round * 17 % 120)).await;
        stop.store(true, Ordering::Relaxed);
        server.kill();
        let rounds = senders.join_all().await;
        server.restart().await;
        for sent in rounds {
            expected.extend(sent.acknowledged);
            // The client does not know whether it arrived, and asks again.
            let Some((transaction, text)) = sent.open else { continue };
            let body = json!({ "msgtype": "m.text", "body": text });
            let id = alice.send(&room, &transaction, &body).await.ok()["event_id"].clone();
            expected.insert(text, id.as_str().unwrap().to_owned());
        }
    }
    let events = all_messages(&alice, &room).await;
    assert!(expected.len() > 100, "only {} messages were sent", expected.len());
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (text, id) in events {
        assert!(found.insert(text.clone(), id).is_none(), "{text} is there twice");
    }
    for (text, id) in &expected {
        assert_eq!(found.get(text), Some(id), "{text} was acknowledged");
    }
    assert_eq!(found.len(), expected.len(), "nothing else is there");
}

/// Text and id of every message.
async fn all_messages(person: &Person, room: &str) -> Vec<(String, String)> {
    let mut messages = Vec::new();
    let mut from = String::new();
    loop {
        let room = crate::person::escaped(room);
        let page = person.get(&format!("/rooms/{room}/messages?dir=b&limit=500{from}")).await.ok();
        let chunk = page["chunk"].as_array().unwrap();
        messages.extend(chunk.iter().filter_map(|event| {
            let text = event["content"]["body"].as_str()?.to_owned();
            Some((text, event["event_id"].as_str()?.to_owned()))
        }));
        match page["end"].as_str() {
            Some(end) if !chunk.is_empty() => {
                from = format!("&from={}", crate::person::escaped(end));
            }
            _ => return messages,
        }
    }
}

#[tokio::test]
async fn an_upload_acknowledged_before_a_kill_is_there() {
    let mut server = Server::start().await;
    let alice = server.person("alice").await;
    for round in 0..5_u8 {
        let content = vec![round; 300_000];
        let id = crate::media::upload(&alice, &content, "image/png", None).await;
        // A second one is on its way when the server dies.
        let upload = alice.request("POST", "/_matrix/media/v3/upload").body(vec![9; 20 << 20]);
        let pause = Duration::from_millis(u64::from(round) * 15);
        // Whether it was answered does not matter here.
        drop(timeout(pause, upload.send()).await);
        server.kill();
        server.restart().await;
        let found = crate::media::download(&alice, &id).await;
        assert!(found == content, "round {round}");
        assert!(crate::media::blob_files(server.folder()) <= 2 * (usize::from(round) + 1));
    }
}
