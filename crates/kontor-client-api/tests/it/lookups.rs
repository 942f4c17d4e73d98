//! Small questions: the event at a time, rooms in common, who somebody is, calls.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_testkit::{Person, Setup, TestServer, for_each_server, json};

use std::time::Duration;

use crate::roles::with_password;

#[tokio::test]
async fn the_event_next_to_a_time_is_found_on_either_side() {
    for_each_server(async |server: TestServer| {
        let (alice, bob) = (server.register("alice").await, server.register("bob").await);
        let setting = json!({
            "type": "m.room.history_visibility", "state_key": "",
            "content": { "history_visibility": "joined" },
        });
        let body = json!({ "preset": "public_chat", "initial_state": [setting] });
        let room = alice.create_room(body).await;
        let other = alice.create_room(json!({})).await;
        let minute = Duration::from_mins(1);
        let start = server.clock().now();
        let mut at = start;
        let mut events = Vec::new();
        for number in 1..=6 {
            at = at.plus(minute);
            server.clock().set(at);
            alice.send(&other, "elsewhere").await;
            events.push(alice.send(&room, &number.to_string()).await);
            if number == 3 {
                bob.join(&room).await;
            }
        }
        let find = async |who: &Person, ts: i64, dir: &str| {
            let path = format!("/_matrix/client/v1/rooms/{room}/timestamp_to_event");
            who.get(&format!("{path}?ts={ts}&dir={dir}")).await
        };
        let ts = |number: i64| start.0 + number * 60_000;
        for (number, event) in (1..).zip(&events) {
            let exact = find(&alice, ts(number), "f").await.ok();
            assert_eq!(exact.text("event_id"), event);
            assert_eq!(exact.body["origin_server_ts"], ts(number));
            assert_eq!(find(&alice, ts(number) - 1, "f").await.ok().text("event_id"), event);
        }
        assert_eq!(find(&alice, ts(5) + 1, "b").await.ok().text("event_id"), events[4]);
        assert_eq!(find(&alice, ts(99), "b").await.ok().text("event_id"), events[5]);
        find(&alice, ts(99), "f").await.fails(404, "M_NOT_FOUND");
        find(&alice, ts(0) - 1, "b").await.fails(404, "M_NOT_FOUND");
        // Only what the person may see counts.
        let first = find(&bob, ts(1), "f").await.ok();
        assert_eq!(first.body["origin_server_ts"], ts(3), "{}", first.body);
        // What happened before the setting was made counts as shared.
        let before = find(&bob, ts(2), "b").await.ok();
        assert_eq!(before.body["origin_server_ts"], ts(0), "{}", before.body);
        let stranger = server.register("olga").await;
        find(&stranger, ts(1), "f").await.fails(403, "M_FORBIDDEN");
        find(&alice, ts(1), "x").await.fails(400, "M_INVALID_PARAM");
    })
    .await;
}

#[tokio::test]
async fn rooms_in_common_are_those_both_have_joined() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let both = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&both).await;
    let invited = alice.create_room(json!({ "invite": [bob.user_id] })).await;
    let left = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&left).await;
    bob.post(&format!("/_matrix/client/v3/rooms/{left}/leave"), json!({})).await.ok();
    bob.create_room(json!({})).await;
    let ask = async |who: &Person, about: &str| {
        who.get(&format!("/_matrix/client/v1/mutual_rooms?user_id={about}")).await
    };
    let found = ask(&alice, &bob.user_id).await.ok();
    assert_eq!(found.body, json!({ "count": 1, "joined": [both] }), "not {invited}, not {left}");
    let nobody = ask(&alice, "@nobody:one.example").await.ok();
    assert_eq!(nobody.body, json!({ "count": 0, "joined": [] }));
    ask(&alice, &alice.user_id).await.fails(400, "M_INVALID_PARAM");
    ask(&alice, "nobody").await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn rooms_in_common_come_in_pages() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for _ in 0..101 {
        let room = alice.create_room(json!({ "preset": "public_chat" })).await;
        bob.join(&room).await;
    }
    let path = format!("/_matrix/client/v1/mutual_rooms?user_id={}", bob.user_id);
    let first = alice.get(&path).await.ok();
    assert_eq!(first.body["count"], 101);
    assert_eq!(first.body["joined"].as_array().unwrap().len(), 100);
    let next = alice.get(&format!("{path}&from={}", first.text("next_batch"))).await.ok();
    assert_eq!(next.body["joined"].as_array().unwrap().len(), 1);
    assert!(next.body.get("next_batch").is_none());
    alice.get(&format!("{path}&from=x")).await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn only_oneself_and_administrators_are_told_about_ones_devices() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let path = format!("/_matrix/client/v3/admin/whois/{}", alice.user_id);
    let own = alice.get(&path).await.ok();
    assert_eq!(own.text("user_id"), alice.user_id);
    assert_eq!(own.body["devices"], json!({ &alice.device_id: { "sessions": [{}] } }));
    bob.get(&path).await.fails(403, "M_FORBIDDEN");
    bob.get("/_matrix/client/v3/admin/whois/@nobody:one.example").await.fails(403, "M_FORBIDDEN");
    let admin = server.register_admin("chefin").await;
    assert_eq!(admin.get(&path).await.ok().body, own.body);
    let nobody = admin.get("/_matrix/client/v3/admin/whois/@nobody:one.example").await;
    nobody.fails(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn there_is_no_turn_server() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let answer = alice.get("/_matrix/client/v3/voip/turnServer").await;
    answer.fails(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn a_pass_for_the_relay_of_calls_names_nobody_and_ends() {
    let secret = "something that the relay knows";
    let uri = "turn:turn.one.example:3478?transport=udp";
    let file = format!("[turn]\nuris = [\"{uri}\"]\nsecret = \"{secret}\"\nlifetime_s = 600\n");
    let server = TestServer::with(Setup { file, ..Setup::default() }).await;
    let path = "/_matrix/client/v3/voip/turnServer";
    server.anonymous("one.example").get(path).await.fails(401, "M_MISSING_TOKEN");
    let alice = server.register("alice").await;
    let (first, second) = (alice.get(path).await.ok(), alice.get(path).await.ok());
    assert_eq!((&first.body["uris"], &first.body["ttl"]), (&json!([uri]), &json!(600)));
    let name = first.text("username");
    let (ends, who) = name.split_once(':').unwrap();
    assert_eq!(ends.parse::<i64>().unwrap(), server.clock().now().0 / 1_000 + 600);
    assert_ne!(who, second.text("username").split_once(':').unwrap().1);
    assert!(!name.contains("alice"));
    // What the relay works out for itself (draft-uberti-behave-turn-rest).
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let expected = BASE64_STANDARD.encode(hmac::sign(&key, name.as_bytes()));
    assert_eq!(first.text("password"), expected);
}

#[tokio::test]
async fn strangers_learn_of_no_room() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    for room in [&*room, "!nowhere:one.example"] {
        let path = format!("/_matrix/client/v1/room_summary/{room}");
        let answer = server.anonymous("one.example").get(&path).await;
        answer.fails(401, "M_MISSING_TOKEN");
    }
}

#[tokio::test]
async fn the_directory_of_people_is_searched_by_enough_letters_for_few() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let closed = server.register("annika9").await;
    for number in 0..12 {
        server.register(&format!("anna{number:02}")).await;
    }
    let name = format!("/_matrix/client/v3/profile/{}/displayname", alice.user_id);
    alice.put(&name, json!({ "displayname": "Anna Schmidt" })).await.ok();
    let search = async |who: &Person, body| {
        who.post("/_matrix/client/v3/user_directory/search", body).await.ok().body
    };
    let found = |answer: &kontor_testkit::Value| answer["results"].as_array().unwrap().len();
    let answer = search(&closed, json!({ "search_term": "ANNA", "limit": 50 })).await;
    assert_eq!((found(&answer), &answer["limited"]), (13, &json!(false)), "{answer}");
    let answer = search(&closed, json!({ "search_term": "anna", "limit": 5 })).await;
    assert_eq!((found(&answer), &answer["limited"]), (5, &json!(true)));
    let answer = search(&closed, json!({ "search_term": "anna" })).await;
    assert_eq!((found(&answer), &answer["limited"]), (10, &json!(true)), "ten unless said");
    let answer = search(&closed, json!({ "search_term": "schmidt" })).await;
    let expected = json!([{ "user_id": alice.user_id, "display_name": "Anna Schmidt" }]);
    assert_eq!(answer["results"], expected);
    for term in ["", " ", "nobody"] {
        assert_eq!(search(&closed, json!({ "search_term": term })).await["results"], json!([]));
    }

    // Where letters are asked for, fewer find nobody.
    let admin = server.register_admin("chefin").await;
    let setting = "/_kontor/admin/v1/policy/settings/directory_min_characters";
    let wish = with_password(&admin, json!({ "value": 4, "reason": "test" }));
    admin.put(setting, wish).await.ok();
    assert_eq!(search(&closed, json!({ "search_term": "ann" })).await["results"], json!([]));
    assert_eq!(found(&search(&closed, json!({ "search_term": "anna" })).await), 10);
    // Whoever has closed their account is found no longer; nor is oneself.
    assert_eq!(search(&alice, json!({ "search_term": "schmidt" })).await["results"], json!([]));
    let body = with_password(&closed, json!({}));
    closed.post("/_matrix/client/v3/account/deactivate", body).await.ok();
    assert_eq!(search(&alice, json!({ "search_term": "annika9" })).await["results"], json!([]));
}
