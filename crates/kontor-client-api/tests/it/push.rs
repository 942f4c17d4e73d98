//! Push rules, unread counts, notifications and pushers.

use kontor_testkit::{Person, Setup, TestServer, Value, json};

const RULES: &str = "/_matrix/client/v3/pushrules/global";
const PUSHERS: &str = "/_matrix/client/v3/pushers";
const SET_PUSHER: &str = "/_matrix/client/v3/pushers/set";
const GATEWAY: &str = "https://push.example/_matrix/push/v1/notify";

/// Alice and two others in a room, and where Alice's device has read to.
async fn group(server: &TestServer) -> (Person, Person, String) {
    let alice = server.register("alice").await;
    let (bob, carol) = (server.register("bob").await, server.register("carol").await);
    let room = bob.create_room(json!({ "preset": "public_chat" })).await;
    alice.join(&room).await;
    carol.join(&room).await;
    (alice, bob, room)
}

async fn unread_with(person: &Person, room: &str, filter: &Value) -> Value {
    let filter = filter.to_string();
    person.sync_with(&[("filter", &filter)]).await["rooms"]["join"][room].clone()
}

/// Notifications and highlights of a first sync.
async fn unread(person: &Person, room: &str) -> (u64, u64) {
    let counts = &unread_with(person, room, &json!({})).await["unread_notifications"];
    let count = |name: &str| counts[name].as_u64().unwrap();
    (count("notification_count"), count("highlight_count"))
}

async fn read(person: &Person, room: &str, event: &str, body: Value) {
    let path = format!("/_matrix/client/v3/rooms/{room}/receipt/m.read/{event}");
    person.post(&path, body).await.ok();
}

fn text(body: &str, more: Value) -> Value {
    let mut content = json!({ "msgtype": "m.text", "body": body });
    let Value::Object(more) = more else { return content };
    content.as_object_mut().unwrap().extend(more);
    content
}

#[tokio::test]
async fn messages_count_until_they_are_read() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    assert_eq!(unread(&alice, &room).await, (0, 0), "nothing of before joining");
    bob.send(&room, "one").await;
    let two = bob.send(&room, "hello alice").await;
    let mention = json!({ "m.mentions": { "user_ids": [alice.user_id] } });
    bob.send_event(&room, "m.room.message", text("hey", mention)).await.ok();
    assert_eq!(unread(&alice, &room).await, (3, 2));
    assert_eq!(unread(&bob, &room).await, (0, 0), "own messages");
    read(&alice, &room, &two, json!({})).await;
    assert_eq!(unread(&alice, &room).await, (1, 1));
    alice.send(&room, "here").await;
    assert_eq!(unread(&alice, &room).await, (0, 0), "sending is reading");
}

#[tokio::test]
async fn counts_come_with_the_next_sync() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    let since = alice.sync("").await["next_batch"].as_str().unwrap().to_owned();
    let event = bob.send(&room, "x").await;
    let next = alice.sync_with(&[("since", &since)]).await;
    let counts = |sync: &Value| sync["rooms"]["join"][&room]["unread_notifications"].clone();
    assert_eq!(counts(&next), json!({ "notification_count": 1, "highlight_count": 0 }));
    let since = next["next_batch"].as_str().unwrap().to_owned();
    read(&alice, &room, &event, json!({})).await;
    let next = alice.sync_with(&[("since", &since)]).await;
    assert_eq!(counts(&next), json!({ "notification_count": 0, "highlight_count": 0 }), "{next}");
}

#[tokio::test]
async fn what_is_redacted_counts_no_longer() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    let event = bob.send(&room, "alice!").await;
    assert_eq!(unread(&alice, &room).await, (1, 1));
    let path = format!("/_matrix/client/v3/rooms/{room}/redact/{event}/1");
    bob.put(&path, json!({})).await.ok();
    assert_eq!(unread(&alice, &room).await, (0, 0));
}

#[tokio::test]
async fn threads_are_counted_apart_on_request() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    let root = bob.send(&room, "root").await;
    let relation = json!({ "m.relates_to": { "rel_type": "m.thread", "event_id": root } });
    let sent = bob.send_event(&room, "m.room.message", text("in it", relation)).await.ok();
    let by_thread = json!({ "room": { "timeline": { "unread_thread_notifications": true } } });
    let joined = unread_with(&alice, &room, &by_thread).await;
    assert_eq!(joined["unread_notifications"]["notification_count"], 1);
    assert_eq!(joined["unread_thread_notifications"][&root]["notification_count"], 1);
    assert_eq!(unread(&alice, &room).await, (2, 0));
    read(&alice, &room, sent.text("event_id"), json!({ "thread_id": root })).await;
    let joined = unread_with(&alice, &room, &by_thread).await;
    assert_eq!(joined["unread_notifications"]["notification_count"], 1);
    assert!(joined.get("unread_thread_notifications").is_none(), "{joined}");
}

#[tokio::test]
async fn rules_are_added_moved_turned_off_and_removed() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    let keyword =
        json!({ "pattern": "cake*", "actions": ["notify", { "set_tweak": "highlight" }] });
    for id in ["a", "b", "c"] {
        alice.put(&format!("{RULES}/content/{id}"), keyword.clone()).await.ok();
    }
    let order = async || {
        let rules = alice.get("/_matrix/client/v3/pushrules/").await.ok();
        let content = rules.body["global"]["content"].as_array().unwrap().clone();
        content.iter().map(|rule| rule["rule_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["c", "b", "a", ".m.rule.contains_user_name"]);
    alice.put(&format!("{RULES}/content/c?after=a"), keyword.clone()).await.ok();
    assert_eq!(order().await, ["b", "a", "c", ".m.rule.contains_user_name"]);
    alice.put(&format!("{RULES}/content/a?before=b"), keyword.clone()).await.ok();
    assert_eq!(order().await, ["a", "b", "c", ".m.rule.contains_user_name"]);

    bob.send(&room, "there are cakes").await;
    assert_eq!(unread(&alice, &room).await, (1, 1));
    alice.put(&format!("{RULES}/room/{room}"), json!({ "actions": ["dont_notify"] })).await.ok();
    for id in ["a", "b", "c"] {
        alice.put(&format!("{RULES}/content/{id}/enabled"), json!({ "enabled": false })).await.ok();
    }
    assert_eq!(unread(&alice, &room).await, (0, 0), "muted");
    let path = format!("{RULES}/room/{room}/actions");
    assert_eq!(alice.get(&path).await.ok().body, json!({ "actions": [] }));
    alice.put(&path, json!({ "actions": ["notify"] })).await.ok();
    assert_eq!(unread(&alice, &room).await, (1, 0));
    alice.delete(&format!("{RULES}/room/{room}")).await.ok();
    alice.get(&format!("{RULES}/room/{room}")).await.fails(404, "M_NOT_FOUND");
    let enabled = alice.get(&format!("{RULES}/content/a/enabled")).await.ok();
    assert_eq!(enabled.body, json!({ "enabled": false }));
}

#[tokio::test]
async fn changed_rules_reach_the_other_devices() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let first = alice.sync("").await;
    let rules = |sync: &Value| {
        let events = sync["account_data"]["events"].as_array().cloned().unwrap_or_default();
        events.into_iter().find(|event| event["type"] == "m.push_rules")
    };
    assert!(rules(&first).is_some(), "those of the server: {first}");
    let since = first["next_batch"].as_str().unwrap();
    assert!(rules(&alice.sync_with(&[("since", since)]).await).is_none());
    let path = format!("{RULES}/override/.m.rule.master/enabled");
    alice.put(&path, json!({ "enabled": true })).await.ok();
    let next = alice.sync_with(&[("since", since)]).await;
    let content = &rules(&next).unwrap()["content"];
    assert_eq!(content["global"]["override"][0]["enabled"], true);
    let path = format!("/_matrix/client/v3/user/{}/account_data/m.push_rules", alice.user_id);
    assert_eq!(&alice.get(&path).await.ok().body, content);
}

#[tokio::test]
async fn bad_rules_are_refused() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let before = alice.get(&format!("{RULES}/")).await.ok().body;
    let fine = json!({ "pattern": "x", "actions": [] });
    let long = json!({ "pattern": "x".repeat(200), "actions": [] });
    let table = [
        ("content/.mine", fine.clone(), 400, "M_INVALID_PARAM"),
        ("content/a%2Fb", fine.clone(), 400, "M_INVALID_PARAM"),
        ("content/a%5Cb", fine.clone(), 400, "M_INVALID_PARAM"),
        ("content/a?before=none", fine.clone(), 404, "M_NOT_FOUND"),
        ("content/a?after=a", fine.clone(), 404, "M_NOT_FOUND"),
        ("content/a?after=.m.rule.contains_user_name", fine.clone(), 400, "M_INVALID_PARAM"),
        ("content/a", long, 400, "M_INVALID_PARAM"),
        ("content/a", json!({ "actions": [] }), 400, "M_BAD_JSON"),
        ("content/a", json!({ "pattern": "x", "actions": ["explode"] }), 400, "M_INVALID_PARAM"),
        ("content/a", json!({ "pattern": 1, "actions": [] }), 400, "M_BAD_JSON"),
        ("override/a", json!({ "conditions": [{}], "actions": [] }), 400, "M_BAD_JSON"),
        ("room/lobby", json!({ "actions": [] }), 400, "M_INVALID_PARAM"),
        ("planet/a", fine, 400, "M_INVALID_PARAM"),
        ("content/none/enabled", json!({ "enabled": true }), 404, "M_NOT_FOUND"),
        ("content/none/actions", json!({ "actions": [] }), 404, "M_NOT_FOUND"),
        ("planet/a/enabled", json!({ "enabled": true }), 400, "M_INVALID_PARAM"),
    ];
    for (path, body, status, code) in table {
        let answer = alice.put(&format!("{RULES}/{path}"), body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        answer.fails(status, code);
    }
    alice.delete(&format!("{RULES}/override/.m.rule.master")).await.fails(400, "M_INVALID_PARAM");
    alice.delete(&format!("{RULES}/content/none")).await.fails(404, "M_NOT_FOUND");
    assert_eq!(alice.get(&format!("{RULES}/")).await.ok().body, before);
}

#[tokio::test]
async fn notifications_are_listed_newest_first() {
    let server = TestServer::start().await;
    let (alice, bob, room) = group(&server).await;
    let other = bob.create_room(json!({ "preset": "public_chat" })).await;
    alice.join(&other).await;
    let first = bob.send(&room, "one").await;
    bob.send(&other, "alice: two").await;
    bob.send(&room, "three").await;
    read(&alice, &room, &first, json!({})).await;
    let path = "/_matrix/client/v3/notifications";
    let page = alice.get(&format!("{path}?limit=2")).await.ok().body;
    let bodies = |page: &Value| {
        let list = page["notifications"].as_array().unwrap().clone();
        list.iter().map(|n| n["event"]["content"]["body"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&page), ["three", "alice: two"]);
    assert_eq!(page["notifications"][0]["read"], false);
    assert_eq!(page["notifications"][0]["room_id"], room.as_str());
    let next = format!("{path}?from={}", page["next_token"].as_str().unwrap());
    let page = alice.get(&next).await.ok().body;
    assert_eq!(bodies(&page), ["one"]);
    assert_eq!(page["notifications"][0]["read"], true);
    assert!(page.get("next_token").is_none());
    let page = alice.get(&format!("{path}?only=highlight")).await.ok().body;
    assert_eq!(bodies(&page), ["alice: two"]);
    alice.get(&format!("{path}?from=nowhere")).await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn pushers_are_kept_replaced_and_removed() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (path, set, gateway) = (PUSHERS, SET_PUSHER, GATEWAY);
    let http = |key: &str, url: &str| pusher(key, &json!("http"), &json!({ "url": url }));
    alice.post(set, http("k", gateway)).await.ok();
    let kept = alice.get(path).await.ok().body["pushers"].clone();
    assert_eq!(kept, json!([http("k", gateway)]));
    bob.post(set, http("k", gateway)).await.ok();
    assert_eq!(alice.get(path).await.ok().body["pushers"], json!([]), "taken over");
    bob.post(set, pusher("k", &Value::Null, &json!({}))).await.ok();
    assert_eq!(bob.get(path).await.ok().body["pushers"], json!([]));

    let table = [
        (http("k", "http://push.example/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
        (http("k", "https://push.example/elsewhere"), "M_INVALID_PARAM"),
        (http("", gateway), "M_INVALID_PARAM"),
        (http(&"k".repeat(513), gateway), "M_INVALID_PARAM"),
        (pusher("k", &json!("email"), &json!({})), "M_INVALID_PARAM"),
        (pusher("k", &json!("http"), &json!({})), "M_BAD_JSON"),
        (json!({ "kind": "http" }), "M_BAD_JSON"),
        (json!({}), "M_BAD_JSON"),
    ];
    for (body, code) in table {
        alice.post(set, body).await.fails(400, code);
    }
    assert_eq!(alice.get(path).await.ok().body["pushers"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_outlive_a_restart_and_reach_behind_memory() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob, room) = group(&server).await;
    let first = bob.send(&room, "first").await;
    read(&alice, &room, &first, json!({})).await;
    for number in 0..60 {
        bob.send(&room, &number.to_string()).await;
    }
    assert_eq!(unread(&alice, &room).await, (60, 0), "more than a room keeps in memory");
    server.restart().await;
    (alice.base, bob.base) = (server.base(), server.base());
    assert_eq!(unread(&alice, &room).await, (60, 0), "after the restart");
    bob.send(&room, "alice?").await;
    assert_eq!(unread(&alice, &room).await, (61, 1));
}

/// A pusher as clients send it.
fn pusher(key: &str, kind: &Value, data: &Value) -> Value {
    json!({
        "app_id": "app", "pushkey": key, "kind": kind, "app_display_name": "App",
        "device_display_name": "Phone", "lang": "en", "data": data,
    })
}

#[tokio::test]
async fn a_pusher_goes_with_its_device() {
    let server = TestServer::start().await;
    let (laptop, phone) = (server.register("alice").await, server.login("alice").await);
    phone.post(SET_PUSHER, pusher("k", &json!("http"), &json!({ "url": GATEWAY }))).await.ok();
    let kept = async || laptop.get(PUSHERS).await.ok().body["pushers"].as_array().unwrap().len();
    assert_eq!(kept().await, 1);
    phone.post("/_matrix/client/v3/logout", json!({})).await.ok();
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn strict_keeps_no_push_gateway() {
    let file = "[registration]\nmode = \"open\"\n[policy]\nreadable_user_ids = true\n";
    let setup = Setup { flags: Vec::new(), file: file.to_owned(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    server.accept_passwords().await;
    let alice = server.register("alice").await;
    let wanted = pusher("k", &json!("http"), &json!({ "url": GATEWAY }));
    alice.post(SET_PUSHER, wanted).await.fails(403, "M_FORBIDDEN");
    assert_eq!(alice.get(PUSHERS).await.ok().body["pushers"], json!([]));
}
