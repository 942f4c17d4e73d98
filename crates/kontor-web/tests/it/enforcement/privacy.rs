//! What others learn of a person.

use kontor_testkit::{Person, json};

use super::{Case, House};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("presence", json!(false), json!(true)),
        ("read_receipts", json!(false), json!(true)),
        ("typing_notices", json!(false), json!(true)),
        ("push_gateways", json!(false), json!(true)),
        ("push_with_content", json!(false), json!(true)),
        ("profile_name", json!("off"), json!("optional")),
        ("profile_picture", json!("off"), json!("optional")),
        ("profile_phone", json!("off"), json!("optional")),
        ("profile_other_fields", json!(false), json!(true)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_learn_is_as_the_organisation_decides() {
    let house = House::open().await;
    Box::pin(house.try_all(cases(), passes)).await;
}

#[expect(clippy::panic, reason = "a setting nobody tries is a failure of the test")]
async fn passes(house: &House, setting: &str) -> bool {
    match setting {
        "presence" => presence(house).await,
        "read_receipts" => receipt(house).await,
        "typing_notices" => typing(house).await,
        "push_gateways" => pusher(house, Some("event_id_only")).await,
        "push_with_content" => pusher(house, None).await,
        "profile_name" => sets_field(house, "displayname", "Käthe").await,
        "profile_picture" => sets_field(house, "avatar_url", "mxc://one.example/abc").await,
        "profile_phone" => sets_field(house, "app.kontor.phone", "+49 30 1234").await,
        "profile_other_fields" => sets_field(house, "org.example.mood", "heiter").await,
        other => panic!("{other} is not tried"),
    }
}

async fn presence(house: &House) -> bool {
    let (one, other, _) = house.pair().await;
    let path = format!("/_matrix/client/v3/presence/{}/status", one.user_id);
    one.put(&path, json!({ "presence": "online", "status_msg": "da" })).await;
    let seen = other.get(&path).await;
    seen.status == 200 && seen.body["presence"] == "online" && seen.body["status_msg"] == "da"
}

async fn receipt(house: &House) -> bool {
    let (one, other, room) = house.pair().await;
    let event = other.send(&room, "gelesen?").await;
    let path = format!("/_matrix/client/v3/rooms/{room}/receipt/m.read/{event}");
    one.post(&path, json!({})).await.ok();
    ephemeral(&other, &room).await.contains(&*one.user_id)
}

async fn typing(house: &House) -> bool {
    let (one, other, room) = house.pair().await;
    let path = format!("/_matrix/client/v3/rooms/{room}/typing/{}", one.user_id);
    one.put(&path, json!({ "typing": true, "timeout": 30_000 })).await.ok();
    ephemeral(&other, &room).await.contains(&*one.user_id)
}

/// What a first sync tells of receipts and typing, as text.
async fn ephemeral(person: &Person, room: &str) -> String {
    person.sync("").await["rooms"]["join"][room]["ephemeral"].to_string()
}

async fn pusher(house: &House, format: Option<&str>) -> bool {
    let mut body = json!({
        "kind": "http", "app_id": "app", "pushkey": "key", "app_display_name": "A",
        "device_display_name": "D", "lang": "de",
        "data": { "url": "https://push.example/_matrix/push/v1/notify" },
    });
    if let Some(format) = format {
        body["data"]["format"] = json!(format);
    }
    house.person().await.post("/_matrix/client/v3/pushers/set", body).await.status == 200
}

async fn sets_field(house: &House, field: &str, value: &str) -> bool {
    let person = house.person().await;
    let path = format!("/_matrix/client/v3/profile/{}/{field}", person.user_id);
    person.put(&path, json!({ field: value })).await.status == 200
}
