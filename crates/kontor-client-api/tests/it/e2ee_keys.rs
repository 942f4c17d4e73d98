//! Keys of devices: upload, query, claim, changes.

use std::collections::BTreeSet;

use kontor_testkit::{Person, Setup, TestServer, Value, for_each_server, json};

use crate::crypto::{Key, device_keys, fallback_key, one_time_key, one_time_keys, publish};

const UPLOAD: &str = "/_matrix/client/v3/keys/upload";
const QUERY: &str = "/_matrix/client/v3/keys/query";
const CLAIM: &str = "/_matrix/client/v3/keys/claim";

fn next_batch(sync: &Value) -> String {
    sync["next_batch"].as_str().unwrap().to_owned()
}

/// Whose keys changed since `since`, and the next token.
async fn changed(person: &Person, since: &str) -> (Vec<Value>, String) {
    let sync = person.sync(since).await;
    let changed = sync["device_lists"]["changed"].as_array().cloned().unwrap_or_default();
    (changed, next_batch(&sync))
}

async fn shared_room(alice: &Person, bob: &Person) -> String {
    let room = alice.create_room(json!({ "preset": "private_chat" })).await;
    alice.invite(&room, bob).await;
    bob.join(&room).await;
    room
}

#[tokio::test]
async fn keys_travel_from_one_person_to_another() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let key = Key::named(&alice.device_id);
        let keys = device_keys(&alice, &key);
        let body = json!({
            "device_keys": keys,
            "one_time_keys": one_time_keys(&alice, &key, "A", 2),
            "fallback_keys": { "signed_curve25519:F": fallback_key(&alice, &key, 99) },
        });
        let answer = alice.post(UPLOAD, body).await.ok();
        assert_eq!(answer.body["one_time_key_counts"]["signed_curve25519"], 2);

        let wanted = json!({ "device_keys": { &alice.user_id: [] } });
        let answer = bob.post(QUERY, wanted).await.ok();
        let mut shown = answer.body["device_keys"][&alice.user_id][&alice.device_id].clone();
        shown.as_object_mut().unwrap().remove("unsigned");
        assert_eq!(shown, keys);

        let sync = alice.sync("").await;
        assert_eq!(sync["device_one_time_keys_count"]["signed_curve25519"], 2);
        assert_eq!(sync["device_unused_fallback_key_types"], json!(["signed_curve25519"]));

        let wanted =
            json!({ "one_time_keys": { &alice.user_id: { &alice.device_id: "signed_curve25519" } } });
        for expected in ["A000", "A001", "F", "F"] {
            let answer = bob.post(CLAIM, wanted.clone()).await.ok();
            let key = &answer.body["one_time_keys"][&alice.user_id][&alice.device_id];
            assert!(key[format!("signed_curve25519:{expected}")].is_object(), "{}", answer.body);
        }
        let sync = alice.sync("").await;
        assert_eq!(sync["device_one_time_keys_count"]["signed_curve25519"], 0);
        assert_eq!(sync["device_unused_fallback_key_types"], json!([]));

        let fresh = json!({ "fallback_keys": { "signed_curve25519:G": fallback_key(&alice, &key, 9) } });
        alice.post(UPLOAD, fresh).await.ok();
        let sync = alice.sync("").await;
        assert_eq!(sync["device_unused_fallback_key_types"], json!(["signed_curve25519"]));
    })
    .await;
}

#[tokio::test]
async fn one_time_keys_are_handed_out_in_the_order_of_upload() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let key = publish(&alice).await;
    // Names in an order that differs from that of upload.
    for (name, number) in [("zz", 1), ("aa", 2), ("mm", 3)] {
        let id = format!("signed_curve25519:{name}");
        let body = json!({ "one_time_keys": { id: one_time_key(&alice, &key, number) } });
        alice.post(UPLOAD, body).await.ok();
    }
    let wanted =
        json!({ "one_time_keys": { &alice.user_id: { &alice.device_id: "signed_curve25519" } } });
    for name in ["zz", "aa", "mm"] {
        let answer = alice.post(CLAIM, wanted.clone()).await.ok();
        let claimed = &answer.body["one_time_keys"][&alice.user_id][&alice.device_id];
        assert!(claimed[format!("signed_curve25519:{name}")].is_object(), "{claimed}");
    }
    let answer = alice.post(CLAIM, wanted).await.ok();
    assert_eq!(answer.body["one_time_keys"], json!({}), "nothing is left");
}

#[tokio::test]
async fn no_one_time_key_is_handed_out_twice() {
    for postgres in [false, true] {
        let server = TestServer::with(Setup { postgres, ..Setup::default() }).await;
        let alice = server.register("alice").await;
        let key = publish(&alice).await;
        let body = json!({ "one_time_keys": one_time_keys(&alice, &key, "K", 80) });
        alice.post(UPLOAD, body).await.ok();
        let wanted = json!({
            "one_time_keys": { &alice.user_id: { &alice.device_id: "signed_curve25519" } }
        });
        let claims = (0..96).map(|_| alice.post(CLAIM, wanted.clone()));
        let (mut seen, mut empty) = (BTreeSet::new(), 0);
        for claim in futures_util::future::join_all(claims).await {
            let body = claim.ok().body;
            let keys = body["one_time_keys"][&alice.user_id][&alice.device_id].as_object();
            let Some(keys) = keys else {
                empty += 1;
                continue;
            };
            assert_eq!(keys.len(), 1, "{body}");
            assert!(keys.keys().all(|id| seen.insert(id.clone())), "handed out twice: {body}");
        }
        assert_eq!((seen.len(), empty), (80, 16));
    }
}

#[tokio::test]
async fn the_same_upload_twice_changes_nothing() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    shared_room(&alice, &bob).await;
    let key = Key::named(&alice.device_id);
    let body = json!({
        "device_keys": device_keys(&alice, &key),
        "one_time_keys": one_time_keys(&alice, &key, "A", 3),
    });
    let since = next_batch(&bob.sync("").await);
    alice.post(UPLOAD, body.clone()).await.ok();
    let (who, since) = changed(&bob, &since).await;
    assert_eq!(who, [json!(alice.user_id)]);
    let answer = alice.post(UPLOAD, body).await.ok();
    assert_eq!(answer.body["one_time_key_counts"]["signed_curve25519"], 3);
    let (who, _) = changed(&bob, &since).await;
    assert!(who.is_empty());
}

#[tokio::test]
async fn a_key_id_stands_for_one_key() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let key = publish(&alice).await;
    let body = json!({ "one_time_keys": { "signed_curve25519:A": one_time_key(&alice, &key, 1) } });
    alice.post(UPLOAD, body).await.ok();
    let body = json!({ "one_time_keys": {
        "signed_curve25519:A": one_time_key(&alice, &key, 2),
        "signed_curve25519:B": one_time_key(&alice, &key, 3),
    } });
    alice.post(UPLOAD, body).await.fails(400, "M_INVALID_PARAM");
    let counts = alice.post(UPLOAD, json!({})).await.ok();
    assert_eq!(counts.body["one_time_key_counts"]["signed_curve25519"], 1, "nothing was stored");
}

#[tokio::test]
async fn bad_keys_are_refused_and_change_nothing() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let key = Key::named(&alice.device_id);
    let good = device_keys(&alice, &key);
    let with = |field: &str, value: Value| {
        let mut keys = good.clone();
        keys[field] = value;
        json!({ "device_keys": keys })
    };
    let mut unsigned = good.clone();
    unsigned.as_object_mut().unwrap().remove("signatures");
    let mut deep = json!(1);
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let one_time = |value: Value| json!({ "one_time_keys": { "signed_curve25519:A": value } });
    let table = [
        (with("user_id", json!(bob.user_id)), 400, "M_INVALID_PARAM"),
        (with("device_id", json!("OTHER")), 400, "M_INVALID_PARAM"),
        (with("keys", json!({})), 400, "M_INVALID_PARAM"),
        (with("keys", json!({ "ed25519:OTHER": key.public() })), 400, "M_INVALID_PARAM"),
        (with("algorithms", json!("m.other")), 400, "M_BAD_JSON"),
        (with("extra", json!(1.5)), 400, "M_BAD_JSON"),
        (with("extra", deep), 400, "M_BAD_JSON"),
        (with("extra", json!("x".repeat(20_000))), 413, "M_TOO_LARGE"),
        (json!({ "device_keys": unsigned }), 400, "M_BAD_JSON"),
        (json!({ "device_keys": 7 }), 400, "M_BAD_JSON"),
        (one_time(json!("plain")), 400, "M_INVALID_PARAM"),
        (one_time(json!({ "key": "?", "signatures": {} })), 400, "M_BAD_JSON"),
        (one_time(json!(null)), 400, "M_BAD_JSON"),
        (
            json!({ "one_time_keys": { "nonsense": one_time_key(&alice, &key, 1) } }),
            400,
            "M_BAD_JSON",
        ),
        (
            json!({ "fallback_keys": {
                "signed_curve25519:A": fallback_key(&alice, &key, 1),
                "signed_curve25519:B": fallback_key(&alice, &key, 2),
            } }),
            400,
            "M_INVALID_PARAM",
        ),
    ];
    for (body, status, code) in table {
        let answer = alice.post(UPLOAD, body.clone()).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        answer.fails(status, code);
    }
    let answer = alice.post(QUERY, json!({ "device_keys": { &alice.user_id: [] } })).await.ok();
    assert_eq!(answer.body["device_keys"][&alice.user_id], json!({}));
}

#[tokio::test]
async fn other_servers_are_failures() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let body = json!({ "device_keys": { "@eve:elsewhere.example": [] } });
    let answer = alice.post(QUERY, body).await.ok();
    assert!(answer.body["failures"]["elsewhere.example"].is_object(), "{}", answer.body);
    let body =
        json!({ "one_time_keys": { "@eve:elsewhere.example": { "D": "signed_curve25519" } } });
    let answer = alice.post(CLAIM, body).await.ok();
    assert!(answer.body["failures"]["elsewhere.example"].is_object(), "{}", answer.body);
}

#[tokio::test]
async fn people_who_share_a_room_learn_of_new_and_lost_devices() {
    for_each_server(async |mut server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let eve = server.register("eve").await;
        let start = next_batch(&bob.sync("").await);
        let eves = next_batch(&eve.sync("").await);
        let room = shared_room(&alice, &bob).await;
        let (who, joined) = changed(&bob, &start).await;
        assert_eq!(who.iter().filter(|who| **who == alice.user_id).count(), 1, "newly shared");
        publish(&alice).await;
        let phone = server.login("alice").await;
        publish(&phone).await;
        let (who, since) = changed(&bob, &joined).await;
        assert_eq!(who, [json!(alice.user_id)]);
        phone.post("/_matrix/client/v3/logout", json!({})).await.ok();
        let (who, since) = changed(&bob, &since).await;
        assert_eq!(who, [json!(alice.user_id)]);
        let (who, _) = changed(&eve, &eves).await;
        assert!(who.is_empty(), "eve shares no room");
        // What memory has lost, the database still knows.
        server.restart().await;
        let mut bob = bob;
        bob.base = server.base();
        let (who, _) = changed(&bob, &joined).await;
        assert_eq!(who, [json!(alice.user_id)]);
        let path = format!("/_matrix/client/v3/keys/changes?from={joined}&to={since}");
        let answer = bob.get(&path).await.ok();
        assert_eq!(answer.body["changed"], json!([alice.user_id]));
        let mut alice = alice;
        alice.base = server.base();
        alice.post(&format!("/_matrix/client/v3/rooms/{room}/leave"), json!({})).await.ok();
        let sync = bob.sync(&since).await;
        assert_eq!(sync["device_lists"]["left"], json!([alice.user_id]));
        let path = format!("/_matrix/client/v3/keys/changes?from={since}&to={}", next_batch(&sync));
        let answer = bob.get(&path).await.ok();
        assert_eq!(answer.body["left"], json!([alice.user_id]));
    })
    .await;
}

#[tokio::test]
async fn a_lost_device_leaves_no_keys_behind() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let phone = server.login("alice").await;
    let key = publish(&phone).await;
    let body = json!({ "one_time_keys": one_time_keys(&phone, &key, "A", 5) });
    phone.post(UPLOAD, body).await.ok();
    phone.sync("").await;
    phone.post("/_matrix/client/v3/logout", json!({})).await.ok();
    let answer = alice.post(QUERY, json!({ "device_keys": { &alice.user_id: [] } })).await.ok();
    assert_eq!(answer.body["device_keys"][&alice.user_id], json!({}));
    let wanted =
        json!({ "one_time_keys": { &alice.user_id: { &phone.device_id: "signed_curve25519" } } });
    let answer = alice.post(CLAIM, wanted).await.ok();
    assert_eq!(answer.body["one_time_keys"], json!({}));
}
