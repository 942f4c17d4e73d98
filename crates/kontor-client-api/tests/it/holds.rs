//! Holds: gone from the rooms like everything else, kept out of reach, gone at their end. law: R-122

use kontor_core::Role;
use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

use crate::erasure::Office;
use crate::passing_time::{DAY, bodies, pass, room_of};
use crate::roles::with_password;

const APPROVALS: &str = "/_kontor/admin/v1/approvals";
const HOLDS: &str = "/_kontor/admin/v1/holds";

async fn place(server: &TestServer, wish: Value) -> i64 {
    let (chief, dsb) = (server.login("chefin").await, server.login("dsb").await);
    let asked = chief.post(APPROVALS, with_password(&chief, wish)).await.ok();
    let path = format!("{APPROVALS}/{}/approve", asked.body["id"]);
    dsb.post(&path, with_password(&dsb, json!({}))).await.ok();
    chief.get(APPROVALS).await.ok().body["approvals"][0]["outcome"]["hold"].as_i64().unwrap()
}

fn on(whom: &Person) -> Value {
    json!({
        "act": "place_hold", "user_id": whom.user_id, "days": 300,
        "basis": "Art. 17(3)(e) DSGVO, Kündigungsschutzklage", "reason": "Rechtsstreit 7/26",
    })
}

async fn held(server: &TestServer) -> (Value, Value) {
    let dsb = server.login("dsb").await;
    let answer = dsb.get(HOLDS).await.ok();
    (answer.body["held_messages"].clone(), answer.body["held_files"].clone())
}

#[tokio::test]
async fn what_a_hold_is_on_leaves_the_room_and_stays_out_of_reach_until_its_end() {
    for_each_server(async |server| {
        Office::of(&server).await;
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let room = room_of(&anna, "intern").await;
        anna.invite(&room, &bert).await;
        bert.join(&room).await;
        let hers = anna.send(&room, "von Anna").await;
        bert.send(&room, "von Bert").await;
        let hold = place(&server, on(&anna)).await;

        // She is told, and sees why and until when.
        let own = anna.get("/_kontor/client/v1/holds").await.ok();
        assert_eq!(own.body["holds"][0]["matter"], "Rechtsstreit 7/26", "{}", own.body);
        assert_eq!(bert.get("/_kontor/client/v1/holds").await.ok().body["holds"], json!([]));

        let dsb = server.login("dsb").await;
        let trial = "/_kontor/admin/v1/deletion/dry_run?class=intern&days=7";
        pass(&server, 8 * DAY).await;
        let seen = dsb.get(trial).await.ok().body;
        assert_eq!((&seen["messages"], &seen["held"]), (&json!(2), &json!(1)), "{seen}");

        pass(&server, 173 * DAY).await;
        let bert = server.login("bert").await;
        assert!(bodies(&bert, &room).await.is_empty(), "the period is over for everybody");
        let path = format!("/_matrix/client/v3/rooms/{room}/event/{hers}");
        bert.get(&path).await.fails(404, "M_NOT_FOUND");
        // Her message, and her invitation of Bert that his joining replaced.
        assert_eq!(held(&server).await, (json!(2), json!(0)));
        let dsb = server.login("dsb").await;
        let run = dsb.get("/_kontor/admin/v1/deletion").await.ok().body["runs"][0].clone();
        assert_eq!((&run["objects"], &run["held"]), (&json!(1), &json!(2)), "{run}");
        let path = format!("/_kontor/admin/v1/deletion/runs/{}/certificate", run["run"]);
        let certificate = dsb.post(&path, json!({})).await.ok().body;
        assert_eq!(certificate["removed"]["held"], 2, "{certificate}");

        let chief = server.login("chefin").await;
        let release = format!("{HOLDS}/{hold}/release");
        dsb.post(&release, json!({})).await.fails(403, "M_FORBIDDEN");
        chief.post(&release, json!({})).await.ok();
        chief.post(&release, json!({})).await.fails(409, "M_UNKNOWN");
        server.node().tenants().delete_due().await;
        assert_eq!(held(&server).await, (json!(0), json!(0)));
    })
    .await;
}

#[tokio::test]
async fn a_hold_ends_by_itself_and_wants_to_be_looked_at() {
    let server = TestServer::start().await;
    Office::of(&server).await;
    let anna = server.register("anna").await;
    let room = room_of(&anna, "intern").await;
    anna.send(&room, "von Anna").await;
    let hold = place(&server, on(&anna)).await;
    pass(&server, 181 * DAY).await;
    assert_eq!(held(&server).await, (json!(1), json!(0)));
    let (tenant, cx) = server.operator_of("one.example").await;
    let due = kontor_audit::Wanted { action: "hold.review_due".to_owned(), ..Default::default() };
    assert!(!tenant.audit.entries(&cx, due).await.unwrap().is_empty());
    let chief = server.login("chefin").await;
    chief.post(&format!("{HOLDS}/{hold}/review"), json!({})).await.ok();
    pass(&server, 120 * DAY).await;
    assert_eq!(held(&server).await, (json!(0), json!(0)), "300 days are over");
}

#[tokio::test]
async fn a_hold_that_nobody_looks_at_is_proposed_for_release_and_never_released_by_the_server() {
    for_each_server(async |server| {
        Office::of(&server).await;
        let anna = server.register("anna").await;
        let room = room_of(&anna, "intern").await;
        anna.send(&room, "von Anna").await;
        let hold = place(&server, on(&anna)).await;
        let shown = async || {
            let dsb = server.login("dsb").await;
            let shown = dsb.get(HOLDS).await.ok().body["holds"][0].clone();
            (shown["review"].clone(), shown["active"].clone())
        };
        let recorded = async |action: &str| {
            let (tenant, cx) = server.operator_of("one.example").await;
            let action = action.to_owned();
            let wanted = kontor_audit::Wanted { action, ..Default::default() };
            tenant.audit.entries(&cx, wanted).await.unwrap().len()
        };
        assert_eq!(shown().await, (json!("current"), json!(true)));
        for (days, review, proposals) in [
            (91, "due", 0),
            (7, "due_again", 0),
            (7, "release_proposed", 1),
            (80, "release_proposed", 1),
        ] {
            pass(&server, days * DAY).await;
            server.node().tenants().delete_due().await;
            assert_eq!(shown().await, (json!(review), json!(true)), "{days} days later");
            assert_eq!(recorded("hold.release_proposed").await, proposals, "{days} days later");
            assert_eq!(recorded("hold.released").await, 0, "not by the server");
        }
        assert_eq!(held(&server).await.0, 1, "what it keeps is kept");
        // Somebody looks: it begins anew, up to the next proposal.
        let chief = server.login("chefin").await;
        chief.post(&format!("{HOLDS}/{hold}/review"), json!({})).await.ok();
        assert_eq!(shown().await, (json!("current"), json!(true)));
        pass(&server, 105 * DAY).await;
        assert_eq!(recorded("hold.release_proposed").await, 2);
        assert_eq!(shown().await.0, "release_proposed");
        let chief = server.login("chefin").await;
        chief.post(&format!("{HOLDS}/{hold}/release"), json!({})).await.ok();
        server.node().tenants().delete_due().await;
        assert_eq!(held(&server).await, (json!(0), json!(0)));
        assert_eq!(shown().await, (json!("current"), json!(false)));
    })
    .await;
}

#[tokio::test]
async fn files_and_what_somebody_deletes_meanwhile_are_held_too() {
    let server = TestServer::start().await;
    Office::of(&server).await;
    let (anna, bert) = (server.register("anna").await, server.register("bert").await);
    let room = room_of(&anna, "intern").await;
    anna.invite(&room, &bert).await;
    bert.join(&room).await;
    let upload = "/_matrix/media/v3/upload";
    let sent = anna.send_bytes(http::Method::POST, upload, b"Bild".to_vec()).await.ok();
    let uri = sent.text("content_uri").to_owned();
    let hold = place(&server, on(&anna)).await;
    let picture = json!({ "msgtype": "m.image", "body": "Bild", "url": uri });
    let event = anna.send_event(&room, "m.room.message", picture).await.ok();
    let path = format!("/_matrix/client/v3/rooms/{room}/redact/{}/t1", event.text("event_id"));
    anna.put(&path, json!({})).await.ok();
    let address = uri.strip_prefix("mxc://").unwrap();
    let download = format!("/_matrix/client/v1/media/download/{address}");
    for person in [&anna, &bert] {
        person.get(&download).await.fails(404, "M_NOT_FOUND");
    }
    server.node().tenants().delete_due().await;
    assert_eq!(held(&server).await, (json!(1), json!(1)));
    let chief = server.login("chefin").await;
    chief.post(&format!("{HOLDS}/{hold}/release"), json!({})).await.ok();
    server.node().tenants().delete_due().await;
    assert_eq!(held(&server).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn no_hold_reaches_closed_rooms_and_nobody_places_one_alone() {
    let server = TestServer::start().await;
    let office = Office::of(&server).await;
    let anna = server.register("anna").await;
    for class in ["privat", "vertraulich", "fluechtig"] {
        let room = room_of(&anna, class).await;
        let wish = json!({
            "act": "place_hold", "room_id": room, "days": 30, "basis": "x", "reason": "x",
        });
        let refused = office.chief.post(APPROVALS, with_password(&office.chief, wish)).await;
        refused.fails(400, "M_INVALID_PARAM");
        assert_eq!(refused.body["field"], "room_id", "{class}");
    }
    for (field, value) in [("days", json!(367)), ("days", json!(0)), ("basis", json!(" "))] {
        let mut wish = on(&anna);
        wish[field] = value;
        let refused = office.chief.post(APPROVALS, with_password(&office.chief, wish)).await;
        refused.fails(400, "M_INVALID_PARAM");
        assert_eq!(refused.body["field"], field);
    }
    let auditor = server.register_as("pruefer", Role::Auditor).await;
    auditor.post(APPROVALS, with_password(&auditor, on(&anna))).await.fails(403, "M_FORBIDDEN");
    let asked = office.chief.post(APPROVALS, with_password(&office.chief, on(&anna))).await.ok();
    let path = format!("{APPROVALS}/{}/approve", asked.body["id"]);
    office
        .chief
        .post(&path, with_password(&office.chief, json!({})))
        .await
        .fails(403, "M_FORBIDDEN");

    // Delayed notice: the person is not told; erasing her waits for the end of the hold.
    let mut quiet = on(&anna);
    quiet["delay"] = json!("Verdunkelungsgefahr");
    place(&server, quiet).await;
    assert_eq!(anna.get("/_kontor/client/v1/holds").await.ok().body["holds"], json!([]));
    let wish = json!({ "act": "erase_person", "user_id": anna.user_id, "reason": "Antrag" });
    let refused = office.chief.post(APPROVALS, with_password(&office.chief, wish)).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
}

#[tokio::test]
async fn keys_that_open_what_is_held_stay_out_of_reach_with_it() {
    for_each_server(async |server| {
        Office::of(&server).await;
        let (anna, bert) = (server.register("anna").await, server.register("bert").await);
        let room = room_of(&anna, "intern").await;
        anna.invite(&room, &bert).await;
        bert.join(&room).await;
        for (session, person) in [("hers", &anna), ("his", &bert)] {
            let sealed = json!({
                "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": session,
            });
            person.send_event(&room, "m.room.encrypted", sealed).await.ok();
            save_keys(person, &room).await;
        }
        let hold = place(&server, on(&anna)).await;
        // Her own backup is hers to remove; what it has of rooms for work is held.
        anna.delete("/_matrix/client/v3/room_keys/version/1").await.ok();
        assert_eq!(held_keys(&server).await, 2);
        anna.get("/_matrix/client/v3/room_keys/keys?version=1").await.fails(404, "M_NOT_FOUND");
        // Her message is held when its time is over; the key to it that Bert has saved, too.
        pass(&server, 190 * DAY).await;
        let bert = server.login("bert").await;
        let left = bert.get("/_matrix/client/v3/room_keys/keys?version=1").await.ok();
        assert_eq!(left.body["rooms"], json!({}), "{}", left.body);
        assert_eq!(held_keys(&server).await, 3, "Bert's key to her message, and not that to his");
        let chief = server.login("chefin").await;
        chief.post(&format!("{HOLDS}/{hold}/release"), json!({})).await.ok();
        server.node().tenants().delete_due().await;
        assert_eq!((held_keys(&server).await, held(&server).await.0), (0, json!(0)));
    })
    .await;
}

/// A backup with the keys to both messages of a room.
async fn save_keys(person: &Person, room: &str) {
    let version = json!({
        "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
        "auth_data": { "public_key": "abcdefg" },
    });
    person.post("/_matrix/client/v3/room_keys/version", version).await.ok();
    let key = json!({
        "first_message_index": 0, "forwarded_count": 0, "is_verified": true,
        "session_data": { "ciphertext": "AAAA" },
    });
    let keys = json!({ "rooms": { room: { "sessions": { "hers": key, "his": key } } } });
    person.put("/_matrix/client/v3/room_keys/keys?version=1", keys).await.ok();
}

async fn held_keys(server: &TestServer) -> i64 {
    let dsb = server.login("dsb").await;
    dsb.get(HOLDS).await.ok().body["held_keys"].as_i64().unwrap()
}
