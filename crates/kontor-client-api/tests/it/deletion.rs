//! Deletion by rule: gone for everybody, told to devices, counted and certified. law: R-110…R-116

use kontor_core::Role;
use kontor_testkit::{Param, Person, Stores, TestServer, Value, for_each_server, json};

use crate::passing_time::{DAY, pass, room_of};

async fn messages(person: &Person, room: &str) -> Vec<Value> {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100");
    let found = person.get(&path).await.ok();
    let chunk = found.body["chunk"].as_array().unwrap();
    chunk.iter().filter(|event| event["type"] == "m.room.message").cloned().collect()
}

fn redacted(sync: &Value, room: &str) -> Vec<String> {
    let events = &sync["rooms"]["join"][room]["timeline"]["events"];
    let events = events.as_array().cloned().unwrap_or_default();
    let redactions = events.iter().filter(|event| event["type"] == "m.room.redaction");
    redactions.map(|event| event["redacts"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn messages_go_when_their_time_is_over_and_devices_are_told() {
    for_each_server(async |server| {
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let room = room_of(&anna, "intern").await;
        anna.invite(&room, &bert).await;
        bert.join(&room).await;
        let old = anna.send(&room, "alt").await;
        let reply = anna.send(&room, "auch alt").await;
        pass(&server, 170 * DAY).await;
        let young = bert.send(&room, "neu").await;
        let since = anna.sync("").await["next_batch"].as_str().unwrap().to_owned();
        assert_eq!(messages(&anna, &room).await.len(), 3);

        pass(&server, 11 * DAY).await;
        let left = messages(&anna, &room).await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0]["event_id"], *young);
        for gone in [&old, &reply] {
            let path = format!("/_matrix/client/v3/rooms/{room}/event/{gone}");
            anna.get(&path).await.fails(404, "M_NOT_FOUND");
        }
        let told = anna.sync(&since).await;
        assert_eq!(redacted(&told, &room), [old, reply]);
        let after = told["next_batch"].as_str().unwrap();
        assert_eq!(redacted(&anna.sync(after).await, &room), Vec::<String>::new());
        // The room goes on.
        bert.send(&room, "weiter").await;
        assert_eq!(messages(&anna, &room).await.len(), 2);
    })
    .await;
}

/// Content of events that are gone; events without content; notes of what is to be purged.
const LOOSE: [&str; 3] = [
    "SELECT COUNT(*) FROM event_content c WHERE c.tenant_id = $1 AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.tenant_id = c.tenant_id AND e.room_nid = c.room_nid
           AND e.pos = c.pos)",
    "SELECT COUNT(*) FROM event e WHERE e.tenant_id = $1 AND NOT EXISTS
       (SELECT 1 FROM event_content c WHERE c.tenant_id = e.tenant_id AND c.pos = e.pos)",
    "SELECT COUNT(*) FROM content_to_purge WHERE tenant_id = $1",
];

async fn loose_ends(stores: &Stores) -> Vec<i64> {
    let mut found = Vec::new();
    for query in LOOSE {
        found.extend(stores.numbers(query).await);
    }
    found
}

#[tokio::test]
async fn content_goes_with_its_message_also_when_it_was_cut_off_in_between() {
    for_each_server(async |mut server| {
        let anna = server.register("anna").await;
        let (short, long) = (room_of(&anna, "intern").await, room_of(&anna, "intern").await);
        let path = format!("/_matrix/client/v3/rooms/{short}/state/m.room.retention");
        anna.put(&path, json!({ "max_lifetime": 30 * 86_400_000_u64 })).await.ok();
        for number in 0..30 {
            anna.send(&short, &format!("kurz {number}")).await;
            anna.send(&long, &format!("lang {number}")).await;
        }
        pass(&server, 31 * DAY).await;
        assert_eq!(
            (messages(&anna, &short).await.len(), messages(&anna, &long).await.len()),
            (0, 30)
        );
        let stores = server.stores("one.example").await;
        assert_eq!(loose_ends(&stores).await, [0, 0, 0]);
        let texts = stores.values().await;
        let contains = |text: &str| {
            texts
                .iter()
                .any(|(.., value)| value.windows(text.len()).any(|it| it == text.as_bytes()))
        };
        assert!(contains("lang 7") && !contains("kurz 7"));

        // As a crash leaves it: two messages are gone, their content is noted and there.
        let two = "SELECT pos FROM event WHERE tenant_id = $1 AND kind = 'm.room.message'
                    ORDER BY pos LIMIT 2";
        let positions = stores.numbers(two).await;
        let bytes: Vec<u8> = positions.iter().flat_map(|pos| pos.to_be_bytes()).collect();
        let note = "INSERT INTO content_to_purge (tenant_id, pos, positions) VALUES ($1, 1, $2)";
        stores.execute(note, vec![Param::Bytes(bytes.into())]).await;
        let gone = format!("DELETE FROM event WHERE tenant_id = $1 AND pos IN ({two})");
        assert_eq!(stores.execute(&gone, Vec::new()).await, 2);
        assert_eq!(loose_ends(&stores).await, [2, 0, 1]);
        stores.close().await;
        server.start_again().await;
        server.node().tenants().delete_due().await;
        let stores = server.stores("one.example").await;
        assert_eq!(loose_ends(&stores).await, [0, 0, 0]);
        stores.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_saved_key_goes_a_week_after_its_messages_also_if_nobody_wrote_since() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    anna.send(&room, "alt").await;
    let version = json!({
        "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
        "auth_data": { "public_key": "abcdefg" },
    });
    anna.post("/_matrix/client/v3/room_keys/version", version).await.ok();
    let key = json!({
        "first_message_index": 0, "forwarded_count": 0, "is_verified": true,
        "session_data": { "ciphertext": "AAAA" },
    });
    let keys = "/_matrix/client/v3/room_keys/keys?version=1";
    anna.put(keys, json!({ "rooms": { &room: { "sessions": { "hers": key } } } })).await.ok();
    pass(&server, 181 * DAY).await;
    let anna = server.login("anna").await;
    assert!(messages(&anna, &room).await.is_empty());
    assert_ne!(anna.get(keys).await.ok().body["rooms"], json!({}));
    pass(&server, 9 * DAY).await;
    let anna = server.login("anna").await;
    assert_eq!(anna.get(keys).await.ok().body["rooms"], json!({}));
}

#[tokio::test]
async fn a_device_that_was_away_and_a_restart_change_nothing() {
    let mut server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let old = anna.send(&room, "alt").await;
    let since = anna.sync("").await["next_batch"].as_str().unwrap().to_owned();
    pass(&server, 181 * DAY).await;
    server.restart().await;
    let anna = server.login("anna").await;
    assert_eq!(redacted(&anna.sync(&since).await, &room), [old]);
    assert!(messages(&anna, &room).await.is_empty());
    anna.send(&room, "neu").await;
    assert_eq!(messages(&anna, &room).await.len(), 1);
}

#[tokio::test]
async fn unread_counts_forget_what_has_expired() {
    let server = TestServer::start().await;
    let (anna, bert) = (server.register("anna").await, server.register("bert").await);
    let room = room_of(&anna, "intern").await;
    anna.invite(&room, &bert).await;
    bert.join(&room).await;
    bert.sync("").await;
    anna.send(&room, "alt").await;
    let counts = |sync: &Value| {
        sync["rooms"]["join"][&room]["unread_notifications"]["notification_count"].clone()
    };
    assert_eq!(counts(&bert.sync("").await), 1);
    pass(&server, 181 * DAY).await;
    assert_eq!(counts(&bert.sync("").await), 0);
}

#[tokio::test]
async fn a_room_may_choose_less_and_its_members_see_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.retention");
    let days = |days: u64| json!({ "max_lifetime": days * 86_400_000 });
    let refused = anna.put(&path, days(400)).await;
    refused.fails(400, "M_INVALID_PARAM");
    assert_eq!(refused.body["field"], "max_lifetime");
    anna.put(&path, days(30)).await.ok();
    let readers = anna.get(&format!("/_kontor/client/v1/rooms/{room}/readers")).await.ok();
    assert_eq!(readers.body["retention_ms"], 30 * 86_400_000_u64);
    anna.send(&room, "kurz").await;
    pass(&server, 29 * DAY).await;
    assert_eq!(messages(&anna, &room).await.len(), 1);
    pass(&server, 2 * DAY).await;
    assert!(messages(&anna, &room).await.is_empty());
    // The setting itself is present state and stays.
    anna.get(&path).await.ok();
}

#[tokio::test]
async fn files_live_and_die_with_their_message() {
    for_each_server(async |server| {
        let anna = server.register("anna").await;
        let room = room_of(&anna, "intern").await;
        let (bound, loose) = (upload(&anna).await, upload(&anna).await);
        let query = format!("?org.matrix.msc3911.attach_media={bound}");
        let send =
            |txn: &str| format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/{txn}{query}");
        let text = json!({ "msgtype": "m.text", "body": "mit Datei" });
        let sent = anna.put(&send("1"), text.clone()).await.ok();
        // The answer was lost: the same request again is the same message.
        assert_eq!(anna.put(&send("1"), text.clone()).await.ok().body, sent.body);
        anna.put(&send("2"), text).await.fails(400, "M_INVALID_PARAM");
        assert_eq!(download(&anna, &bound).await, 200);
        pass(&server, 181 * DAY).await;
        assert_eq!(download(&anna, &bound).await, 404);
        // Without a message it is kept as long as the longest class.
        assert_eq!(download(&anna, &loose).await, 200);
        pass(&server, 1100 * DAY).await;
        assert_eq!(download(&anna, &loose).await, 404);
        assert_eq!(blobs(&server), 0);
    })
    .await;
}

#[tokio::test]
async fn the_file_of_a_deleted_message_is_gone_at_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let file = upload(&anna).await;
    let picture = json!({ "msgtype": "m.image", "body": "Bild", "url": file });
    let sent = anna.send_event(&room, "m.room.message", picture).await.ok();
    let redact = format!("/_matrix/client/v3/rooms/{room}/redact/{}/txn1", sent.text("event_id"));
    anna.put(&redact, json!({})).await.ok();
    assert_eq!(download(&anna, &file).await, 404);
    server.node().tenants().delete_due().await;
    assert_eq!(blobs(&server), 0);
}

#[tokio::test]
async fn a_run_is_seen_before_and_certified_after() {
    for_each_server(async |server| {
        let anna = server.register("anna").await;
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let room = room_of(&anna, "intern").await;
        for text in ["eins", "zwei", "drei"] {
            anna.send(&room, text).await;
        }
        pass(&server, 100 * DAY).await;
        let dry_run = "/_kontor/admin/v1/deletion/dry_run?class=intern&days=90";
        let seen = dsb.get(dry_run).await.ok();
        assert_eq!(seen.body["messages"], 3, "{}", seen.body);
        assert_eq!(messages(&anna, &room).await.len(), 3);
        anna.get(dry_run).await.fails(403, "M_FORBIDDEN");
        let bad = "/_kontor/admin/v1/deletion/dry_run?class=intern&days=3";
        dsb.get(bad).await.fails(400, "M_INVALID_PARAM");

        pass(&server, 81 * DAY).await;
        let overview = dsb.get("/_kontor/admin/v1/deletion").await.ok();
        let run = overview.body["runs"][0].clone();
        assert_eq!((&run["rule"], &run["objects"]), (&json!("messages_intern"), &json!(3)));
        let path = format!("/_kontor/admin/v1/deletion/runs/{}/certificate", run["run"]);
        anna.post(&path, json!({})).await.fails(403, "M_FORBIDDEN");
        let certificate = dsb.post(&path, json!({})).await.ok().body;
        assert_eq!(certificate["removed"]["objects"], 3);
        assert_eq!(certificate["remaining_older"], 0);
        assert!(!certificate.to_string().contains(&room), "{certificate}");
        let fields = certificate.as_object().unwrap();
        assert!(kontor_audit::verify_statement(fields).is_some());
        let mut forged = fields.clone();
        forged["removed"]["objects"] = json!(4);
        assert!(kontor_audit::verify_statement(&forged).is_none());
        assert_eq!(dsb.post(&path, json!({})).await.ok().body, certificate);
    })
    .await;
}

async fn upload(person: &Person) -> String {
    let path = "/_matrix/media/v3/upload";
    let sent = person.request(http::Method::POST, path).header("content-type", "text/plain");
    let answer: Value = sent.body("Inhalt").send().await.unwrap().json().await.unwrap();
    answer["content_uri"].as_str().unwrap().to_owned()
}

async fn download(person: &Person, uri: &str) -> u16 {
    let address = uri.strip_prefix("mxc://").unwrap();
    let path = format!("/_matrix/client/v1/media/download/{address}");
    person.request(http::Method::GET, &path).send().await.unwrap().status().as_u16()
}

/// Files in the media folder.
fn blobs(server: &TestServer) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries.map(|it| if it.path().is_dir() { count(&it.path()) } else { 1 }).sum()
    }
    let tenants = std::fs::read_dir(server.data().join("data/tenants")).unwrap();
    tenants.map(|tenant| count(&tenant.unwrap().path().join("media"))).sum()
}
