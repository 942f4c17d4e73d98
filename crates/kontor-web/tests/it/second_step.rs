//! Second factors shown on the pages: what opens the account, and what opens it only once.

use kontor_testkit::{TestServer, Value, for_each_server};

use crate::authenticator::Authenticator;
use crate::browser::{Browser, PASSWORD, Shown};
use crate::one_time_code::{app_code, decoded};

/// The value of an attribute of the page, the first after `start`.
fn value(shown: &Shown, start: &str) -> String {
    let (_, rest) = shown.html.split_once(start).unwrap();
    let text = rest.split(['"', '<']).next().unwrap();
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

fn question(shown: &Shown) -> (Value, String) {
    let (_, form) = shown.html.split_once("data-passkey=").unwrap();
    let form = Shown { status: 200, headers: shown.headers.clone(), html: form.to_owned() };
    let options = value(&form, "\"").parse().unwrap();
    (options, value(&form, "name=\"ceremony\" value=\""))
}

fn pass(server: &TestServer, seconds: u64) {
    server.clock().set(server.clock().now().plus(std::time::Duration::from_secs(seconds)));
}

/// A passkey for the pages at `origin`.
pub(crate) fn key(origin: &'static str) -> Authenticator {
    let mut key = Authenticator::new(1);
    key.origin = origin;
    key.rp_id = origin.strip_prefix("https://").unwrap();
    key
}

/// Sets up a passkey called `name` on its page.
pub(crate) async fn enrol_passkey(browser: &mut Browser, key: &mut Authenticator, name: &str) {
    let page = browser.get("/account/enrol").await;
    let (options, ceremony) = question(&page);
    let (token, answer) = (page.token(), key.create(&options).to_string());
    let fields = [
        ("form_token", &*token),
        ("way", "passkey"),
        ("name", name),
        ("ceremony", &ceremony),
        ("answer", &answer),
    ];
    let done = browser.post("/account/enrol", &fields).await;
    assert_eq!((done.status, done.header("location")), (303, "/account/security"));
}

/// Sets up an authenticator app on its page; answers its secret.
pub(crate) async fn enrol_app(server: &TestServer, browser: &mut Browser) -> Vec<u8> {
    let page = browser.get("/account/enrol").await;
    let app = decoded(&value(&page, "<span class=\"secret\">"));
    let (_, form) = page.html.split_once("value=\"totp\"").unwrap();
    let form = Shown { status: 200, headers: page.headers.clone(), html: form.to_owned() };
    let (token, ceremony) = (page.token(), value(&form, "name=\"ceremony\" value=\""));
    let code = app_code(&app, server.clock().now());
    let fields =
        [("form_token", &*token), ("way", "totp"), ("ceremony", &ceremony), ("code", &code)];
    let done = browser.post("/account/enrol", &fields).await;
    assert_eq!((done.status, done.header("location")), (303, "/account/security"), "{done:?}");
    app
}

/// Signed in by password alone, where more is asked for.
async fn halfway(server: &TestServer) -> Browser {
    let mut browser = Browser::new(server);
    let done = browser.sign_in("alice", PASSWORD).await;
    assert!(done.header("location").starts_with("/account/second-factor?"), "{done:?}");
    assert!(browser.get("/account/").await.header("location").starts_with("/account/second-"));
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_app_opens_the_account_and_never_twice() {
    for_each_server(async |server| {
        server.register("alice").await;
        let mut first = Browser::signed_in(&server, "alice").await;
        let app = enrol_app(&server, &mut first).await;
        first.get("/account/security").await.shows("remove-totp");
        pass(&server, 30);
        let code = app_code(&app, server.clock().now());
        let fields = [("way", "totp"), ("code", code.as_str())];
        let mut browser = halfway(&server).await;
        let wrong = [("way", "totp"), ("code", "000000")];
        assert_eq!(browser.fill("/account/second-factor", &wrong).await.status, 422);
        let before = browser.cookies.get("kontor_session").unwrap().clone();
        assert_eq!(browser.fill("/account/second-factor", &fields).await.status, 303);
        browser.get("/account/").await.shows("@alice:one.example");
        // Whoever read the cookie before the second step has nothing in hand.
        assert_ne!(browser.cookies.get("kontor_session").unwrap(), &before);
        let mut thief = Browser::new(&server);
        thief.cookies.insert("kontor_session".to_owned(), before);
        let led = thief.get("/account/").await;
        assert!(led.header("location").starts_with("/account/login?"), "{led:?}");
        // Nor has whoever saw the code.
        let mut onlooker = halfway(&server).await;
        let again = onlooker.fill("/account/second-factor", &fields).await;
        assert_eq!(again.status, 422);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_the_account_without_a_name_and_its_answer_once() {
    for_each_server(async |server| {
        server.register("alice").await;
        let mut key = key("https://one.example");
        let mut first = Browser::signed_in(&server, "alice").await;
        enrol_passkey(&mut first, &mut key, "Telefon").await;
        first.get("/account/security").await.shows("<bdi>Telefon</bdi>");
        let mut browser = Browser::new(&server);
        let (options, ceremony) = question(&browser.get("/account/login").await);
        let answer = key.get(&options).to_string();
        let fields = [("ceremony", &*ceremony), ("answer", &*answer), ("next", "/account/data")];
        let done = browser.post("/account/login/passkey", &fields).await;
        assert_eq!((done.status, done.header("location")), (303, "/account/data"), "{done:?}");
        browser.get("/account/").await.shows("@alice:one.example");
        let mut thief = Browser::new(&server);
        let again = thief.post("/account/login/passkey", &fields).await;
        assert_eq!(again.status, 422, "an answer is good once");
        assert!(thief.cookies.is_empty());
        // An answer given to another site that only looks like ours.
        let (options, ceremony) = question(&thief.get("/account/login").await);
        key.origin = "https://one-example.evil";
        let answer = key.get(&options).to_string();
        let fields = [("ceremony", &*ceremony), ("answer", &*answer)];
        assert_eq!(thief.post("/account/login/passkey", &fields).await.status, 422);
        // As second step it works, too.
        key.origin = "https://one.example";
        let mut browser = halfway(&server).await;
        let page = browser.get("/account/second-factor").await;
        let (options, ceremony) = question(&page);
        let answer = key.get(&options).to_string();
        let fields = [("way", "passkey"), ("ceremony", &*ceremony), ("answer", &*answer)];
        let token = page.token();
        let fields = [&[("form_token", &*token)], &fields[..]].concat();
        assert_eq!(browser.post("/account/second-factor", &fields).await.status, 303);
        browser.get("/account/").await.shows("@alice:one.example");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_opens_the_account_once_where_the_app_is_lost() {
    for_each_server(async |server| {
        server.register("alice").await;
        let mut first = Browser::signed_in(&server, "alice").await;
        enrol_app(&server, &mut first).await;
        let shown = first.fill("/account/security", &[("act", "codes")]).await;
        let (_, list) = shown.html.split_once("class=\"codes\"").unwrap();
        let code = list.split("<li>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let fields = [("way", "recovery"), ("code", code.as_str())];
        let mut browser = halfway(&server).await;
        let wrong = [("way", "recovery"), ("code", "aaaa-bbbb-cccc")];
        let refused = browser.fill("/account/second-factor", &wrong).await;
        assert_eq!(refused.status, 422);
        refused.shows("Dieser Wiederherstellungscode gilt nicht");
        assert_eq!(browser.fill("/account/second-factor", &fields).await.status, 303);
        browser.get("/account/").await.shows("@alice:one.example");
        let mut finder = halfway(&server).await;
        assert_eq!(finder.fill("/account/second-factor", &fields).await.status, 422);
    })
    .await;
}
