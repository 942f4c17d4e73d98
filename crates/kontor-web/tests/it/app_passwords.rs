//! Passwords for single programs.

use kontor_testkit::{Setup, TestServer, for_each_server, json};

use crate::browser::{Browser, PASSWORD, Shown};

fn password_of(shown: &Shown) -> String {
    let (_, rest) = shown.html.split_once("<code>").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_password_is_shown_once_opens_programs_and_is_taken_back() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        browser.get("/account/").await.shows("/account/app-passwords");
        let evil = "<img src=x onerror=alert(1)>";
        let path = "/account/app-passwords";
        assert_eq!(browser.fill(path, &[("name", " ")]).await.status, 422);
        let made = browser.fill(path, &[("name", evil)]).await;
        assert_eq!(made.status, 200, "{}", made.html);
        assert!(!made.html.contains("<img src=x"));
        let password = password_of(&made);
        let later = browser.get(path).await;
        assert!(!later.html.contains(&password) && !later.html.contains("<img src=x"));
        later.shows("onerror");
        let login = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": alice.user_id },
            "password": password,
        });
        let stranger = server.anonymous("one.example");
        stranger.post("/_matrix/client/v3/login", login.clone()).await.ok();
        let (_, rest) = later.html.split_once("name=\"remove\" value=\"").unwrap();
        let id = rest.split('"').next().unwrap().to_owned();
        assert_eq!(browser.fill(path, &[("remove", &id)]).await.status, 303);
        assert_eq!(browser.fill(path, &[("remove", &id)]).await.status, 404);
        stranger.post("/_matrix/client/v3/login", login).await.fails(403, "M_FORBIDDEN");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_gets_in_by_password_none_are_offered() {
    let server = TestServer::with(Setup::default()).await;
    let admin = server.register_admin("ada").await;
    let alice = server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let made = browser.fill("/account/app-passwords", &[("name", "Telefon")]).await;
    let stranger = server.anonymous("one.example");
    let login = json!({
        "type": "m.login.password", "refresh_token": true, "password": password_of(&made),
        "identifier": { "type": "m.id.user", "user": alice.user_id },
    });
    let came_in = stranger.post("/_matrix/client/v3/login", login).await.ok();
    let setting = "/_kontor/admin/v1/policy/settings/password_login_api";
    let proof = json!({
        "type": "m.login.password", "password": PASSWORD,
        "identifier": { "type": "m.id.user", "user": admin.user_id },
    });
    let body = json!({ "value": "off", "reason": "programs sign in by OAuth", "auth": proof });
    admin.put(setting, body).await.ok();
    // Who has come in by one before gets no new tokens.
    let spent = json!({ "refresh_token": came_in.text("refresh_token") });
    stranger.post("/_matrix/client/v3/refresh", spent).await.fails(401, "M_UNKNOWN_TOKEN");
    let shown = browser.get("/account/").await;
    assert!(!shown.html.contains("app-passwords"), "{}", shown.html);
    assert_eq!(browser.get("/account/app-passwords").await.status, 404);
    let token = shown.token();
    let fields = [("form_token", token.as_str()), ("name", "x")];
    assert_eq!(browser.post("/account/app-passwords", &fields).await.status, 404);
}
