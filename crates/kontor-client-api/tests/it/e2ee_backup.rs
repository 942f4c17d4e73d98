//! Key backup.

use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

const VERSION: &str = "/_matrix/client/v3/room_keys/version";
const KEYS: &str = "/_matrix/client/v3/room_keys/keys";
const ALGORITHM: &str = "m.megolm_backup.v1.curve25519-aes-sha2";
const ROOM: &str = "!room:one.example";

fn backup(public_key: &str) -> Value {
    json!({ "algorithm": ALGORITHM, "auth_data": { "public_key": public_key, "signatures": {} } })
}

fn session(is_verified: bool, first_message_index: u32, forwarded_count: u32) -> Value {
    json!({
        "first_message_index": first_message_index,
        "forwarded_count": forwarded_count,
        "is_verified": is_verified,
        "session_data": { "ephemeral": "AAAA", "ciphertext": "BBBB", "mac": "CCCC" },
    })
}

async fn create(person: &Person) -> String {
    person.post(VERSION, backup("abc")).await.ok().text("version").to_owned()
}

fn of_session(session: &str, version: &str) -> String {
    format!("{KEYS}/{ROOM}/{session}?version={version}")
}

#[tokio::test]
async fn a_backup_lives_and_dies() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        alice.get(VERSION).await.fails(404, "M_NOT_FOUND");
        let first = create(&alice).await;
        let shown = alice.get(VERSION).await.ok().body;
        assert_eq!(shown["algorithm"], ALGORITHM);
        assert_eq!(shown["auth_data"]["public_key"], "abc");
        assert_eq!((&shown["count"], &shown["version"]), (&json!(0), &json!(first)));

        alice.put(&of_session("s1", &first), session(true, 1, 0)).await.ok();
        let second = create(&alice).await;
        assert_ne!(first, second);
        assert_eq!(alice.get(VERSION).await.ok().text("version"), second);
        let old = alice.get(&format!("{VERSION}/{first}")).await.ok().body;
        assert_eq!(old["count"], 1);
        let denied = alice.put(&of_session("s2", &first), session(true, 1, 0)).await;
        denied.fails(403, "M_WRONG_ROOM_KEYS_VERSION");
        assert_eq!(denied.text("current_version"), second);

        for _ in 0..2 {
            alice.delete(&format!("{VERSION}/{second}")).await.ok();
        }
        alice.get(&format!("{VERSION}/{second}")).await.fails(404, "M_NOT_FOUND");
        assert_eq!(alice.get(VERSION).await.ok().text("version"), first, "the older one again");
        let third = create(&alice).await;
        assert!(third != first && third != second, "a number is never given twice");
    })
    .await;
}

#[tokio::test]
async fn the_public_part_can_be_replaced_but_not_the_algorithm() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let version = create(&alice).await;
    let path = format!("{VERSION}/{version}");
    let mut named = backup("def");
    named["version"] = json!(version);
    alice.put(&path, named).await.ok();
    assert_eq!(alice.get(VERSION).await.ok().body["auth_data"]["public_key"], "def");
    let mut other = backup("ghi");
    other["version"] = json!("99");
    alice.put(&path, other).await.fails(400, "M_INVALID_PARAM");
    let mut other = backup("ghi");
    other["algorithm"] = json!("org.example.other");
    alice.put(&path, other).await.fails(400, "M_INVALID_PARAM");
    alice.put(&format!("{VERSION}/99"), backup("ghi")).await.fails(404, "M_NOT_FOUND");
    alice.put(&format!("{VERSION}/x"), backup("ghi")).await.fails(404, "M_NOT_FOUND");
    assert_eq!(alice.get(VERSION).await.ok().body["auth_data"]["public_key"], "def");
}

#[tokio::test]
async fn the_better_of_two_keys_is_kept() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let version = create(&alice).await;
        let path = of_session("s", &version);
        let first = alice.put(&path, session(false, 5, 5)).await.ok();
        assert_eq!(first.body["count"], 1);
        let worse = alice.put(&path, session(false, 6, 0)).await.ok();
        assert_eq!(worse.text("etag"), first.text("etag"));
        assert_eq!(alice.get(&path).await.ok().body, session(false, 5, 5));
        let better = alice.put(&path, session(true, 9, 9)).await.ok();
        assert_ne!(better.text("etag"), first.text("etag"));
        assert_eq!(better.body["count"], 1);
        assert_eq!(alice.get(&path).await.ok().body, session(true, 9, 9));
    })
    .await;
}

#[tokio::test]
async fn keys_are_saved_read_and_deleted_by_session_room_and_all() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let version = create(&alice).await;
        let all = format!("{KEYS}?version={version}");
        let room = format!("{KEYS}/{ROOM}?version={version}");
        assert_eq!(alice.get(&all).await.ok().body, json!({ "rooms": {} }));
        assert_eq!(alice.get(&room).await.ok().body, json!({ "sessions": {} }));
        alice.get(&of_session("a", &version)).await.fails(404, "M_NOT_FOUND");
        let rooms = json!({
            ROOM: { "sessions": { "a": session(true, 0, 0), "b": session(false, 3, 1) } },
            "!other:one.example": { "sessions": { "a": session(true, 7, 0) } },
        });
        let saved = alice.put(&all, json!({ "rooms": rooms })).await.ok();
        assert_eq!(saved.body["count"], 3);
        assert_eq!(alice.get(&all).await.ok().body["rooms"], rooms);
        let more = json!({ "sessions": { "c": session(true, 1, 1) } });
        assert_eq!(alice.put(&room, more).await.ok().body["count"], 4);
        assert_eq!(alice.get(&room).await.ok().body["sessions"]["c"], session(true, 1, 1));
        assert_eq!(alice.delete(&of_session("c", &version)).await.ok().body["count"], 3);
        assert_eq!(alice.delete(&room).await.ok().body["count"], 1);
        bob.get(&all).await.fails(404, "M_NOT_FOUND");
        let gone = alice.delete(&all).await.ok();
        assert_eq!(gone.body["count"], 0);
        let nothing = alice.delete(&all).await.ok();
        assert_eq!(nothing.text("etag"), gone.text("etag"), "nothing changed");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_keys_are_saved_at_once_or_not_at_all() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let version = create(&alice).await;
        let path = format!("{KEYS}?version={version}");
        let sessions = |from: u32, bad: bool| {
            let mut rooms = json!({});
            for n in from..from + 10_000 {
                let room = format!("!r{}:one.example", n % 20);
                rooms[room]["sessions"][format!("s{n}")] = session(true, n, 0);
            }
            if bad {
                rooms["!r0:one.example"]["sessions"]["zz"] = json!({ "is_verified": true });
            }
            json!({ "rooms": rooms })
        };
        let saved = alice.put(&path, sessions(0, false)).await.ok();
        assert_eq!(saved.body["count"], 10_000);
        alice.put(&path, sessions(10_000, true)).await.fails(400, "M_BAD_JSON");
        let again = alice.put(&path, sessions(0, false)).await.ok();
        assert_eq!(again.body, saved.body);
        let shown = alice.get(VERSION).await.ok().body;
        assert_eq!(shown["count"], 10_000);
        assert_eq!(shown["etag"], saved.body["etag"]);
    })
    .await;
}

#[tokio::test]
async fn bad_backups_are_refused() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let auth = |auth: Value| json!({ "algorithm": ALGORITHM, "auth_data": auth });
    let table = [
        (json!({}), 400, "M_BAD_JSON"),
        (auth(json!(1)), 400, "M_BAD_JSON"),
        (auth(json!({})), 400, "M_BAD_JSON"),
        (auth(json!({ "public_key": "x".repeat(70_000) })), 413, "M_TOO_LARGE"),
        (json!({ "algorithm": "x", "auth_data": {} }), 400, "M_INVALID_PARAM"),
        (json!({ "algorithm": 1, "auth_data": {} }), 400, "M_BAD_JSON"),
    ];
    for (body, status, code) in table {
        let answer = alice.post(VERSION, body.clone()).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        answer.fails(status, code);
    }
    alice.get(VERSION).await.fails(404, "M_NOT_FOUND");
    alice.put(&of_session("s", "1"), session(true, 0, 0)).await.fails(404, "M_NOT_FOUND");

    let version = create(&alice).await;
    let with = |field: &str, value: Value| {
        let mut key = session(true, 0, 0);
        key[field] = value;
        key
    };
    let table = [
        (with("first_message_index", json!(-1)), 400, "M_BAD_JSON"),
        (with("first_message_index", json!(1.5)), 400, "M_BAD_JSON"),
        (with("forwarded_count", json!("1")), 400, "M_BAD_JSON"),
        (with("is_verified", json!(1)), 400, "M_BAD_JSON"),
        (with("session_data", json!("x")), 400, "M_BAD_JSON"),
        (with("session_data", json!({ "x": "y".repeat(70_000) })), 413, "M_TOO_LARGE"),
        (json!({}), 400, "M_BAD_JSON"),
    ];
    for (body, status, code) in table {
        let answer = alice.put(&of_session("s", &version), body.clone()).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        answer.fails(status, code);
    }
    alice
        .put(&of_session("s", "99"), session(true, 0, 0))
        .await
        .fails(403, "M_WRONG_ROOM_KEYS_VERSION");
    alice.put(&format!("{KEYS}/{ROOM}/s"), session(true, 0, 0)).await.fails(400, "M_INVALID_PARAM");
    assert_eq!(alice.get(VERSION).await.ok().body["count"], 0);
}
