//! Reports to those in charge.

use kontor_testkit::{Answer, Setup, TestServer, for_each_server, json};

fn is_silent(answer: &Answer) {
    assert_eq!((answer.status, &answer.body), (200, &json!({})));
}

#[tokio::test]
async fn an_event_is_reported_by_whoever_sees_it() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let outsider = server.register("olga").await;
        let setting = json!({
            "type": "m.room.history_visibility", "state_key": "",
            "content": { "history_visibility": "joined" },
        });
        let body = json!({ "preset": "public_chat", "initial_state": [setting] });
        let room = alice.create_room(body).await;
        let early = alice.send(&room, "early").await;
        bob.join(&room).await;
        let late = alice.send(&room, "late").await;
        let path = |event: &str| format!("/_matrix/client/v3/rooms/{room}/report/{event}");
        is_silent(&bob.post(&path(&late), json!({ "reason": "rude" })).await);
        is_silent(&bob.post(&path(&late), json!({})).await);

        // All that cannot be seen looks alike.
        let nowhere = format!("/_matrix/client/v3/rooms/!nowhere:one.example/report/{late}");
        let unseen = [
            bob.post(&path(&early), json!({})).await,
            bob.post(&path("$nothing"), json!({})).await,
            outsider.post(&path(&late), json!({})).await,
            outsider.post(&path("$nothing"), json!({})).await,
            outsider.post(&nowhere, json!({})).await,
        ];
        for answer in unseen {
            answer.fails(404, "M_NOT_FOUND");
            assert_eq!(answer.text("error"), "There is no such event.");
        }
        let long = "x".repeat(5000);
        bob.post(&path(&late), json!({ "reason": long })).await.fails(400, "M_INVALID_PARAM");
        bob.post(&path(&late), json!({ "reason": 1 })).await.fails(400, "M_BAD_JSON");
    })
    .await;
}

#[tokio::test]
async fn a_report_of_a_room_or_person_does_not_tell_whether_they_exist() {
    for_each_server(async |server: TestServer| {
        let (alice, olga) = (server.register("alice").await, server.register("olga").await);
        let room = alice.create_room(json!({})).await;
        let reason = json!({ "reason": "looks like a fraud" });
        for room in [&*room, "!nowhere:one.example"] {
            let path = format!("/_matrix/client/v3/rooms/{room}/report");
            is_silent(&olga.post(&path, reason.clone()).await);
        }
        for user in [&*alice.user_id, "@nobody:one.example", "@nobody:two.example"] {
            let path = format!("/_matrix/client/v3/users/{user}/report");
            is_silent(&olga.post(&path, reason.clone()).await);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_reported_is_not_readable_in_the_database() {
    let server = TestServer::with(Setup { postgres: true, ..Setup::default() }).await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = format!("/_matrix/client/v3/rooms/{room}/report");
    alice.post(&path, json!({ "reason": "Unterschlagung" })).await.ok();
    let dump = server.postgres_dump();
    assert!(dump.contains("report"), "the dump names its tables");
    assert!(!dump.contains("Unterschlagung"), "a reason lies open");
}
