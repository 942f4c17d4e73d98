//! Bodies that are no JSON, or JSON of the wrong shape; text that is no text.

use serde_json::{Value, json};

use crate::person::{Person, escaped, message_path, transaction};
use crate::server::Server;

/// Every kind of endpoint that takes a JSON object. `{r}` is a room, `{u}` the person.
const ENDPOINTS: [(&str, &str); 26] = [
    ("POST", "/createRoom"),
    ("PUT", "/rooms/{r}/send/m.room.message/bad"),
    ("PUT", "/rooms/{r}/state/m.room.topic/"),
    ("PUT", "/rooms/{r}/redact/$x/bad"),
    ("POST", "/rooms/{r}/invite"),
    ("POST", "/rooms/{r}/kick"),
    ("POST", "/rooms/{r}/ban"),
    ("POST", "/rooms/{r}/unban"),
    ("POST", "/rooms/{r}/read_markers"),
    ("PUT", "/rooms/{r}/typing/{u}"),
    ("PUT", "/user/{u}/rooms/{r}/tags/u.work"),
    ("PUT", "/user/{u}/account_data/org.example.x"),
    ("POST", "/user/{u}/filter"),
    ("PUT", "/profile/{u}/displayname"),
    ("PUT", "/presence/{u}/status"),
    ("PUT", "/directory/room/%23bad%3Afirma.example"),
    ("POST", "/login"),
    ("POST", "/register"),
    ("POST", "/refresh"),
    ("POST", "/user_directory/search"),
    ("POST", "/keys/upload"),
    ("POST", "/keys/query"),
    ("POST", "/keys/claim"),
    ("PUT", "/sendToDevice/m.test/bad"),
    ("POST", "/room_keys/version"),
    ("PUT", "/pushrules/global/content/bad"),
];

/// What is no JSON at all.
const NOT_JSON: [&[u8]; 9] = [
    b"{",
    b"{\"a\":",
    b"not json",
    b"{'a': 1}",
    b"{\"a\": 1,}",
    b"{\"a\": 01}",
    b"{\"a\": \"\xff\xfe\"}",
    b"{\"a\": \"\x01\"}",
    b"{} trailing",
];

/// What is JSON, but no object.
const NOT_AN_OBJECT: [&[u8]; 6] = [b"[]", b"[{}]", b"\"text\"", b"17", b"true", b"null"];

async fn alice_in_a_room(server: &Server) -> (Person, String) {
    let alice = server.person("alice").await;
    let room = alice.room().await;
    (alice, room)
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_everywhere() {
    let server = Server::start().await;
    let (alice, room) = alice_in_a_room(&server).await;
    let place = alice.place().await;
    let mut wrong = Vec::new();
    for (method, path) in ENDPOINTS {
        let path = path.replace("{r}", &escaped(&room)).replace("{u}", &escaped(&alice.user_id));
        let cases = NOT_JSON.iter().map(|body| (body, "M_NOT_JSON"));
        let shapes = NOT_AN_OBJECT.iter().map(|body| (body, "M_BAD_JSON"));
        for (body, expected) in cases.chain(shapes) {
            let answer = alice.raw(method, &path, *body).await;
            if (answer.status, answer.errcode()) != (400, expected) {
                let body = String::from_utf8_lossy(body);
                wrong.push(format!("{method} {path} {body}: {} {}", answer.status, answer.json));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn fields_of_the_wrong_type_are_refused() {
    let server = Server::start().await;
    let (alice, room) = alice_in_a_room(&server).await;
    let place = alice.place().await;
    let room = escaped(&room);
    let table = [
        ("POST", "/createRoom".to_owned(), json!({ "invite": "@bob:firma.example" })),
        ("POST", "/createRoom".to_owned(), json!({ "preset": 5 })),
        ("POST", "/createRoom".to_owned(), json!({ "name": [] })),
        ("POST", "/createRoom".to_owned(), json!({ "room_version": 12 })),
        ("POST", "/createRoom".to_owned(), json!({ "creation_content": [] })),
        ("POST", "/createRoom".to_owned(), json!({ "creation_content": { "m.federate": "no" } })),
        ("POST", "/createRoom".to_owned(), json!({ "initial_state": {} })),
        ("POST", "/createRoom".to_owned(), json!({ "initial_state": [7] })),
        ("POST", "/createRoom".to_owned(), json!({ "is_direct": "yes" })),
        ("POST", "/createRoom".to_owned(), json!({ "power_level_content_override": [] })),
        (
            "POST",
            "/createRoom".to_owned(),
            json!({ "power_level_content_override": { "users": { "not a user": 5 } } }),
        ),
        ("POST", format!("/rooms/{room}/invite"), json!({ "user_id": 7 })),
        ("POST", format!("/rooms/{room}/invite"), json!({})),
        ("POST", format!("/rooms/{room}/invite"), json!({ "user_id": "not a user" })),
        ("POST", format!("/rooms/{room}/kick"), json!({ "user_id": ["@a:b"] })),
        (
            "PUT",
            format!("/rooms/{room}/state/m.room.member/%40alice%3Afirma.example"),
            json!({ "membership": 5 }),
        ),
        ("PUT", format!("/rooms/{room}/state/m.room.power_levels/"), json!({ "users": [] })),
        ("PUT", format!("/rooms/{room}/state/m.room.power_levels/"), json!({ "ban": "fifty" })),
        ("PUT", format!("/rooms/{room}/state/m.room.join_rules/"), json!({ "join_rule": 5 })),
        (
            "PUT",
            format!("/rooms/{room}/typing/{}", escaped(&alice.user_id)),
            json!({ "typing": "no" }),
        ),
        ("POST", "/login".to_owned(), json!({ "type": 5 })),
        ("POST", "/login".to_owned(), json!({ "type": "m.login.password", "identifier": [] })),
        ("POST", "/keys/query".to_owned(), json!({ "device_keys": [] })),
        ("POST", "/keys/claim".to_owned(), json!({ "one_time_keys": { "@a:b": 5 } })),
        ("POST", "/keys/upload".to_owned(), json!({ "one_time_keys": [] })),
        ("PUT", "/sendToDevice/m.test/bad".to_owned(), json!({ "messages": [] })),
        ("POST", format!("/user/{}/filter", escaped(&alice.user_id)), json!({ "room": 5 })),
    ];
    let mut wrong = Vec::new();
    for (method, path, body) in table {
        let answer = alice.call(method, &path, &body).await;
        let is_named = ["M_BAD_JSON", "M_INVALID_PARAM", "M_MISSING_PARAM", "M_INVALID_ROOM_STATE"]
            .contains(&answer.errcode());
        if answer.status != 400 || !is_named {
            wrong.push(format!("{method} {path} {body}: {} {}", answer.status, answer.json));
        }
    }
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
    alice.assert_nothing_since(&place).await;
}

#[tokio::test]
async fn nul_in_identifiers_is_refused_and_in_texts_harmless() {
    let server = Server::start().await;
    let (alice, room) = alice_in_a_room(&server).await;
    let place = alice.place().await;
    let escaped_room = escaped(&room);
    let user = escaped(&alice.user_id);
    let paths = [
        ("PUT", format!("/rooms/{escaped_room}/send/m.a%00b/t1")),
        ("PUT", format!("/rooms/{escaped_room}/send/m.room.message/t%001")),
        ("PUT", format!("/rooms/{escaped_room}/state/m.room.x/a%00b")),
        ("PUT", format!("/rooms/{escaped_room}%00/state/m.room.x/")),
        ("GET", format!("/rooms/{escaped_room}/state/m.a%00b/x")),
        ("GET", format!("/rooms/{escaped_room}/event/%24a%00b")),
        ("PUT", format!("/user/{user}/account_data/m.a%00b")),
        ("PUT", format!("/user/{user}/rooms/{escaped_room}/tags/u.a%00b")),
        ("GET", "/directory/room/%23a%00b%3Afirma.example".to_owned()),
        ("GET", "/profile/%40a%00b%3Afirma.example/displayname".to_owned()),
        ("PUT", "/sendToDevice/m.a%00b/t1".to_owned()),
        ("GET", "/devices/a%00b".to_owned()),
        ("GET", "/sync?since=a%00b".to_owned()),
    ];
    for (method, path) in paths {
        let body = if method == "GET" { "" } else { "{}" };
        let answer = alice.raw(method, &path, body).await;
        let is_refused = (400..=404).contains(&answer.status) && !answer.errcode().is_empty();
        assert!(is_refused, "{method} {path}: {} {}", answer.status, answer.json);
    }
    alice.assert_nothing_since(&place).await;
    let content = json!({ "msgtype": "m.text", "body": "a\u{0}b" });
    alice.send(&room, &transaction(), &content).await.ok();
    assert_eq!(alice.timeline(&room).await[0]["content"]["body"], "a\u{0}b");
}

#[tokio::test]
async fn invalid_utf8_in_paths_is_refused() {
    let server = Server::start().await;
    let (alice, room) = alice_in_a_room(&server).await;
    let room = escaped(&room);
    let paths = [
        format!("/rooms/{room}/send/m.%ff/t1"),
        format!("/rooms/{room}/send/m.room.message/%c3%28"),
        format!("/rooms/{room}/state/m.room.x/%ff"),
        "/rooms/%ff%fe/state/m.room.x/a".to_owned(),
    ];
    for path in paths {
        let answer = alice.raw("PUT", &path, "{}").await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.json);
        assert!(!answer.errcode().is_empty(), "{path}: {}", answer.json);
    }
}

#[tokio::test]
async fn every_error_is_a_matrix_error() {
    let server = Server::start().await;
    let (alice, room) = alice_in_a_room(&server).await;
    let table = [
        ("GET", "/nonsense", 404, "M_UNRECOGNIZED"),
        ("DELETE", "/sync", 405, "M_UNRECOGNIZED"),
        ("GET", "/rooms/!nowhere:firma.example/state", 403, "M_FORBIDDEN"),
    ];
    for (method, path, status, errcode) in table {
        alice.raw(method, path, "").await.assert_error(status, errcode, path);
    }
    let mut stranger = alice.clone();
    stranger.token = "nonsense".to_owned();
    let answer = stranger.send(&room, "t", &Value::Null).await;
    answer.assert_error(401, "M_UNKNOWN_TOKEN", "unknown token");
    let answer = alice.raw("PUT", &message_path("no room id", "t"), "{}").await;
    assert!((400..=404).contains(&answer.status) && !answer.errcode().is_empty());
}
