//! Sleeping devices are woken, and nobody on the way learns what for.

use kontor_testkit::{Person, Setup, TestServer, Value, json};

use crate::web_push_service::{Browser, PushService};

const PUSHERS: &str = "/_matrix/client/v3/pushers";
const SET_PUSHER: &str = "/_matrix/client/v3/pushers/set";
const CAPABILITIES: &str = "/_matrix/client/v3/capabilities";

/// A server that may ask this push service.
async fn server_with(service: &PushService, postgres: bool) -> TestServer {
    let file =
        format!("[push]\nhosts = [\"{}\"]\ncontact = \"admin@one.example\"\n", service.address);
    TestServer::with(Setup { file, postgres, ..Setup::default() }).await
}

/// Alice, who sleeps, and Bob, in a room of two.
async fn pair(server: &TestServer) -> (Person, Person, String) {
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "private_chat" })).await;
    alice.invite(&room, &bob).await;
    bob.join(&room).await;
    (alice, bob, room)
}

/// The key that browsers are told.
async fn key(person: &Person) -> Value {
    let capabilities = person.get(CAPABILITIES).await.ok().body["capabilities"].clone();
    capabilities["org.matrix.msc4174.webpush"]["vapid"].clone()
}

#[tokio::test]
async fn a_message_wakes_a_device_and_only_the_device_learns_which() {
    for postgres in [false, true] {
        let mut service = PushService::start().await;
        let server = server_with(&service, postgres).await;
        let (alice, bob, room) = pair(&server).await;
        let browser = Browser::new(&service, "device-of-alice");
        alice.post(SET_PUSHER, browser.pusher()).await.ok();
        assert_eq!(alice.get(PUSHERS).await.ok().body["pushers"], json!([browser.pusher()]));
        alice.send(&room, "from me").await;
        let event = bob.send(&room, "a secret").await;

        let asked = service.next().await;
        assert_eq!(asked.path, "/device-of-alice");
        let expected = json!({ "room_id": room, "event_id": event, "prio": "high" });
        assert_eq!(browser.open(&asked.body), expected);
        let claims = asked.claims(key(&alice).await.as_str().unwrap());
        assert_eq!(claims["aud"], format!("http://{}", service.address));
        assert_eq!(claims["sub"], "mailto:admin@one.example");
        assert_eq!(asked.header("content-encoding"), "aes128gcm");
        assert_eq!((asked.header("ttl"), asked.header("urgency")), ("86400", "high"));
        let told = format!("{:?} {}", asked.headers, String::from_utf8_lossy(&asked.body));
        for secret in [&*room, &*event, "alice", "bob", "a secret"] {
            assert!(!told.contains(secret.trim_start_matches(['!', '$'])), "{secret}: {told}");
        }

        let second = bob.send(&room, &"a much longer secret ".repeat(40)).await;
        let next = service.next().await;
        assert_eq!(browser.open(&next.body)["event_id"], second.as_str());
        assert_eq!(next.body.len(), asked.body.len(), "the length says nothing");
        assert_eq!(next.header("topic"), asked.header("topic"), "the newest of a room is enough");
        assert_eq!(asked.header("topic").len(), 32);
    }
}

#[tokio::test]
async fn what_she_wants_not_to_hear_of_wakes_nobody() {
    let mut service = PushService::start().await;
    let server = server_with(&service, false).await;
    let (alice, bob, room) = pair(&server).await;
    let browser = Browser::new(&service, "alice");
    alice.post(SET_PUSHER, browser.pusher()).await.ok();
    let rule = format!("/_matrix/client/v3/pushrules/global/room/{room}");
    alice.put(&rule, json!({ "actions": [] })).await.ok();
    bob.send(&room, "muted").await;
    alice.delete(&rule).await.ok();
    let heard = bob.send(&room, "heard").await;
    assert_eq!(browser.open(&service.next().await.body)["event_id"], heard.as_str());

    // In closed rooms a reaction is encrypted, but for what it is about.
    let relation = json!({ "rel_type": "m.annotation", "event_id": heard });
    let reaction = json!({
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgAEnACgAkLmt6qF84IK",
        "session_id": "X3lUlvLELLYxeTx4yOVu6UDpasGEVO0Jbu",
        "m.relates_to": relation,
    });
    bob.send_event(&room, "m.room.encrypted", reaction).await.ok();
    let heard = bob.send(&room, "after a reaction").await;
    assert_eq!(browser.open(&service.next().await.body)["event_id"], heard.as_str());

    let ignored = "/_matrix/client/v3/user/@alice:one.example/account_data/m.ignored_user_list";
    let carol = server.register("carol").await;
    alice.invite(&room, &carol).await;
    carol.join(&room).await;
    let list = json!({ "ignored_users": { &bob.user_id: {} } });
    alice.put(ignored, list).await.ok();
    bob.send(&room, "ignored").await;
    let heard = carol.send(&room, "heard").await;
    let asked = service.next().await;
    assert_eq!(browser.open(&asked.body)["event_id"], heard.as_str());
    assert_eq!(asked.header("urgency"), "normal", "one of many");
}

#[tokio::test]
async fn an_invitation_wakes_too_and_so_does_what_comes_after_a_restart() {
    let mut service = PushService::start().await;
    let mut server = server_with(&service, false).await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let browser = Browser::new(&service, "alice");
    alice.post(SET_PUSHER, browser.pusher()).await.ok();
    let before = key(&alice).await;
    let room = bob.create_room(json!({ "preset": "private_chat" })).await;
    bob.invite(&room, &alice).await;
    assert_eq!(browser.open(&service.next().await.body)["room_id"], room.as_str());
    alice.join(&room).await;

    server.restart().await;
    let (alice, bob) = (server.login("alice").await, server.login("bob").await);
    let event = bob.send(&room, "after the restart").await;
    assert_eq!(browser.open(&service.next().await.body)["event_id"], event.as_str());
    assert_eq!(key(&alice).await, before, "browsers are bound to the key");
}

#[tokio::test]
async fn a_push_service_that_stumbles_is_asked_again_and_a_device_that_is_gone_no_more() {
    let mut service = PushService::start().await;
    let server = server_with(&service, false).await;
    let (alice, bob, room) = pair(&server).await;
    let browser = Browser::new(&service, "alice");
    alice.post(SET_PUSHER, browser.pusher()).await.ok();
    service.answers(&[503]).await;
    let event = bob.send(&room, "one").await;
    for _ in 0..2 {
        assert_eq!(browser.open(&service.next().await.body)["event_id"], event.as_str());
    }
    let other = Browser::new(&service, "other");
    let mut pusher = other.pusher();
    pusher["app_id"] = json!("other");
    service.answers(&[410]).await;
    bob.send(&room, "two").await;
    service.next().await;
    // The push service's answer comes before it is taken to heart.
    while alice.get(PUSHERS).await.ok().body["pushers"] != json!([]) {
        tokio::task::yield_now().await;
    }
    alice.post(SET_PUSHER, pusher).await.ok();
    let event = bob.send(&room, "three").await;
    let asked = service.next().await;
    assert_eq!((&*asked.path, &other.open(&asked.body)["event_id"]), ("/other", &json!(event)));
}

#[tokio::test]
async fn nobody_is_asked_whom_the_operator_did_not_name() {
    let service = PushService::start().await;
    let other = PushService::start().await;
    let server = server_with(&service, false).await;
    let alice = server.register("alice").await;
    let browser = Browser::new(&service, "alice");
    let elsewhere = Browser::new(&other, "alice").pusher();
    alice.post(SET_PUSHER, elsewhere).await.fails(403, "M_FORBIDDEN");
    for (field, value) in
        [("pushkey", json!("k")), ("kind", json!("carrier pigeon")), ("data", json!({}))]
    {
        let mut pusher = browser.pusher();
        pusher[field] = value;
        alice.post(SET_PUSHER, pusher).await.fails(400, "M_INVALID_PARAM");
    }
    let mut pusher = browser.pusher();
    pusher["data"]["format"] = json!("full");
    alice.post(SET_PUSHER, pusher).await.fails(400, "M_INVALID_PARAM");

    let silent = TestServer::start().await;
    let alice = silent.register("alice").await;
    assert_eq!(key(&alice).await, Value::Null);
    alice.post(SET_PUSHER, browser.pusher()).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn where_the_organisation_has_not_allowed_it_nobody_is_woken() {
    let service = PushService::start().await;
    let file = format!(
        "[registration]\nmode = \"open\"\n[policy]\nreadable_user_ids = true\n\
         [push]\nhosts = [\"{}\"]\n",
        service.address
    );
    let setup = Setup { flags: Vec::new(), file, ..Setup::default() };
    let server = TestServer::with(setup).await;
    server.accept_passwords().await;
    let alice = server.register("alice").await;
    assert_eq!(key(&alice).await, Value::Null);
    let browser = Browser::new(&service, "alice");
    alice.post(SET_PUSHER, browser.pusher()).await.fails(403, "M_FORBIDDEN");
}
