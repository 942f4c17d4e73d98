//! Rules beside those of ordinary messages: ephemeral rooms by delivery, abandoned rooms, closed accounts,
//! records at the end of the third year. law

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{Answer, Person, TestServer, Value, for_each_server, json};

use crate::passing_time::{DAY, bodies, forward, pass, room_of};
use crate::roles::with_password;

fn token(sync: &Value) -> String {
    sync["next_batch"].as_str().unwrap().to_owned()
}

async fn say(person: &Person, room: &str, text: &str) -> String {
    let content = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": text });
    let sent: Answer = person.send_event(room, "m.room.encrypted", content).await.ok();
    sent.text("event_id").to_owned()
}

async fn is_there(person: &Person, room: &str, event: &str) -> bool {
    let path = format!("/_matrix/client/v3/rooms/{room}/event/{event}");
    person.get(&path).await.status == 200
}

#[tokio::test]
async fn ephemeral_messages_go_when_every_device_has_them_and_are_forgotten_after_a_day() {
    for_each_server(async |server| {
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let room = room_of(&anna, "fluechtig").await;
        anna.invite(&room, &bert).await;
        bert.join(&room).await;
        let (mut hers, mut his) = (token(&anna.sync("").await), token(&bert.sync("").await));
        let sent = say(&anna, &room, "flüchtig").await;
        let tenants = server.node().tenants();
        tenants.delete_delivered().await;
        assert!(is_there(&bert, &room, &sent).await);

        hers = token(&anna.sync(&hers).await);
        let got = bert.sync(&his).await;
        assert!(got.to_string().contains(&sent), "{got}");
        his = token(&got);
        tenants.delete_delivered().await;
        assert!(is_there(&bert, &room, &sent).await, "nobody has confirmed it yet");
        forward(&server, Duration::from_mins(2));
        hers = token(&anna.sync(&hers).await);
        his = token(&bert.sync(&his).await);
        tenants.delete_delivered().await;
        assert!(!is_there(&bert, &room, &sent).await, "every device has it");

        let overview = dsb.get("/_kontor/admin/v1/deletion").await.ok().body;
        assert_eq!(overview["ephemeral"]["messages"], 1, "{}", overview["ephemeral"]);
        assert_eq!(overview["ephemeral"]["p100_ms"], 120_000, "{}", overview["ephemeral"]);

        // Devices keep it for the rest of the day.
        assert!(!bert.sync(&his).await.to_string().contains("m.room.redaction"));
        forward(&server, DAY);
        tenants.delete_delivered().await;
        assert!(bert.sync(&his).await.to_string().contains(&format!("\"redacts\":\"{sent}\"")));
        assert!(anna.sync(&hers).await.to_string().contains("m.room.redaction"));
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_away_keeps_ephemeral_messages_for_a_day_and_no_longer() {
    let server = TestServer::start().await;
    let (anna, bert) = (server.register("anna").await, server.register("bert").await);
    let room = room_of(&anna, "fluechtig").await;
    anna.invite(&room, &bert).await;
    bert.join(&room).await;
    let hers = token(&anna.sync("").await);
    let sent = say(&anna, &room, "flüchtig").await;
    let hers = token(&anna.sync(&hers).await);
    anna.sync(&hers).await;
    pass(&server, Duration::from_hours(20)).await;
    server.node().tenants().delete_delivered().await;
    assert!(is_there(&anna, &room, &sent).await, "bert has not asked");
    pass(&server, Duration::from_hours(4)).await;
    assert!(!is_there(&anna, &room, &sent).await);
}

#[tokio::test]
async fn a_room_goes_a_week_after_the_last_one_left() {
    for_each_server(async |server| {
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let dsb = server.register_as("dsb", Role::Dsb).await;
        let room = room_of(&anna, "intern").await;
        anna.invite(&room, &bert).await;
        bert.join(&room).await;
        anna.send(&room, "hier war jemand").await;
        let leave = format!("/_matrix/client/v3/rooms/{room}/leave");
        anna.post(&leave, json!({})).await.ok();
        pass(&server, 8 * DAY).await;
        assert_eq!(bodies(&bert, &room).await, ["hier war jemand"], "bert is still there");
        bert.post(&leave, json!({})).await.ok();
        pass(&server, 6 * DAY).await;
        assert_eq!(bodies(&bert, &room).await, ["hier war jemand"]);
        pass(&server, 2 * DAY).await;
        let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b");
        let after = bert.get(&path).await;
        assert!(after.status == 403 || after.status == 404, "{}", after.body);
        bert.sync("").await;
        let overview = dsb.get("/_kontor/admin/v1/deletion").await.ok().body;
        let run = overview["runs"].as_array().unwrap().iter().find(|run| run["rule"] == "rooms");
        let run = run.expect("a run of the rule");
        let path = format!("/_kontor/admin/v1/deletion/runs/{}/certificate", run["run"]);
        let certificate = dsb.post(&path, json!({})).await.ok().body;
        assert_eq!(certificate["remaining_older"], 0, "{certificate}");
    })
    .await;
}

#[tokio::test]
async fn whoever_closed_their_account_is_erased_after_thirty_days() {
    let server = TestServer::start().await;
    let (anna, bert) = (server.register("anna").await, server.register("bert").await);
    let room = bert.create_room(json!({})).await;
    bert.invite(&room, &anna).await;
    anna.join(&room).await;
    let close = with_password(&anna, json!({}));
    anna.post("/_matrix/client/v3/account/deactivate", close).await.ok();
    pass(&server, 29 * DAY).await;
    let erasures = async || {
        let dsb = server.login("dsb").await;
        dsb.get("/_kontor/admin/v1/erasures").await.ok().body["erasures"].clone()
    };
    server.register_as("dsb", Role::Dsb).await;
    assert_eq!(erasures().await, json!([]));
    pass(&server, 2 * DAY).await;
    let found = erasures().await;
    assert_eq!((&found[0]["certified"], &found[0]["with_messages"]), (&json!(true), &json!(false)));
    let member = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{}", anna.user_id);
    let bert = server.login("bert").await;
    assert_eq!(bert.get(&member).await.ok().body["displayname"], "Gelöschtes Konto");
}

#[tokio::test]
async fn approvals_go_at_the_end_of_the_third_year() {
    let server = TestServer::start().await;
    let chief = server.register_admin("chefin").await;
    let ben = server.register("ben").await;
    let wish = json!({
        "act": "change_role", "user_id": ben.user_id, "role": "auditor", "held": true,
        "reason": "Bestellung",
    });
    chief.post("/_kontor/admin/v1/approvals", with_password(&chief, wish)).await.ok();
    let count = async || {
        let chief = server.login("chefin").await;
        let found = chief.get("/_kontor/admin/v1/approvals").await.ok();
        found.body["approvals"].as_array().unwrap().len()
    };
    // The clock starts in January 2026; the third year after ends with 2029.
    pass(&server, 4 * 364 * DAY).await;
    assert_eq!(count().await, 1);
    pass(&server, 10 * DAY).await;
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_clock_that_was_set_back_deletes_nothing_before_its_time() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let start = server.clock().now();
    anna.send(&room, "vor dem Sprung").await;
    server.node().tenants().delete_due().await;
    server.clock().set(start.minus(400 * DAY));
    let anna = server.login("anna").await;
    anna.send(&room, "nach dem Sprung").await;
    server.node().tenants().delete_due().await;
    server.clock().set(start.plus(100 * DAY));
    server.node().tenants().delete_due().await;
    let anna = server.login("anna").await;
    assert_eq!(bodies(&anna, &room).await.len(), 2);
    server.clock().set(start.plus(181 * DAY));
    server.node().tenants().delete_due().await;
    let anna = server.login("anna").await;
    assert_eq!(bodies(&anna, &room).await, ["nach dem Sprung"], "late by the jump, never early");
    server.clock().set(start.plus(281 * DAY));
    server.node().tenants().delete_due().await;
    let anna = server.login("anna").await;
    assert!(bodies(&anna, &room).await.is_empty());
}

#[tokio::test]
async fn without_the_media_store_messages_go_and_files_follow() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    let upload = "/_matrix/media/v3/upload";
    let sent = anna.send_bytes(http::Method::POST, upload, b"Bild".to_vec()).await.ok();
    let picture = json!({ "msgtype": "m.image", "body": "Bild", "url": sent.text("content_uri") });
    anna.send_event(&room, "m.room.message", picture).await.ok();
    anna.send(&room, "dazu").await;
    server.node().tenants().delete_due().await;
    let tenants = std::fs::read_dir(server.data().join("data/tenants")).unwrap();
    let folder = tenants.map(Result::unwrap).next().unwrap().path();
    let (media, away) = (folder.join("media"), folder.join("media-away"));
    std::fs::rename(&media, &away).unwrap();
    std::fs::write(&media, "no folder").unwrap();
    forward(&server, 181 * DAY);
    server.node().tenants().delete_due().await;
    let anna = server.login("anna").await;
    assert!(bodies(&anna, &room).await.is_empty(), "what is due goes");
    std::fs::remove_file(&media).unwrap();
    std::fs::rename(&away, &media).unwrap();
    assert_eq!(files_in(&media), 1, "the file is still there, and nothing refers to it");
    server.node().tenants().delete_due().await;
    assert_eq!(files_in(&media), 0, "it goes as soon as it can be reached");
}

fn files_in(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|it| if it.path().is_dir() { files_in(&it.path()) } else { 1 }).sum()
}
