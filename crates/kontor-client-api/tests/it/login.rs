//! Signing in and out over HTTP.

use std::time::Duration;

use crate::holding;
use http::Method;
use kontor_core::Role;
use kontor_testkit::{Person, Setup, TestServer, Value, for_each_server, json};

const LOGIN: &str = "/_matrix/client/v3/login";
const PASSWORD: &str = "correct horse battery staple";

fn login_body(name: &str) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": name },
        "password": PASSWORD,
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn the_flow_offered_leads_in_and_out() {
    for_each_server(async |server| {
        server.register("alice").await;
        let stranger = server.anonymous("one.example");
        let flows = stranger.get(LOGIN).await.ok().body;
        assert_eq!(flows, json!({ "flows": [{ "type": "m.login.password" }] }));
        let body = with(login_body("alice"), "device_id", json!("PHONE"));
        let answer = stranger.post(LOGIN, body).await.ok();
        assert_eq!(answer.body["user_id"], "@alice:one.example");
        assert_eq!(answer.body["device_id"], "PHONE");
        assert!(answer.body.get("refresh_token").is_none());
        let alice = holding(&stranger, answer.text("access_token"));
        let whoami = "/_matrix/client/v3/account/whoami";
        let me = alice.get(whoami).await.ok().body;
        assert_eq!(me["user_id"], "@alice:one.example");
        assert_eq!(me["device_id"], "PHONE");
        alice.post("/_matrix/client/v3/logout", json!({})).await.ok();
        let gone = alice.get(whoami).await;
        gone.fails(401, "M_UNKNOWN_TOKEN");
        assert_eq!(gone.body["soft_logout"], false);
        stranger.get(whoami).await.fails(401, "M_MISSING_TOKEN");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_new_clients_name_the_user_in_their_own_way() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let stranger = server.anonymous("one.example");
    for name in ["alice", "@alice:one.example", "ALICE"] {
        stranger.post(LOGIN, login_body(name)).await.ok();
        let old = json!({ "type": "m.login.password", "user": name, "password": PASSWORD });
        stranger.post("/_matrix/client/r0/login", old).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_have_their_error_and_sign_nobody_in() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let good = || login_body("alice");
    let named = |kind: &str| json!({ "type": kind, "address": "a@b.example", "medium": "email" });
    let table = [
        (json!({}), 400, "M_BAD_JSON"),
        (json!({ "type": 5 }), 400, "M_BAD_JSON"),
        (json!({ "type": "m.login.password" }), 400, "M_BAD_JSON"),
        (json!({ "type": "m.login.password", "password": PASSWORD }), 400, "M_MISSING_PARAM"),
        (with(good(), "type", json!("m.login.token")), 400, "M_BAD_JSON"),
        (json!({ "type": "m.login.token", "token": "x" }), 400, "M_UNKNOWN"),
        (json!({ "type": "org.example.x" }), 400, "M_UNKNOWN"),
        (with(good(), "password", json!(5)), 400, "M_BAD_JSON"),
        (with(good(), "password", json!("wrong")), 403, "M_FORBIDDEN"),
        (with(good(), "password", json!("x".repeat(100_000))), 403, "M_FORBIDDEN"),
        (login_body("nobody"), 403, "M_FORBIDDEN"),
        (login_body("@alice:two.example"), 403, "M_FORBIDDEN"),
        (login_body("a\0b"), 403, "M_FORBIDDEN"),
        (login_body(&"x".repeat(100_000)), 403, "M_FORBIDDEN"),
        (with(good(), "identifier", json!("alice")), 400, "M_BAD_JSON"),
        (with(good(), "identifier", named("m.id.thirdparty")), 403, "M_FORBIDDEN"),
        (with(good(), "device_id", json!("")), 400, "M_INVALID_PARAM"),
        (with(good(), "device_id", json!("a\0b")), 400, "M_INVALID_PARAM"),
        (with(good(), "device_id", json!("x".repeat(256))), 400, "M_INVALID_PARAM"),
        (with(good(), "device_id", json!(7)), 400, "M_BAD_JSON"),
        (with(good(), "initial_device_display_name", json!("x".repeat(257))), 400, "M_TOO_LARGE"),
        (with(good(), "refresh_token", json!("yes")), 400, "M_BAD_JSON"),
    ];
    let stranger = server.anonymous("one.example");
    for (body, status, errcode) in table {
        stranger.post(LOGIN, body).await.fails(status, errcode);
    }
    let bytes: [(&[u8], &str); 4] = [
        (b"", "M_NOT_JSON"),
        (b"{", "M_NOT_JSON"),
        (b"[]", "M_BAD_JSON"),
        (b"{\"type\": \"m.login.password\", \"user\": \"\xff\"}", "M_NOT_JSON"),
    ];
    for (body, errcode) in bytes {
        let answer = stranger.send_bytes(Method::POST, LOGIN, body.to_vec()).await;
        answer.fails(400, errcode);
    }
    let devices = alice.get("/_matrix/client/v3/devices").await.ok().body;
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_count_in_the_header_only() {
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let stranger = server.anonymous("one.example");
    let path = format!("/_matrix/client/v3/account/whoami?access_token={}", alice.token);
    stranger.get(&path).await.fails(401, "M_MISSING_TOKEN");
    for header in ["Basic YTpi", "Bearer", alice.token.as_str()] {
        let request = stranger.request(Method::GET, "/_matrix/client/v3/account/whoami");
        let answer = server.raw(request.header("authorization", header)).await;
        answer.fails(401, "M_MISSING_TOKEN");
    }
    holding(&stranger, "kt_guess")
        .get("/_matrix/client/v3/account/whoami")
        .await
        .fails(401, "M_UNKNOWN_TOKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_worth_nothing_with_another_organisation() {
    let setup = Setup { server_names: vec!["one.example", "two.example"], ..Setup::default() };
    let server = TestServer::with(setup).await;
    let alice = server.register_at("one.example", "alice").await;
    let there = holding(&server.anonymous("two.example"), &alice.token);
    there.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    let elsewhere = server.anonymous("two.example");
    elsewhere.post(LOGIN, login_body("alice")).await.fails(403, "M_FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshing_trades_tokens_over_http() {
    for_each_server(async |server| {
        server.register("alice").await;
        let stranger = server.anonymous("one.example");
        let body = with(login_body("alice"), "refresh_token", json!(true));
        let first = stranger.post(LOGIN, body).await.ok();
        let refresh = "/_matrix/client/v3/refresh";
        let old = json!({ "refresh_token": first.text("refresh_token") });
        let second = stranger.post(refresh, old.clone()).await.ok();
        let alice = holding(&stranger, second.text("access_token"));
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
        let next = json!({ "refresh_token": second.text("refresh_token") });
        stranger.post(refresh, next).await.ok();
        stranger.post(refresh, old).await.fails(401, "M_UNKNOWN_TOKEN");
        let bad =
            [(json!({}), 400, "M_BAD_JSON"), (json!({ "refresh_token": 1 }), 400, "M_BAD_JSON")];
        for (body, status, errcode) in bad {
            stranger.post(refresh, body).await.fails(status, errcode);
        }
    })
    .await;
}

/// A stolen access token is useless within five minutes, also that of a program that knows no other.
/// Issue 3; law: R-046
#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_refresh_is_out_after_minutes_and_keeps_its_keys() {
    for postgres in [false, true] {
        let flags = vec![("preset", "strict".to_owned())];
        let server = TestServer::with(Setup { flags, postgres, ..Setup::default() }).await;
        server.accept_passwords().await;
        let alice = server.register_as("alice", Role::User).await;
        let paths = [
            "/_matrix/client/v3/account/whoami",
            "/_matrix/client/v3/sync",
            "/_matrix/client/v3/joined_rooms",
            "/_matrix/client/v3/devices",
        ];
        server.clock().set(server.clock().now().plus(Duration::from_secs(299)));
        for path in paths {
            alice.get(path).await.ok();
        }
        server.clock().set(server.clock().now().plus(Duration::from_secs(1)));
        for path in paths {
            let over = alice.get(path).await;
            over.fails(401, "M_UNKNOWN_TOKEN");
            assert_eq!(over.body["soft_logout"], true, "{path}");
        }
        // Its owner shows again who she is, on the same device; the old token stays dead.
        let stranger = server.anonymous("one.example");
        let body = with(login_body("alice"), "device_id", json!(alice.device_id));
        let again = stranger.post(LOGIN, body).await.ok();
        assert_eq!(again.body["expires_in_ms"], 300_000);
        let anew = holding(&stranger, again.text("access_token"));
        let devices = anew.get("/_matrix/client/v3/devices").await.ok();
        assert_eq!(devices.body["devices"].as_array().unwrap().len(), 1);
        alice.get(paths[0]).await.fails(401, "M_UNKNOWN_TOKEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_outlive_a_restart_and_sign_outs_too() {
    let mut server = TestServer::start().await;
    let alice = server.register("alice").await;
    let gone = server.login("alice").await;
    gone.post("/_matrix/client/v3/logout", json!({})).await.ok();
    server.restart().await;
    let after = |person: &Person| {
        let mut person = person.clone();
        person.base = server.base();
        person
    };
    after(&alice).get("/_matrix/client/v3/account/whoami").await.ok();
    let answer = after(&gone).get("/_matrix/client/v3/account/whoami").await;
    answer.fails(401, "M_UNKNOWN_TOKEN");
}
