//! Chapter 1: registration, login, sessions, profiles.

use anyhow::{Context, Result, ensure};
use hmac::{Hmac, Mac};
use matrix_sdk::ruma::api::client::account::register::v3::Request as Register;
use matrix_sdk::ruma::api::client::uiaa::{AuthData, Dummy};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::device::{Device, blank_client};
use crate::http::Http;
use crate::party::Party;
use crate::server::{SHARED_SECRET, Server};
use crate::walk::Walk;

pub(crate) const ALICE: &str = "alice";
pub(crate) const ALICE_PASSWORD: &str = "alice walks through the door";
pub(crate) const BOB_PASSWORD: &str = "bob follows two minutes later";

const WHOAMI: &str = "client/v3/account/whoami";

pub(crate) async fn chapter(walk: &Walk, server: &Server) -> Result<Party> {
    let url = server.url();
    let anonymous = Http::new(url.clone(), None);

    walk.step("the server names its protocol versions", async {
        let answer = anonymous.ok(Method::GET, "client/versions", None).await?;
        let versions = answer["versions"].as_array().context("no versions")?;
        ensure!(versions.contains(&json!("v1.11")), "{answer}");
        Ok(())
    })
    .await?;
    walk.step("login offers a password", async {
        let answer = anonymous.ok(Method::GET, "client/v3/login", None).await?;
        let flows = answer["flows"].as_array().context("no flows")?;
        ensure!(flows.iter().any(|flow| flow["type"] == "m.login.password"), "{answer}");
        Ok(())
    })
    .await?;
    let phone = walk
        .step(
            "Alice registers on her phone, through an interactive stage",
            register(&url, "phone", ALICE, ALICE_PASSWORD),
        )
        .await?;
    let bob =
        walk.step("Bob registers on his phone", register(&url, "bob", "bob", BOB_PASSWORD)).await?;
    let laptop = walk
        .step("Alice logs in on her laptop; whoami names user and device", async {
            let laptop = Device::log_in(&url, "laptop", ALICE, ALICE_PASSWORD).await?;
            let me = laptop.client.whoami().await?;
            ensure!(me.user_id == phone.user(), "{}", me.user_id);
            ensure!(me.device_id.as_deref() == laptop.client.device_id(), "{:?}", me.device_id);
            Ok(laptop)
        })
        .await?;
    let party = Party { url, phone, laptop, bob };
    refusals(walk, &anonymous).await?;
    sessions(walk, &anonymous).await?;
    profiles(walk, &party).await?;
    Ok(party)
}

async fn register(url: &str, name: &'static str, user: &str, password: &str) -> Result<Device> {
    let client = blank_client(url).await?;
    let mut request = Register::new();
    request.username = Some(user.to_owned());
    request.password = Some(password.to_owned());
    request.initial_device_display_name = Some(name.to_owned());
    let first = client.matrix_auth().register(request.clone()).await;
    let challenge = first.err().context("registration without any stage")?;
    let challenge = challenge.as_uiaa_response().context("the answer offers no stages")?;
    let mut dummy = Dummy::new();
    dummy.session.clone_from(&challenge.session);
    request.auth = Some(AuthData::Dummy(dummy));
    client.matrix_auth().register(request).await?;
    Device::start(client, name, password).await
}

async fn refusals(walk: &Walk, anonymous: &Http) -> Result<()> {
    walk.step("a name that is taken is refused", async {
        let path = "client/v3/register/available?username=alice";
        anonymous.refuses((Method::GET, path, None), 400, "M_USER_IN_USE").await?;
        let body = json!({
            "username": "bob", "password": "long enough, surely", "auth": { "type": "m.login.dummy" },
        });
        let request = (Method::POST, "client/v3/register", Some(body));
        anonymous.refuses(request, 400, "M_USER_IN_USE").await
    })
    .await?;
    walk.step("a wrong password, no token and an unknown token are refused", async {
        let request = (Method::POST, "client/v3/login", Some(login_as(ALICE, "not hers")));
        anonymous.refuses(request, 403, "M_FORBIDDEN").await?;
        anonymous.refuses((Method::GET, WHOAMI, None), 401, "M_MISSING_TOKEN").await?;
        let stranger = anonymous.with_token(Some("no-such-token"));
        stranger.refuses((Method::GET, WHOAMI, None), 401, "M_UNKNOWN_TOKEN").await
    })
    .await
}

async fn sessions(walk: &Walk, anonymous: &Http) -> Result<()> {
    let carol = walk
        .step("an administrator registers with the shared secret", async {
            with_shared_secret(anonymous, "carol", "carol keeps the keys").await
        })
        .await?;
    walk.step("a refresh token gives new tokens; once they are used, it is worth nothing", async {
        let mut login = login_as("carol", "carol keeps the keys");
        login["refresh_token"] = json!(true);
        let first = anonymous.ok(Method::POST, "client/v3/login", Some(login)).await?;
        let body = json!({ "refresh_token": first["refresh_token"] });
        let second = anonymous.ok(Method::POST, "client/v3/refresh", Some(body.clone())).await?;
        let new = anonymous.with_token(second["access_token"].as_str());
        new.ok(Method::GET, WHOAMI, None).await?;
        let (status, _) = anonymous.json(Method::POST, "client/v3/refresh", Some(body)).await?;
        ensure!(status == 401 || status == 403, "the old refresh token: {status}");
        Ok(())
    })
    .await?;

    walk.step("a changed password ends other sessions; the old one is refused", async {
        let login = login_as("carol", "carol keeps the keys");
        let other = anonymous.ok(Method::POST, "client/v3/login", Some(login.clone())).await?;
        let other = anonymous.with_token(other["access_token"].as_str());
        let body = json!({ "new_password": "carol changed the locks" });
        with_proof(&carol, "client/v3/account/password", body, "carol keeps the keys").await?;
        other.refuses((Method::GET, WHOAMI, None), 401, "M_UNKNOWN_TOKEN").await?;
        carol.ok(Method::GET, WHOAMI, None).await?;
        let request = (Method::POST, "client/v3/login", Some(login));
        anonymous.refuses(request, 403, "M_FORBIDDEN").await
    })
    .await?;
    walk.step("a deactivated account can't log in, and its name is not free", async {
        // The last administrator would have to stay.
        with_shared_secret(anonymous, "dora", "dora keeps the other keys").await?;
        let path = "client/v3/account/deactivate";
        with_proof(&carol, path, json!({ "erase": true }), "carol changed the locks").await?;
        carol.refuses((Method::GET, WHOAMI, None), 401, "M_UNKNOWN_TOKEN").await?;
        let login = login_as("carol", "carol changed the locks");
        let (status, _) = anonymous.json(Method::POST, "client/v3/login", Some(login)).await?;
        ensure!(status == 403, "login: {status}");
        let path = "client/v3/register/available?username=carol";
        anonymous.refuses((Method::GET, path, None), 400, "M_USER_IN_USE").await
    })
    .await
}

async fn profiles(walk: &Walk, party: &Party) -> Result<()> {
    walk.step("people set their names and read each other's", async {
        party.phone.client.account().set_display_name(Some("Alice Adler")).await?;
        party.bob.client.account().set_display_name(Some("Bob Brandt")).await?;
        let path = format!("client/v3/profile/{}", party.phone.user());
        let profile = party.bob.http().ok(Method::GET, &path, None).await?;
        ensure!(profile["displayname"] == "Alice Adler", "{profile}");
        let path = "client/v3/profile/@nobody:localhost";
        party.bob.http().refuses((Method::GET, path, None), 404, "M_NOT_FOUND").await
    })
    .await
}

fn login_as(user: &str, password: &str) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": user },
        "password": password,
    })
}

/// Registers an administrator the way existing provisioning tools do; a forged code is refused.
async fn with_shared_secret(anonymous: &Http, user: &str, password: &str) -> Result<Http> {
    let path = "/_synapse/admin/v1/register";
    let forged = provisioning(anonymous, "not the secret", user, password).await?;
    let (status, answer) = anonymous.json(Method::POST, path, Some(forged)).await?;
    ensure!(status == 403, "a forged code: {status} {answer}");
    let body = provisioning(anonymous, SHARED_SECRET, user, password).await?;
    let answer = anonymous.ok(Method::POST, path, Some(body)).await?;
    ensure!(answer["user_id"] == format!("@{user}:localhost"), "{answer}");
    Ok(anonymous.with_token(answer["access_token"].as_str()))
}

async fn provisioning(http: &Http, secret: &str, user: &str, password: &str) -> Result<Value> {
    let answer = http.ok(Method::GET, "/_synapse/admin/v1/register", None).await?;
    let nonce = answer["nonce"].as_str().context("no nonce")?;
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes())?;
    mac.update(format!("{nonce}\0{user}\0{password}\0admin").as_bytes());
    let mac: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({
        "nonce": nonce, "username": user, "password": password, "admin": true, "mac": mac,
    }))
}

/// Sends a request that wants the password again, as its second attempt.
async fn with_proof(client: &Http, path: &str, mut body: Value, password: &str) -> Result<Value> {
    let (status, challenge) = client.json(Method::POST, path, Some(body.clone())).await?;
    ensure!(status == 401, "{path}: no proof wanted: {status} {challenge}");
    let me = client.ok(Method::GET, WHOAMI, None).await?;
    body["auth"] = json!({
        "type": "m.login.password",
        "identifier": { "type": "m.id.user", "user": me["user_id"] },
        "password": password,
        "session": challenge["session"],
    });
    client.ok(Method::POST, path, Some(body)).await
}
