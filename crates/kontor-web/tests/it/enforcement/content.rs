//! Messages and files.

use kontor_testkit::{Method, Person, Value, json};

use super::{Case, House};
use crate::browser::PASSWORD;

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("message_editing", json!(false), json!(true)),
        ("location_sharing", json!(false), json!(true)),
        // Here the strict value is the one that lets people do something.
        ("delete_own_messages", json!(true), json!(false)),
        ("legal_hold", json!(false), json!(true)),
        ("upload_types", json!("no_active_content"), json!("everything")),
        ("max_upload_mebibytes", json!(1), json!(64)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_files_are_as_the_organisation_decides() {
    let house = House::open().await;
    Box::pin(house.try_all(cases(), passes)).await;
}

#[expect(clippy::panic, reason = "a setting nobody tries is a failure of the test")]
async fn passes(house: &House, setting: &str) -> bool {
    match setting {
        "message_editing" => edits(house).await,
        "location_sharing" => places(house).await,
        "delete_own_messages" => {
            let (_, member, room) = house.pair().await;
            let event = member.send(&room, "doch nicht").await;
            let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/1");
            member.put(&path, json!({})).await.status == 403
        }
        "legal_hold" => {
            let wish = json!({
                "act": "place_hold", "user_id": house.guest.user_id, "days": 30,
                "basis": "Art. 17(3)(e) DSGVO", "reason": "Probe",
                "auth": {
                    "type": "m.login.password", "password": PASSWORD,
                    "identifier": { "type": "m.id.user", "user": house.admin.user_id },
                },
            });
            house.admin.post("/_kontor/admin/v1/approvals", wish).await.status == 200
        }
        "upload_types" => page(house).await,
        "max_upload_mebibytes" => uploads(&house.person().await, "a.bin", vec![7; 2 << 20]).await,
        other => panic!("{other} is not tried"),
    }
}

async fn edits(house: &House) -> bool {
    let (_, member, room) = house.pair().await;
    let event = member.send(&room, "Schreibfeler").await;
    let relation = json!({ "rel_type": "m.replace", "event_id": event });
    let new = json!({ "msgtype": "m.text", "body": "Schreibfehler" });
    let plain = json!({
        "msgtype": "m.text", "body": "* Schreibfehler", "m.new_content": new,
        "m.relates_to": relation,
    });
    let sealed = json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL", "session_id": "s",
        "device_id": "D", "sender_key": "k", "m.relates_to": relation,
    });
    both(&member, &room, [("m.room.message", plain), ("m.room.encrypted", sealed)]).await
}

async fn places(house: &House) -> bool {
    let (_, member, room) = house.pair().await;
    let place = json!({ "msgtype": "m.location", "body": "hier", "geo_uri": "geo:52.5,13.4" });
    let beacon = json!({ "m.relates_to": { "rel_type": "m.reference", "event_id": "$x" } });
    both(&member, &room, [("m.room.message", place), ("m.beacon", beacon)]).await
}

/// Whether both events are let pass; they are treated alike.
async fn both(member: &Person, room: &str, events: [(&str, Value); 2]) -> bool {
    let mut passed = Vec::new();
    for (kind, content) in events {
        passed.push(member.send_event(room, kind, content).await.status == 200);
    }
    assert_eq!(passed[0], passed[1]);
    passed[0]
}

/// Whether a web page is taken in, by its name and by its content alone.
async fn page(house: &House) -> bool {
    let person = house.person().await;
    let named = uploads(&person, "seite.html", b"Hallo".to_vec()).await;
    let disguised = uploads(&person, "bild.png", b"<!DOCTYPE html><script>1".to_vec()).await;
    assert!(uploads(&person, "bild.png", b"\x89PNG\r\n".to_vec()).await);
    assert_eq!(named, disguised);
    named
}

async fn uploads(person: &Person, name: &str, bytes: Vec<u8>) -> bool {
    let path = format!("/_matrix/media/v3/upload?filename={name}");
    person.send_bytes(Method::POST, &path, bytes).await.status == 200
}
