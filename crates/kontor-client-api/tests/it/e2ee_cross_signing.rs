//! Cross-signing keys and signatures.

use kontor_testkit::{Answer, Person, TestServer, Value, for_each_server, json};

use crate::crypto::{Key, cross_signing_key, device_keys, publish};

const KEYS: &str = "/_matrix/client/v3/keys/device_signing/upload";
const SIGNATURES: &str = "/_matrix/client/v3/keys/signatures/upload";
const QUERY: &str = "/_matrix/client/v3/keys/query";

/// A person's three keys and what is uploaded of them.
struct Identity {
    master: Key,
    self_signing: Key,
    user_signing: Key,
    body: Value,
}

fn identity(user: &str) -> Identity {
    let (master, self_signing, user_signing) =
        (Key::cross_signing(), Key::cross_signing(), Key::cross_signing());
    let signed = |usage, key| master.sign(user, cross_signing_key(user, usage, key));
    let body = json!({
        "master_key": cross_signing_key(user, "master", &master),
        "self_signing_key": signed("self_signing", &self_signing),
        "user_signing_key": signed("user_signing", &user_signing),
    });
    Identity { master, self_signing, user_signing, body }
}

async fn query(person: &Person, of: &Person) -> Value {
    person.post(QUERY, json!({ "device_keys": { &of.user_id: [] } })).await.ok().body
}

fn signature<'j>(json: &'j Value, signer: &str, key: &Key) -> &'j Value {
    &json["signatures"][signer][key.id()]
}

async fn confirm(person: &Person, mut body: Value, challenge: &Answer) -> Answer {
    body["auth"] = json!({
        "type": "m.login.password",
        "session": challenge.body["session"],
        "identifier": { "type": "m.id.user", "user": person.user_id },
        "password": "correct horse battery staple",
    });
    person.post(KEYS, body).await
}

#[tokio::test]
async fn each_sees_what_they_may_see() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let device = publish(&alice).await;
        let (hers, his) = (identity(&alice.user_id), identity(&bob.user_id));
        alice.post(KEYS, hers.body.clone()).await.ok();
        bob.post(KEYS, his.body.clone()).await.ok();

        let own = query(&alice, &alice).await;
        assert!(own["user_signing_keys"][&alice.user_id].is_object());
        let seen = query(&bob, &alice).await;
        assert_eq!(seen["master_keys"][&alice.user_id], hers.body["master_key"]);
        assert_eq!(seen["self_signing_keys"][&alice.user_id], hers.body["self_signing_key"]);
        assert_eq!(seen["user_signing_keys"], Value::Null);

        // Alice signs her device, her master key and Bob's master key.
        let signed_device = hers.self_signing.sign(&alice.user_id, device_keys(&alice, &device));
        let signed_master = device.sign(&alice.user_id, hers.body["master_key"].clone());
        let signed_bob = hers.user_signing.sign(&alice.user_id, his.body["master_key"].clone());
        let body = json!({
            &alice.user_id: {
                &alice.device_id: signed_device,
                hers.master.public(): signed_master,
            },
            &bob.user_id: { his.master.public(): signed_bob },
        });
        let answer = alice.post(SIGNATURES, body).await.ok();
        assert_eq!(answer.body, json!({}));

        for viewer in [&alice, &bob] {
            let seen = query(viewer, &alice).await;
            let keys = &seen["device_keys"][&alice.user_id][&alice.device_id];
            assert!(signature(keys, &alice.user_id, &hers.self_signing).is_string(), "{keys}");
            assert!(signature(keys, &alice.user_id, &device).is_string(), "{keys}");
            let master = &seen["master_keys"][&alice.user_id];
            assert!(signature(master, &alice.user_id, &device).is_string(), "{master}");
        }
        let seen = query(&alice, &bob).await;
        let master = &seen["master_keys"][&bob.user_id];
        assert!(signature(master, &alice.user_id, &hers.user_signing).is_string(), "{master}");
        let seen = query(&bob, &bob).await;
        let master = &seen["master_keys"][&bob.user_id];
        assert_eq!(master, &his.body["master_key"], "nobody learns who verified them");

        // A device that publishes its keys again keeps what others have signed.
        let body = json!({ "device_keys": device_keys(&alice, &device) });
        alice.post("/_matrix/client/v3/keys/upload", body).await.ok();
        let seen = query(&bob, &alice).await;
        let keys = &seen["device_keys"][&alice.user_id][&alice.device_id];
        assert!(signature(keys, &alice.user_id, &hers.self_signing).is_string(), "{keys}");
    })
    .await;
}

#[tokio::test]
async fn replacing_keys_needs_the_password_and_repeating_does_not() {
    for_each_server(async |server: TestServer| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let room = alice.create_room(json!({ "preset": "private_chat" })).await;
        alice.invite(&room, &bob).await;
        bob.join(&room).await;
        let (first, second) = (identity(&alice.user_id), identity(&alice.user_id));
        alice.post(KEYS, first.body.clone()).await.ok();
        alice.post(KEYS, first.body.clone()).await.ok();
        let only_master = json!({ "master_key": first.body["master_key"] });
        alice.post(KEYS, only_master).await.ok();
        let since = bob.sync("").await["next_batch"].as_str().unwrap().to_owned();

        let challenge = alice.post(KEYS, second.body.clone()).await;
        assert_eq!(challenge.status, 401, "{}", challenge.body);
        assert!(challenge.body["flows"].is_array());
        let seen = query(&bob, &alice).await;
        assert_eq!(seen["master_keys"][&alice.user_id], first.body["master_key"]);
        confirm(&alice, second.body.clone(), &challenge).await.ok();
        let seen = query(&bob, &alice).await;
        assert_eq!(seen["master_keys"][&alice.user_id], second.body["master_key"]);
        let sync = bob.sync(&since).await;
        assert_eq!(sync["device_lists"]["changed"], json!([alice.user_id]));
    })
    .await;
}

#[tokio::test]
async fn bad_cross_signing_keys_are_refused() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let user = &alice.user_id;
    let good = identity(user);
    let stranger = Key::cross_signing();
    let with = |field: &str, value: Value| {
        let mut body = good.body.clone();
        body[field] = value;
        body
    };
    let unsigned = cross_signing_key(user, "self_signing", &good.self_signing);
    let mut two_keys = cross_signing_key(user, "master", &good.master);
    two_keys["keys"][stranger.id()] = json!(stranger.public());
    let mut misnamed = cross_signing_key(user, "master", &good.master);
    misnamed["keys"] = json!({ "ed25519:other": good.master.public() });
    let short = json!({ "user_id": user, "usage": ["master"], "keys": { "ed25519:AAAA": "AAAA" } });
    let table = [
        (json!({ "self_signing_key": good.body["self_signing_key"] }), "M_MISSING_PARAM"),
        (with("self_signing_key", unsigned.clone()), "M_INVALID_SIGNATURE"),
        (with("self_signing_key", stranger.sign(user, unsigned)), "M_INVALID_SIGNATURE"),
        (
            with("master_key", cross_signing_key(&bob.user_id, "master", &good.master)),
            "M_INVALID_PARAM",
        ),
        (with("master_key", good.body["self_signing_key"].clone()), "M_INVALID_PARAM"),
        (with("master_key", two_keys), "M_INVALID_PARAM"),
        (with("master_key", misnamed), "M_INVALID_PARAM"),
        (with("master_key", short), "M_INVALID_PARAM"),
        (with("master_key", json!({})), "M_BAD_JSON"),
        (with("master_key", json!([])), "M_BAD_JSON"),
    ];
    for (body, code) in table {
        let answer = alice.post(KEYS, body.clone()).await;
        assert_eq!(answer.status, 400, "{body} {}", answer.body);
        answer.fails(400, code);
    }
    assert_eq!(query(&alice, &alice).await["master_keys"], Value::Null);
}

#[tokio::test]
async fn a_device_and_a_key_never_share_a_name() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let good = identity(&alice.user_id);
    let body = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": "alice" },
        "password": "correct horse battery staple",
        "device_id": good.master.public(),
    });
    server.anonymous("one.example").post("/_matrix/client/v3/login", body).await.ok();
    alice.post(KEYS, good.body).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn each_signature_is_taken_or_refused_by_itself() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let device = publish(&alice).await;
    let (hers, his) = (identity(&alice.user_id), identity(&bob.user_id));
    alice.post(KEYS, hers.body.clone()).await.ok();
    bob.post(KEYS, his.body.clone()).await.ok();
    let user = &alice.user_id;
    let keys = device_keys(&alice, &device);
    let mut forged = hers.self_signing.sign(user, keys.clone());
    forged["signatures"][user][hers.self_signing.id()] = json!("AAAA");
    let mut altered = keys.clone();
    altered["algorithms"] = json!(["m.other"]);
    let altered = hers.self_signing.sign(user, altered);
    let good_master = device.sign(user, hers.body["master_key"].clone());
    // A self-signing key does not sign other people.
    let wrong_key = hers.self_signing.sign(user, his.body["master_key"].clone());
    let body = json!({
        user: { &alice.device_id: forged, hers.master.public(): good_master, "NOSUCH": keys },
        &bob.user_id: { his.master.public(): wrong_key, "other": {} },
    });
    let failures = alice.post(SIGNATURES, body).await.ok().body["failures"].clone();
    assert_eq!(failures[user][&alice.device_id]["errcode"], "M_INVALID_SIGNATURE");
    assert_eq!(failures[user]["NOSUCH"]["errcode"], "M_NOT_FOUND");
    assert_eq!(failures[user][hers.master.public()], Value::Null, "{failures}");
    assert_eq!(failures[&bob.user_id][his.master.public()]["errcode"], "M_INVALID_SIGNATURE");
    assert_eq!(failures[&bob.user_id]["other"]["errcode"], "M_NOT_FOUND");
    let body = json!({ user: { &alice.device_id: altered } });
    let failures = alice.post(SIGNATURES, body).await.ok().body["failures"].clone();
    assert_eq!(failures[user][&alice.device_id]["errcode"], "M_INVALID_SIGNATURE");
    let seen = query(&bob, &alice).await;
    assert_eq!(
        signature(&seen["device_keys"][user][&alice.device_id], user, &hers.self_signing),
        &Value::Null
    );
    assert!(signature(&seen["master_keys"][user], user, &device).is_string());
}
