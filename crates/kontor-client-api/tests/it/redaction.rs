//! Redaction: nothing of what was removed stays to be seen, and nothing is removed that protects.

use kontor_core::Role;
use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

async fn redact(person: &Person, room: &str, event: &str) -> kontor_testkit::Answer {
    let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/r{event}");
    person.put(&path, json!({})).await
}

async fn set(person: &Person, room: &str, kind: &str, content: Value) -> kontor_testkit::Answer {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/{kind}/");
    person.put(&path, content).await
}

async fn state_id(person: &Person, room: &str, kind: &str) -> String {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/{kind}/?format=event");
    person.get(&path).await.ok().text("event_id").to_owned()
}

#[tokio::test]
async fn old_state_that_is_redacted_is_gone_from_its_successor_too() {
    for_each_server(async |mut server: TestServer| {
        let mut alice = server.register("alice").await;
        let room = alice.create_room(json!({})).await;
        let kind = "m.room.topic";
        let first = set(&alice, &room, kind, json!({ "topic": "geheim" })).await.ok();
        set(&alice, &room, kind, json!({ "topic": "öffentlich" })).await.ok();
        let shown = alice.sync("").await["rooms"]["join"][&room].to_string();
        assert!(shown.contains("geheim"), "{shown}");
        redact(&alice, &room, first.text("event_id")).await.ok();
        for _ in 0..2 {
            let page = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=50");
            let state = format!("/_matrix/client/v3/rooms/{room}/state");
            for text in [
                alice.sync("").await.to_string(),
                alice.get(&page).await.ok().body.to_string(),
                alice.get(&state).await.ok().body.to_string(),
            ] {
                assert!(!text.contains("geheim"), "{text}");
                assert!(text.contains("öffentlich"));
            }
            server.restart().await;
            alice.base = server.base();
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_room_is_and_that_it_is_encrypted_cannot_be_redacted() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let encryption = json!({ "algorithm": "m.megolm.v1.aes-sha2" });
    for version in ["10", "11", "12"] {
        let initial =
            json!({ "type": "m.room.encryption", "state_key": "", "content": encryption });
        let body = json!({ "room_version": version, "initial_state": [initial] });
        let room = alice.create_room(body).await;
        for kind in ["m.room.create", "m.room.encryption"] {
            let event = state_id(&alice, &room, kind).await;
            redact(&alice, &room, &event).await.fails(403, "M_FORBIDDEN");
        }
        for other in [json!({}), json!({ "algorithm": "example.clear" })] {
            set(&alice, &room, "m.room.encryption", other).await.fails(403, "M_FORBIDDEN");
        }
        set(&alice, &room, "m.room.encryption", encryption.clone()).await.ok();
        let name = set(&alice, &room, "m.room.name", json!({ "name": "x" })).await.ok();
        redact(&alice, &room, name.text("event_id")).await.ok();
    }
}

#[tokio::test]
async fn by_whom_a_room_is_supervised_cannot_be_redacted() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let chief = server.register("chefin").await;
    let terms = json!({
        "purpose": "Qualität der Beratung", "legal_basis": "DSGVO Art. 6(1)(f)",
        "balancing": "Kunden erwarten geprüfte Auskünfte.", "agreement": "BV 12/2026",
        "impact_assessment": "DSFA 3", "supervisors": [chief.user_id], "mode": "anlassbezogen",
        "until_ms": server.clock().now().plus(std::time::Duration::from_hours(240)).0,
    });
    let content = json!({ "app.kontor.class": "beaufsichtigt", "app.kontor.supervision": terms });
    let room = admin.create_room(json!({ "creation_content": content })).await;
    chief.join(&room).await;
    let event = state_id(&admin, &room, "app.kontor.supervision").await;
    redact(&admin, &room, &event).await.fails(403, "M_FORBIDDEN");
    let look = format!("/_kontor/client/v1/rooms/{room}/supervision/readings");
    chief.post(&look, json!({ "reason": "Beschwerde 7" })).await.ok();
    let page = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=1");
    let told = chief.get(&page).await.ok().body["chunk"][0].clone();
    assert!(told["content"]["body"].as_str().unwrap().contains("Beschwerde 7"), "{told}");
    let told = told["event_id"].as_str().unwrap().to_owned();
    for person in [&chief, &admin] {
        redact(person, &room, &told).await.fails(403, "M_FORBIDDEN");
    }
    let forged =
        json!({ "msgtype": "m.notice", "body": "x", "app.kontor.supervision.reading": {} });
    admin.send_event(&room, "m.room.message", forged).await.fails(403, "M_FORBIDDEN");
}
