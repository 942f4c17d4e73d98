//! Supervised rooms: announced, acknowledged, every look seen. law: R-074…

use std::time::Duration;

use kontor_core::Role;
use kontor_testkit::{Answer, Person, TestServer, Value, for_each_server, json};

const DAY: Duration = Duration::from_hours(24);

/// A room that `chief` supervises and `anna` writes in.
struct Office {
    admin: Person,
    chief: Person,
    anna: Person,
    room: String,
}

fn terms(server: &TestServer, chief: &Person, mode: &str) -> Value {
    json!({
        "purpose": "Qualität der Beratung",
        "legal_basis": "DSGVO Art. 6(1)(f)",
        "balancing": "Kunden erwarten geprüfte Auskünfte.",
        "agreement": "BV 12/2026",
        "impact_assessment": "DSFA 3",
        "supervisors": [chief.user_id],
        "mode": mode,
        "until_ms": server.clock().now().plus(30 * DAY).0,
    })
}

async fn create(admin: &Person, terms: Value, invite: &[&Person]) -> Answer {
    let invite: Vec<&str> = invite.iter().map(|person| &*person.user_id).collect();
    let body = json!({
        "invite": invite,
        "creation_content": {
            "app.kontor.class": "beaufsichtigt", "app.kontor.supervision": terms,
        },
    });
    admin.post("/_matrix/client/v3/createRoom", body).await
}

async fn open(server: &TestServer, mode: &str) -> Office {
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let chief = server.register("chefin").await;
    let anna = server.register("anna").await;
    let wanted = terms(server, &chief, mode);
    let room = create(&admin, wanted, &[&anna]).await.ok().text("room_id").to_owned();
    chief.join(&room).await;
    anna.join(&room).await;
    Office { admin, chief, anna, room }
}

fn path(room: &str, rest: &str) -> String {
    format!("/_kontor/client/v1/rooms/{room}/{rest}")
}

async fn acknowledge(person: &Person, room: &str, version: i64) -> Answer {
    person.post(&path(room, "supervision/acknowledge"), json!({ "version": version })).await
}

fn encrypted() -> Value {
    json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL", "session_id": "s",
        "device_id": "D", "sender_key": "k",
    })
}

async fn write(person: &Person, room: &str) -> Answer {
    person.send_event(room, "m.room.encrypted", encrypted()).await
}

/// Event types and ids that a person is shown of the room's messages.
async fn seen(person: &Person, room: &str) -> Vec<String> {
    let page = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100");
    let page = person.get(&page).await.ok();
    let events = page.body["chunk"].as_array().unwrap().iter();
    events
        .filter(|event| event["state_key"].is_null())
        .map(|event| event["event_id"].as_str().unwrap().to_owned())
        .collect()
}

/// The notices in the room that somebody has looked, as `viewer` sees them.
async fn notices(viewer: &Person, room: &str) -> Vec<Value> {
    let page = format!("/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=100");
    let page = viewer.get(&page).await.ok();
    let events = page.body["chunk"].as_array().unwrap().iter();
    events.filter(|event| event["type"] == "m.room.message").cloned().collect()
}

#[tokio::test]
async fn each_missing_part_of_the_terms_is_named() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let chief = server.register("chefin").await;
    let complete = terms(&server, &chief, "laufend");
    for field in complete.as_object().unwrap().keys() {
        let mut wanted = complete.clone();
        wanted.as_object_mut().unwrap().remove(field);
        let refused = create(&admin, wanted, &[]).await;
        refused.fails(400, "M_INVALID_PARAM");
        assert_eq!(refused.body["fields"], json!([field]));
    }
    let mut for_ever = complete.clone();
    for_ever["until_ms"] = json!(server.clock().now().plus(400 * DAY).0);
    create(&admin, for_ever, &[]).await.fails(400, "M_INVALID_PARAM");
    let guest = server.register_as("gast", Role::Guest).await;
    create(&admin, terms(&server, &guest, "laufend"), &[]).await.fails(403, "M_FORBIDDEN");
    create(&chief, complete, &[]).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn nobody_writes_before_they_know_that_they_are_supervised() {
    for_each_server(async |server: TestServer| {
        let office = open(&server, "laufend").await;
        let invited = server.register("berta").await;
        office.admin.invite(&office.room, &invited).await;
        let told = invited.sync("").await;
        let state = &told["rooms"]["invite"][&office.room]["invite_state"]["events"];
        let announced = |event: &&Value| event["type"] == "app.kontor.supervision";
        assert!(state.as_array().unwrap().iter().any(|event| announced(&event)), "{state}");

        write(&office.anna, &office.room).await.fails(403, "APP_KONTOR_NOTICE_REQUIRED");
        acknowledge(&office.anna, &office.room, 7).await.fails(409, "M_UNKNOWN");
        acknowledge(&office.anna, &office.room, 1).await.ok();
        write(&office.anna, &office.room).await.ok();
        let shown = office.anna.get(&path(&office.room, "supervision")).await.ok();
        assert!(shown.body["acknowledged_ms"].is_i64() && shown.body["lasts"] == true);

        let mut anew = terms(&server, &office.chief, "laufend");
        anew["purpose"] = json!("Ein anderer Zweck");
        office
            .anna
            .put(&path(&office.room, "supervision"), anew.clone())
            .await
            .fails(403, "M_FORBIDDEN");
        office.admin.put(&path(&office.room, "supervision"), anew).await.ok();
        write(&office.anna, &office.room).await.fails(403, "APP_KONTOR_NOTICE_REQUIRED");
        acknowledge(&office.anna, &office.room, 2).await.ok();
        write(&office.anna, &office.room).await.ok();
    })
    .await;
}

#[tokio::test]
async fn on_occasion_nothing_is_seen_before_a_reason_is_given_to_the_room() {
    for_each_server(async |server: TestServer| {
        let office = open(&server, "anlassbezogen").await;
        acknowledge(&office.anna, &office.room, 1).await.ok();
        let secret = write(&office.anna, &office.room).await.ok().text("event_id").to_owned();
        let event = format!("/_matrix/client/v3/rooms/{}/event/{secret}", office.room);
        office.chief.get(&event).await.fails(404, "M_NOT_FOUND");
        assert_eq!(seen(&office.chief, &office.room).await, [""; 0]);
        let first = office.chief.sync("").await;
        assert!(!first.to_string().contains(&secret), "{first}");

        let readings = path(&office.room, "supervision/readings");
        let empty = json!({ "reason": " " });
        office.chief.post(&readings, empty).await.fails(400, "M_INVALID_PARAM");
        let reason = json!({ "reason": "Beschwerde 17" });
        office.anna.post(&readings, reason.clone()).await.fails(403, "M_FORBIDDEN");
        office.chief.post(&readings, reason).await.ok();

        office.chief.get(&event).await.ok();
        let told = notices(&office.anna, &office.room).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["sender"], office.chief.user_id);
        assert_eq!(told[0]["content"]["app.kontor.supervision.reading"]["reason"], "Beschwerde 17");
        let list = office.anna.get(&readings).await.ok();
        assert_eq!(list.body["readings"][0]["user_id"], office.chief.user_id);

        server.clock().set(server.clock().now().plus(Duration::from_mins(61)));
        office.chief.get(&event).await.fails(404, "M_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn who_reads_all_the_time_is_announced_once_a_day() {
    let server = TestServer::start().await;
    let office = open(&server, "laufend").await;
    acknowledge(&office.anna, &office.room, 1).await.ok();
    let sent = write(&office.anna, &office.room).await.ok().text("event_id").to_owned();
    assert_eq!(notices(&office.anna, &office.room).await.len(), 0);
    for _ in 0..3 {
        assert!(seen(&office.chief, &office.room).await.contains(&sent));
    }
    assert_eq!(notices(&office.anna, &office.room).await.len(), 1);
    server.clock().set(server.clock().now().plus(DAY));
    write(&office.anna, &office.room).await.ok();
    seen(&office.chief, &office.room).await;
    assert_eq!(notices(&office.anna, &office.room).await.len(), 2);
}

#[tokio::test]
async fn at_the_end_whoever_supervised_sees_nothing_and_leaves() {
    let server = TestServer::start().await;
    let office = open(&server, "laufend").await;
    acknowledge(&office.anna, &office.room, 1).await.ok();
    server.clock().set(server.clock().now().plus(31 * DAY));
    let late = write(&office.anna, &office.room).await.ok().text("event_id").to_owned();
    assert!(!seen(&office.chief, &office.room).await.contains(&late));
    server.node().tenants().look_after().await;
    let members = format!("/_matrix/client/v3/rooms/{}/joined_members", office.room);
    let joined = office.anna.get(&members).await.ok();
    assert!(joined.body["joined"].get(&office.chief.user_id).is_none(), "{}", joined.body);
    assert!(joined.body["joined"].get(&office.anna.user_id).is_some());
}

#[tokio::test]
async fn whoever_supervises_may_stop_and_the_room_goes_on() {
    let server = TestServer::start().await;
    let office = open(&server, "laufend").await;
    office.anna.delete(&path(&office.room, "supervision")).await.fails(403, "M_FORBIDDEN");
    office.chief.delete(&path(&office.room, "supervision")).await.ok();
    write(&office.anna, &office.room).await.ok();
    let state = office.anna.get(&path(&office.room, "supervision")).await.ok();
    assert_eq!(state.body["lasts"], false);
}

#[tokio::test]
async fn everybody_in_the_organisation_sees_what_is_supervised() {
    let server = TestServer::start().await;
    let office = open(&server, "anlassbezogen").await;
    let list = "/_kontor/client/v1/supervision";
    let elsewhere = server.register("carl").await;
    let found = elsewhere.get(list).await.ok();
    let entry = &found.body["rooms"][0];
    assert_eq!(
        (&entry["purpose"], &entry["members"]),
        (&json!("Qualität der Beratung"), &json!(3))
    );
    assert!(!found.body.to_string().contains(&office.room), "{}", found.body);
    let guest = server.register_as("gast", Role::Guest).await;
    guest.get(list).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn a_supervised_room_succeeds_another_without_its_history() {
    let server = TestServer::start().await;
    let admin = server.register_as("leitung", Role::OrgAdmin).await;
    let chief = server.register("chefin").await;
    let anna = server.register("anna").await;
    let old = admin.create_room(json!({ "name": "Beratung", "invite": [anna.user_id] })).await;
    anna.join(&old).await;
    let earlier = anna.send(&old, "vorher").await;
    let wish =
        json!({ "class": "beaufsichtigt", "supervision": terms(&server, &chief, "laufend") });
    let answer = admin.post(&path(&old, "convert"), wish).await.ok();
    let new = answer.text("replacement_room").to_owned();
    chief.join(&new).await;
    let event = format!("/_matrix/client/v3/rooms/{old}/event/{earlier}");
    assert_ne!(chief.get(&event).await.status, 200);
    let tombstone = format!("/_matrix/client/v3/rooms/{old}/state/m.room.tombstone");
    assert_eq!(anna.get(&tombstone).await.ok().body["replacement_room"], new.as_str());
    let anna_sync = anna.sync("").await;
    assert!(anna_sync["rooms"]["invite"][&new].is_object(), "nobody is moved, everybody invited");
    let name = format!("/_matrix/client/v3/rooms/{new}/state/m.room.name");
    assert_eq!(chief.get(&name).await.ok().body["name"], "Beratung");
    let same = json!({ "class": "beaufsichtigt" });
    admin.post(&path(&new, "convert"), same).await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn readers_are_told_to_members_and_to_nobody_else() {
    for_each_server(async |server: TestServer| {
        let office = open(&server, "anlassbezogen").await;
        let guest = server.register_as("gast", Role::Guest).await;
        office.admin.invite(&office.room, &guest).await;
        let found = office.anna.get(&path(&office.room, "readers")).await.ok();
        let standpoint = |person: &Person| {
            let people = found.body["people"].as_array().unwrap();
            let entry = people.iter().find(|it| it["user_id"] == person.user_id).unwrap();
            entry["standpoint"].as_str().unwrap().to_owned()
        };
        assert_eq!(found.body["class"], "beaufsichtigt");
        assert_eq!(standpoint(&office.anna), "internal");
        assert_eq!(standpoint(&office.chief), "supervisor");
        assert_eq!(standpoint(&guest), "external");
        assert_eq!(found.body["retention_ms"], json!(180 * 24 * 60 * 60 * 1000_i64));
        let stranger = server.register("fremd").await;
        stranger.get(&path(&office.room, "readers")).await.fails(403, "M_FORBIDDEN");
        stranger.get(&path("!no:one.example", "readers")).await.fails(403, "M_FORBIDDEN");
    })
    .await;
}
