//! Rooms, and who finds whom.

use std::time::Duration;

use kontor_testkit::{Value, json};

use super::{Case, House};

const CREATE: &str = "/_matrix/client/v3/createRoom";

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("e2ee_in_all_rooms", json!(true), json!(false)),
        ("plaintext_in_encrypted_rooms_refused", json!(true), json!(false)),
        ("discoverable_rooms", json!(false), json!(true)),
        ("history_for_newcomers", json!("joined"), json!("shared")),
        ("private_use", json!("forbidden"), json!("private_rooms")),
        ("supervised_rooms", json!(false), json!(true)),
        ("directory_min_characters", json!(10), json!(1)),
        ("directory_max_results", json!(1), json!(100)),
        ("directory_scope", json!("shared_rooms"), json!("organisation")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_as_the_organisation_decides() {
    let house = House::open().await;
    for _ in 0..2 {
        let name = house.name("zebra");
        house.server.register(&name).await;
    }
    Box::pin(house.try_all(cases(), passes)).await;
}

#[expect(clippy::panic, reason = "a setting nobody tries is a failure of the test")]
async fn passes(house: &House, setting: &str) -> bool {
    match setting {
        "e2ee_in_all_rooms" => {
            let person = house.person().await;
            let room = person.create_room(json!({})).await;
            let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.encryption/");
            person.get(&path).await.status == 404
        }
        "plaintext_in_encrypted_rooms_refused" => {
            let person = house.person().await;
            let encryption = json!({
                "type": "m.room.encryption", "content": { "algorithm": "m.megolm.v1.aes-sha2" },
            });
            let room = person.create_room(json!({ "initial_state": [encryption] })).await;
            let content = json!({ "msgtype": "m.text", "body": "offen" });
            person.send_event(&room, "m.room.message", content).await.status == 200
        }
        "discoverable_rooms" => creates(house, json!({ "visibility": "public" })).await,
        "history_for_newcomers" => history(house).await,
        "private_use" => {
            let class = json!({ "app.kontor.class": "privat" });
            creates(house, json!({ "creation_content": class })).await
        }
        "supervised_rooms" => supervised(house).await,
        "directory_max_results" => found(house).await > 1,
        "directory_min_characters" | "directory_scope" => found(house).await > 0,
        other => panic!("{other} is not tried"),
    }
}

async fn creates(house: &House, body: Value) -> bool {
    house.person().await.post(CREATE, body).await.status == 200
}

/// Whether the whole history can be shown: in a new room, and in one that is there.
async fn history(house: &House) -> bool {
    let shared = json!({ "history_visibility": "shared" });
    let state = json!({ "type": "m.room.history_visibility", "content": shared });
    let at_creation = creates(house, json!({ "initial_state": [state] })).await;
    let person = house.person().await;
    let room = person.create_room(json!({})).await;
    let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.history_visibility/");
    let later = person.put(&path, shared).await.status == 200;
    assert_eq!(at_creation, later);
    later
}

async fn supervised(house: &House) -> bool {
    let chief = house.person().await;
    let terms = json!({
        "purpose": "Qualität der Beratung",
        "legal_basis": "DSGVO Art. 6(1)(f)",
        "balancing": "Kunden erwarten geprüfte Auskünfte.",
        "agreement": "BV 12/2026",
        "impact_assessment": "DSFA 3",
        "supervisors": [chief.user_id],
        "mode": "laufend",
        "until_ms": house.server.clock().now().plus(Duration::from_hours(24 * 30)).0,
    });
    let body = json!({
        "creation_content": {
            "app.kontor.class": "beaufsichtigt", "app.kontor.supervision": terms,
        },
    });
    house.admin.post(CREATE, body).await.status == 200
}

/// How many of two people a stranger finds.
async fn found(house: &House) -> usize {
    let body = json!({ "search_term": "zebra" });
    let path = "/_matrix/client/v3/user_directory/search";
    let answer = house.person().await.post(path, body).await.ok();
    answer.body["results"].as_array().unwrap().len()
}
