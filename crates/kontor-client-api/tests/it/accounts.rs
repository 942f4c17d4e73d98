//! Accounts over HTTP.

use kontor_testkit::{Person, Setup, TestServer, Value, for_each_server, json};

use crate::holding;

const REGISTER: &str = "/_matrix/client/v3/register";
const PASSWORD: &str = "correct horse battery staple";

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn wish(name: &str) -> Value {
    json!({ "username": name, "password": PASSWORD })
}

fn dummy() -> Value {
    json!({ "type": "m.login.dummy" })
}

fn password_of(person: &Person, session: &Value) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": person.user_id },
        "password": PASSWORD,
        "session": session,
    })
}

async fn can_login(server: &TestServer, name: &str, password: &str) -> bool {
    let body = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": name },
        "password": password,
    });
    server.anonymous("one.example").post("/_matrix/client/v3/login", body).await.status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_asks_first_then_signs_in() {
    for_each_server(async |server| {
        let stranger = server.anonymous("one.example");
        let asked = stranger.post(REGISTER, wish("alice")).await;
        assert_eq!(asked.status, 401);
        assert_eq!(asked.body.get("errcode"), None);
        assert_eq!(asked.body["flows"], json!([{ "stages": ["m.login.dummy"] }]));
        let auth = with(dummy(), "session", asked.body["session"].clone());
        let made = stranger.post(REGISTER, with(wish("alice"), "auth", auth)).await.ok();
        assert_eq!(made.body["user_id"], "@alice:one.example");
        let alice = holding(&stranger, made.text("access_token"));
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
        let quiet = with(with(wish("bob"), "auth", dummy()), "inhibit_login", json!(true));
        let made = stranger.post(REGISTER, quiet).await.ok();
        assert_eq!(made.body.get("access_token"), None);
        assert!(can_login(&server, "bob", PASSWORD).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_registrations_have_their_error_and_make_no_account() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let stranger = server.anonymous("one.example");
    let ready = |name: &str| with(wish(name), "auth", dummy());
    let table = [
        (ready("alice"), 400, "M_USER_IN_USE"),
        (ready("Bob"), 400, "M_INVALID_USERNAME"),
        (ready(""), 400, "M_INVALID_USERNAME"),
        (ready("b b"), 400, "M_INVALID_USERNAME"),
        (ready("b\0"), 400, "M_INVALID_USERNAME"),
        (ready("bücher"), 400, "M_INVALID_USERNAME"),
        (ready(&"x".repeat(300)), 400, "M_INVALID_USERNAME"),
        (with(ready("bob"), "username", json!(7)), 400, "M_BAD_JSON"),
        (with(ready("bob"), "password", json!(7)), 400, "M_BAD_JSON"),
        (with(ready("bob"), "password", json!("")), 400, "M_WEAK_PASSWORD"),
        (with(ready("bob"), "password", json!("x".repeat(513))), 400, "M_INVALID_PARAM"),
        (with(ready("bob"), "password", Value::Null), 400, "M_MISSING_PARAM"),
        (with(ready("bob"), "device_id", json!("")), 400, "M_INVALID_PARAM"),
        (with(ready("bob"), "auth", json!("x")), 400, "M_BAD_JSON"),
        (with(ready("bob"), "auth", json!({ "type": "m.login.sso" })), 401, "M_UNRECOGNIZED"),
        (with(ready("bob"), "auth", password_of(&stranger, &Value::Null)), 401, "M_UNRECOGNIZED"),
    ];
    for (body, status, errcode) in table {
        stranger.post(REGISTER, body).await.fails(status, errcode);
    }
    let guest = stranger.post("/_matrix/client/v3/register?kind=guest", json!({})).await;
    guest.fails(403, "M_GUEST_ACCESS_FORBIDDEN");
    assert!(!can_login(&server, "bob", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_told_to_who_may_register() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let stranger = server.anonymous("one.example");
    let ask = async |query: &str| {
        stranger.get(&format!("/_matrix/client/v3/register/available{query}")).await
    };
    assert_eq!(ask("?username=bob").await.ok().body, json!({ "available": true }));
    ask("?username=alice").await.fails(400, "M_USER_IN_USE");
    ask("?username=A").await.fails(400, "M_INVALID_USERNAME");
    ask("?username=%00").await.fails(400, "M_INVALID_USERNAME");
    ask("").await.fails(400, "M_INVALID_PARAM");
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_closes_registration() {
    let setup = Setup { flags: Vec::new(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    let stranger = server.anonymous("one.example");
    stranger.post(REGISTER, wish("alice")).await.fails(403, "M_FORBIDDEN");
    let available = stranger.get("/_matrix/client/v3/register/available?username=a").await;
    available.fails(403, "M_FORBIDDEN");
    let validity = "/_matrix/client/v1/register/m.login.registration_token/validity?token=a";
    stranger.get(validity).await.fails(403, "M_FORBIDDEN");
    // Without a shared secret, its endpoint is not there.
    stranger.get("/_synapse/admin/v1/register").await.fails(404, "M_UNRECOGNIZED");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_change_after_the_old_one() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let other = server.login("alice").await;
    let path = "/_matrix/client/v3/account/password";
    let body = json!({ "new_password": "battery staple" });
    let asked = alice.post(path, body.clone()).await;
    assert_eq!((asked.status, asked.body.get("errcode")), (401, None));
    let session = &asked.body["session"];
    let wrong = with(password_of(&alice, session), "password", json!("wrong"));
    let refused = alice.post(path, with(body.clone(), "auth", wrong)).await;
    refused.fails(401, "M_FORBIDDEN");
    assert_eq!(&refused.body["session"], session);
    alice.post(path, with(body, "auth", password_of(&alice, session))).await.ok();
    alice.get("/_matrix/client/v3/account/whoami").await.ok();
    other.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    assert!(can_login(&server, "alice", "battery staple").await);
    assert!(!can_login(&server, "alice", PASSWORD).await);
    let stranger = server.anonymous("one.example");
    stranger.post(path, json!({ "new_password": "x" })).await.fails(401, "M_MISSING_TOKEN");
    alice.post(path, json!({})).await.fails(400, "M_BAD_JSON");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_leaves_its_rooms() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let room = alice.create_room(json!({ "preset": "private_chat" })).await;
        alice.invite(&room, &bob).await;
        bob.join(&room).await;
        let auth = password_of(&bob, &Value::Null);
        let path = "/_matrix/client/v3/account/deactivate";
        let answer = bob.post(path, json!({ "auth": auth })).await.ok();
        assert_eq!(answer.body["id_server_unbind_result"], "success");
        bob.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
        let members = format!("/_matrix/client/v3/rooms/{room}/joined_members");
        let joined = alice.get(&members).await.ok().body;
        assert!(joined["joined"].get(&bob.user_id).is_none());
        let profile = format!("/_matrix/client/v3/profile/{}", bob.user_id);
        alice.get(&profile).await.fails(404, "M_NOT_FOUND");
        assert!(!can_login(&server, "bob", PASSWORD).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_a_third_party_address() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let answer = alice.get("/_matrix/client/v3/account/3pid").await.ok();
    assert_eq!(answer.body, json!({ "threepids": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shared_secret_makes_an_administrator() {
    let flags =
        vec![("preset", "lab".to_owned()), ("registration-shared-secret", "shared".to_owned())];
    let server = TestServer::with(Setup { flags, ..Setup::default() }).await;
    let stranger = server.anonymous("one.example");
    let path = "/_synapse/admin/v1/register";
    let nonce = stranger.get(path).await.ok().text("nonce").to_owned();
    let body = |mac: &str| {
        json!({
            "nonce": nonce, "username": "root", "password": PASSWORD, "admin": true, "mac": mac,
        })
    };
    stranger.post(path, json!({})).await.fails(400, "M_BAD_JSON");
    stranger.post(path, body("00")).await.fails(403, "M_FORBIDDEN");
    stranger.post(path, body(&mac(&nonce))).await.fails(400, "M_UNKNOWN");
    let nonce = stranger.get(path).await.ok().text("nonce").to_owned();
    let right = with(with(body(&mac(&nonce)), "nonce", json!(nonce)), "admin", json!(true));
    let made = stranger.post(path, right).await.ok();
    assert_eq!(made.body["user_id"], "@root:one.example");
    assert_eq!(made.body["home_server"], "one.example");
    let root = holding(&stranger, made.text("access_token"));
    root.get("/_matrix/client/v3/account/whoami").await.ok();
}

/// As Synapse's `register_new_matrix_user` computes it.
fn mac(nonce: &str) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"shared");
    let tag = hmac::sign(&key, format!("{nonce}\0root\0{PASSWORD}\0admin").as_bytes());
    tag.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
