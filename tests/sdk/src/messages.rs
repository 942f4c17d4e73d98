//! Chapter 4: what people do with messages all day.

use anyhow::{Context, Result, bail, ensure};
use matrix_sdk::Room;
use matrix_sdk::room::edit::EditedContent;
use matrix_sdk::room::reply::{EnforceThread, Reply};
use matrix_sdk::room::{ListThreadsOptions, MessagesOptions, Receipts};
use matrix_sdk::ruma::events::receipt::{ReceiptThread, ReceiptType};
use matrix_sdk::ruma::events::room::message::{
    AddMentions, RoomMessageEventContentWithoutRelation,
};
use matrix_sdk::ruma::{OwnedEventId, RoomId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::party::Party;
use crate::walk::Walk;

pub(crate) const FIRST: &str = "Moin! Is the tide table final?";

pub(crate) async fn chapter(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let first = both_ways(walk, party, room).await?;
    relations(walk, party, room, &first).await?;
    attention(walk, party, room).await?;
    walk_through_history(walk, party, room, &first).await
}

async fn both_ways(walk: &Walk, party: &Party, room: &RoomId) -> Result<OwnedEventId> {
    let Party { phone, laptop, bob, .. } = party;
    let first = walk
        .step("Alice writes; Bob and Alice's laptop read it, decrypted", async {
            let id = phone.say(room, FIRST).await?;
            for device in [bob, laptop] {
                let event = device.until_read(room, &id).await?;
                ensure!(event["content"]["body"] == FIRST, "{}: {event}", device.name);
            }
            Ok(id)
        })
        .await?;
    walk.step("Bob answers; both of Alice's devices read it, decrypted", async {
        let text = "Final. Low water at 14:20.";
        let id = bob.say(room, text).await?;
        for device in [phone, laptop] {
            let event = device.until_read(room, &id).await?;
            ensure!(event["content"]["body"] == text, "{}: {event}", device.name);
        }
        Ok(())
    })
    .await?;
    walk.step("what the server has of a message is ciphertext", async {
        let path = format!("client/v3/rooms/{room}/event/{first}");
        let event = phone.http().ok(Method::GET, &path, None).await?;
        ensure!(event["type"] == "m.room.encrypted", "{event}");
        ensure!(event["content"]["algorithm"] == "m.megolm.v1.aes-sha2", "{event}");
        ensure!(!event.to_string().contains("tide"), "{event}");
        Ok(())
    })
    .await?;
    walk.step("an unencrypted message into the encrypted room is refused", async {
        let path = format!("client/v3/rooms/{room}/send/m.room.message/plain");
        let body = json!({ "msgtype": "m.text", "body": "in the clear" });
        bob.http().refuses((Method::PUT, &path, Some(body)), 403, "M_FORBIDDEN").await
    })
    .await?;
    Ok(first)
}

async fn relations(walk: &Walk, party: &Party, room: &RoomId, first: &OwnedEventId) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    walk.step("Bob replies to the first message", async {
        let reply = Reply {
            event_id: first.clone(),
            enforce_thread: EnforceThread::Unthreaded,
            add_mentions: AddMentions::Yes,
        };
        let text = RoomMessageEventContentWithoutRelation::text_plain("It is.");
        let content = bob.room(room)?.make_reply_event(text, reply).await?;
        let id = bob.room(room)?.send(content).await?.response.event_id;
        let event = phone.until_read(room, &id).await?;
        let target = &event["content"]["m.relates_to"]["m.in_reply_to"]["event_id"];
        ensure!(*target == first.as_str(), "{event}");
        Ok(())
    })
    .await?;
    walk.step("Alice edits her message; the server bundles the edit with it", async {
        let text = RoomMessageEventContentWithoutRelation::text_plain("Moin! Is it final?");
        let known = phone.room(room)?;
        let edit = known.make_edit_event(first, EditedContent::RoomMessage(text)).await?;
        let id = known.send(edit).await?.response.event_id;
        let event = bob.until_read(room, &id).await?;
        ensure!(event["content"]["m.new_content"]["body"] == "Moin! Is it final?", "{event}");
        let path = format!("client/v3/rooms/{room}/event/{first}");
        let bundled = bob.http().ok(Method::GET, &path, None).await?;
        let replaced = &bundled["unsigned"]["m.relations"]["m.replace"]["event_id"];
        ensure!(*replaced == id.as_str(), "{bundled}");
        Ok(())
    })
    .await?;
    let reaction = walk
        .step("Bob reacts with a thumb; Alice's laptop sees it", async {
            let relation = json!({
                "m.relates_to": { "rel_type": "m.annotation", "event_id": first, "key": "👍" }
            });
            let id = bob.send(room, "m.reaction", relation).await?;
            laptop
                .until_heard("the reaction", |heard| heard.event["event_id"] == id.as_str())
                .await?;
            Ok(id)
        })
        .await?;
    walk.step("the same reaction twice is refused", async {
        let path = format!("client/v3/rooms/{room}/send/m.reaction/again");
        let body = json!({
            "m.relates_to": { "rel_type": "m.annotation", "event_id": first, "key": "👍" }
        });
        bob.http().refuses((Method::PUT, &path, Some(body)), 400, "M_DUPLICATE_ANNOTATION").await
    })
    .await?;
    walk.step("Bob takes the reaction back; its content is gone for everybody", async {
        bob.room(room)?.redact(&reaction, Some("slipped"), None).await?;
        phone
            .until_heard("the redaction", |heard| {
                heard.event["type"] == "m.room.redaction"
                    && heard.event["content"]["redacts"] == reaction.as_str()
            })
            .await?;
        let path = format!("client/v3/rooms/{room}/event/{reaction}");
        let event = phone.http().ok(Method::GET, &path, None).await?;
        ensure!(event["content"] == json!({}), "{event}");
        let because = &event["unsigned"]["redacted_because"]["content"]["reason"];
        ensure!(because == "slipped", "{event}");
        Ok(())
    })
    .await?;
    walk.step("Alice redacts a message; nobody gets its ciphertext any more", async {
        let id = phone.say(room, "Forget that I said this").await?;
        bob.until_read(room, &id).await?;
        phone.room(room)?.redact(&id, None, None).await?;
        let path = format!("client/v3/rooms/{room}/event/{id}");
        bob.until("the redacted event", async || {
            let event = bob.http().ok(Method::GET, &path, None).await?;
            Ok(event["content"].get("ciphertext").is_none().then_some(()))
        })
        .await
    })
    .await?;
    thread(walk, party, room).await
}

async fn thread(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { phone, bob, .. } = party;
    let root = walk
        .step("Bob opens a thread with two answers; Alice reads them", async {
            let root = phone.say(room, "Who brings the lantern?").await?;
            bob.until_read(room, &root).await?;
            let mut last = root.clone();
            for text in ["I do.", "And the spare battery."] {
                let content = json!({
                    "msgtype": "m.text",
                    "body": text,
                    "m.relates_to": {
                        "rel_type": "m.thread",
                        "event_id": root,
                        "is_falling_back": true,
                        "m.in_reply_to": { "event_id": last },
                    },
                });
                last = bob.send(room, "m.room.message", content).await?;
                phone.until_read(room, &last).await?;
            }
            Ok(root)
        })
        .await?;
    walk.step("the room's list of threads shows it with a count of two", async {
        let threads = phone.room(room)?.list_threads(ListThreadsOptions::default()).await?;
        ensure!(threads.chunk.len() == 1, "{} threads", threads.chunk.len());
        let event: Value = threads.chunk[0].raw().deserialize_as_unchecked()?;
        ensure!(event["event_id"] == root.as_str(), "{event}");
        ensure!(event["unsigned"]["m.relations"]["m.thread"]["count"] == 2, "{event}");
        Ok(())
    })
    .await?;
    walk.step("the relations of the root, by type, are its two answers", async {
        let path = format!("client/v1/rooms/{room}/relations/{root}/m.thread");
        let answer = bob.http().ok(Method::GET, &path, None).await?;
        ensure!(answer["chunk"].as_array().map(Vec::len) == Some(2), "{answer}");
        Ok(())
    })
    .await
}

async fn attention(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    walk.step("Alice sees that Bob is typing, and that he has stopped", async {
        let typing = |users: Value| {
            move |heard: &crate::device::Heard| {
                heard.room == *room
                    && heard.event["type"] == "m.typing"
                    && heard.event["content"]["user_ids"] == users
            }
        };
        bob.room(room)?.typing_notice(true).await?;
        phone.until_heard("typing", typing(json!([bob.user()]))).await?;
        bob.room(room)?.typing_notice(false).await?;
        phone.until_heard("no typing", typing(json!([]))).await?;
        Ok(())
    })
    .await?;
    let unread = walk
        .step("a message counts as unread for Bob", async {
            let id = phone.say(room, "Bob, are you there?").await?;
            let room = bob.room(room)?;
            bob.until("an unread count", async || {
                Ok((room.unread_notification_counts().notification_count > 0).then_some(()))
            })
            .await?;
            Ok(id)
        })
        .await?;
    walk.step("Bob reads it: Alice sees the receipt, his count is zero, the marker moves", async {
        let read =
            Receipts::new().fully_read_marker(unread.clone()).public_read_receipt(unread.clone());
        let bobs = bob.room(room)?;
        bobs.send_multiple_receipts(read).await?;
        let seen = phone.room(room)?;
        phone
            .until("Bob's receipt", async || {
                let receipts = seen
                    .load_event_receipts(ReceiptType::Read, ReceiptThread::Unthreaded, &unread)
                    .await?;
                Ok(receipts.iter().any(|(user, _)| *user == bob.user()).then_some(()))
            })
            .await?;
        bob.until("a count of zero", async || {
            let counts = bobs.unread_notification_counts();
            Ok((counts.notification_count == 0).then_some(()))
        })
        .await?;
        bob.until("the marker", async || {
            Ok(bobs.fully_read_event_id().filter(|id| *id == unread).map(|_| ()))
        })
        .await
    })
    .await?;
    walk.step("a private receipt stays private", async {
        let id = bob.say(room, "Here now.").await?;
        phone.until_read(room, &id).await?;
        laptop.until_read(room, &id).await?;
        phone
            .room(room)?
            .send_multiple_receipts(Receipts::new().private_read_receipt(id.clone()))
            .await?;
        let mark = phone.say(room, "after the private receipt").await?;
        bob.until_read(room, &mark).await?;
        let told = bob.heard().iter().any(|heard| {
            heard.event["type"] == "m.receipt"
                && heard.event["content"][id.as_str()]["m.read.private"].is_object()
        });
        ensure!(!told, "Bob was told");
        Ok(())
    })
    .await
}

async fn walk_through_history(
    walk: &Walk,
    party: &Party,
    room: &RoomId,
    first: &OwnedEventId,
) -> Result<()> {
    let Party { phone, bob, .. } = party;
    walk.step("the same transaction id sends once", async {
        let path = format!("client/v3/rooms/{room}/send/m.reaction/once");
        let body = json!({
            "m.relates_to": { "rel_type": "m.annotation", "event_id": first, "key": "🌊" }
        });
        let one = bob.http().ok(Method::PUT, &path, Some(body.clone())).await?;
        let two = bob.http().ok(Method::PUT, &path, Some(body)).await?;
        ensure!(one["event_id"] == two["event_id"], "{one} {two}");
        Ok(())
    })
    .await?;
    let sent = walk
        .step("Alice sends thirty messages; Bob reads all of them, in order", async {
            let mut sent = Vec::new();
            for number in 0..30 {
                sent.push(phone.say(room, &format!("entry {number:02}")).await?);
            }
            for id in &sent {
                bob.until_read(room, id).await?;
            }
            let order: Vec<String> = bob
                .heard()
                .iter()
                .filter_map(|heard| heard.event["event_id"].as_str().map(str::to_owned))
                .filter(|id| sent.iter().any(|one| one == id))
                .collect();
            ensure!(order == sent, "another order: {order:?}");
            Ok(sent)
        })
        .await?;
    walk.step("a client that comes back gets a limited timeline and fills the gap", async {
        let filter = json!({ "room": { "timeline": { "limit": 5 } } }).to_string();
        let http = bob.http();
        let path = format!("client/v3/sync?filter={}", encode(&filter));
        let answer = http.ok(Method::GET, &path, None).await?;
        let timeline = &answer["rooms"]["join"][room.as_str()]["timeline"];
        ensure!(timeline["limited"] == true, "{timeline}");
        ensure!(timeline["events"].as_array().map(Vec::len) == Some(5), "{timeline}");
        let from = timeline["prev_batch"].as_str().context("no prev_batch")?;
        let path = format!("client/v3/rooms/{room}/messages?dir=b&limit=25&from={}", encode(from));
        let older = http.ok(Method::GET, &path, None).await?;
        let ids: Vec<&str> = older["chunk"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| e["event_id"].as_str())
            .collect();
        let expected: Vec<&str> = sent[..25].iter().rev().map(|id| id.as_str()).collect();
        ensure!(ids == expected, "{ids:?}");
        Ok(())
    })
    .await?;
    walk.step(
        "paging back in steps of seven reaches the creation, without gap or repetition",
        async {
            let mut ids = page_back(&bob.room(room)?).await?;
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            ensure!(ids.len() == count, "{} repetitions", count - ids.len());
            ensure!(sent.iter().all(|id| ids.contains(id)), "a gap");
            Ok(())
        },
    )
    .await?;
    walk.step("the context of an event shows its neighbours", async {
        let context =
            bob.room(room)?.event_with_context(&sent[10], true, 4_u32.into(), None).await?;
        let before = context.events_before.first().and_then(|event| event.event_id());
        let after = context.events_after.first().and_then(|event| event.event_id());
        ensure!(before.as_ref() == Some(&sent[9]), "before: {before:?}");
        ensure!(after.as_ref() == Some(&sent[11]), "after: {after:?}");
        Ok(())
    })
    .await
}

/// Every event of a room back to its creation, in small pages.
async fn page_back(room: &Room) -> Result<Vec<OwnedEventId>> {
    let mut ids = Vec::new();
    let mut from = None;
    while ids.len() < 500 {
        let mut options = MessagesOptions::backward();
        options.limit = 7_u32.into();
        options.from = from;
        let page = room.messages(options).await?;
        ids.extend(page.chunk.iter().filter_map(|event| event.event_id()));
        let last = page.chunk.last().context("an empty page before the creation")?;
        if last.raw().get_field::<String>("type")?.as_deref() == Some("m.room.create") {
            return Ok(ids);
        }
        from = Some(page.end.context("history ends before the creation")?);
    }
    bail!("no creation after {} events", ids.len())
}

/// A query parameter's text.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
