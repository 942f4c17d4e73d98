//! What the pages do.

use kontor_testkit::{TestServer, for_each_server, json};

use crate::browser::{Browser, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_look_around_and_sign_out() {
    for_each_server(async |server| {
        server.register("alice").await;
        let mut browser = Browser::new(&server);
        let first = browser.get("/account/").await;
        assert_eq!(first.status, 303);
        assert_eq!(first.header("location"), "/account/login?next=%2Faccount%2F");
        let done = browser.sign_in("alice", PASSWORD).await;
        assert_eq!((done.status, done.header("location")), (303, "/account/"));
        let account = browser.get("/account/").await;
        assert_eq!(account.status, 200);
        account.shows("@alice:one.example");
        for page in ["/account/devices", "/account/password", "/account/security"] {
            assert_eq!(browser.get(page).await.status, 200, "{page}");
        }
        let token = account.token();
        let left = browser.post("/account/logout", &[("form_token", &token)]).await;
        assert_eq!(left.status, 303);
        assert_eq!(browser.get("/account/").await.status, 303);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_there_is_not_says_so_to_people() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    for path in ["/account/nothing", "/account/mail/a/b", "/admin/nothing/at/all"] {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, 404, "{path}");
        shown.shows("Diese Seite gibt es nicht.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_signed_out_on_its_page_is_out_at_once() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        let bob = server.register("bob").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let token = browser.get("/account/devices").await.token();
        let of_bob = [("form_token", token.as_str()), ("device", &bob.device_id)];
        assert_eq!(browser.post("/account/devices", &of_bob).await.status, 404);
        bob.get("/_matrix/client/v3/account/whoami").await.ok();
        let own = [("form_token", token.as_str()), ("device", &alice.device_id)];
        assert_eq!(browser.post("/account/devices", &own).await.status, 303);
        alice.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_only_if_everything_is_right() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut other = Browser::signed_in(&server, "alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let new = "violet tram under seven bridges";
    let table = [
        (PASSWORD, new, "else", "Die beiden neuen Passwörter sind verschieden."),
        ("wrong", new, new, "Das bisherige Passwort stimmt nicht."),
    ];
    for (old, first, second, text) in table {
        let fields = [("old", old), ("new", first), ("again", second)];
        let shown = browser.fill("/account/password", &fields).await;
        assert_eq!(shown.status, 422, "{text}");
        shown.shows(text);
        assert!(!shown.html.contains(new), "a password came back");
    }
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    assert_eq!(browser.fill("/account/password", &fields).await.status, 303);
    browser.get("/account/").await.shows("Ihr Passwort ist geändert.");
    assert_eq!(other.get("/account/").await.status, 303);
    assert_eq!(Browser::new(&server).sign_in("alice", new).await.status, 303);
    assert_eq!(Browser::new(&server).sign_in("alice", PASSWORD).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_stays_but_no_password() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    let shown = browser.sign_in("alice", "not my password").await;
    assert_eq!(shown.status, 422);
    shown.shows("value=\"alice\"");
    assert!(!shown.html.contains("not my password"));
    browser.sign_in("alice", "").await.shows("Bitte geben Sie Benutzernamen und Passwort ein.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_chosen_and_kept() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    browser.get("/account/login").await.shows("<html lang=\"de\"");
    let fields = [("language", "en"), ("next", "/account/login")];
    assert_eq!(browser.post("/account/language", &fields).await.status, 303);
    let shown = browser.get("/account/login").await;
    shown.shows("<html lang=\"en\"");
    shown.shows("Sign in with a passkey");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_chosen_and_kept_and_leads_back_with_the_query() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    let here = "/account/login?next=%2Faccount%2Fdevices";
    browser.get(here).await.shows("data-appearance=\"system\"");
    let chosen = [("appearance", "dark"), ("next", here)];
    let done = browser.post("/account/appearance", &chosen).await;
    assert_eq!((done.status, done.header("location")), (303, here));
    let dark = browser.get(here).await;
    dark.shows("data-appearance=\"dark\"");
    dark.shows("value=\"dark\" aria-pressed=\"true\"");
    dark.shows("name=\"next\" value=\"/account/login?next=%2Faccount%2Fdevices\"");
    browser.get("/account/reset/nothing").await.shows("data-appearance=\"dark\"");
    browser.post("/account/appearance", &[("appearance", "\"><b>")]).await;
    browser.get(here).await.shows("data-appearance=\"system\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn password_managers_learn_whose_password_it_is() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    for page in ["/account/password", "/account/confirm"] {
        let shown = browser.get(page).await;
        shown.shows("name=\"username\" value=\"alice\" autocomplete=\"username\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_kept_by_nobody_and_their_files_for_ever() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.get("/account/login").await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert!(page.header("permissions-policy").contains("camera=()"));
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.html.contains("http://") && !page.html.contains("https://"));
    assert!(!page.html.contains(" style=") && !page.html.contains("<style"));
    for start in ["rel=\"stylesheet\" href=\"", "<script src=\""] {
        let (_, rest) = page.html.split_once(start).unwrap();
        let file = browser.get(rest.split('"').next().unwrap()).await;
        assert_eq!(file.status, 200);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    }
    assert_eq!(browser.get("/assets/kontor.old.css").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_becomes_part_of_a_page() {
    let evil = "<img src=x onerror=alert(1)>\"'><b>";
    let server = TestServer::start().await;
    let alice = server.register("alice").await;
    let profile = format!("/_matrix/client/v3/profile/{}/displayname", alice.user_id);
    alice.put(&profile, json!({ "displayname": evil })).await.ok();
    let device = format!("/_matrix/client/v3/devices/{}", alice.device_id);
    alice.put(&device, json!({ "display_name": evil })).await.ok();
    let mut browser = Browser::signed_in(&server, "alice").await;
    for page in ["/account/", "/account/devices"] {
        let shown = browser.get(page).await;
        assert_eq!(shown.status, 200);
        shown.shows("onerror");
        assert!(!shown.html.contains("<img src=x") && !shown.html.contains("<b>"), "{page}");
    }
    let query: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
    let shown = Browser::new(&server).get(&format!("/account/login?next={query}")).await;
    assert!(!shown.html.contains("<img src=x") && !shown.html.contains("onerror=alert(1)>"));
    let shown = Browser::new(&server).sign_in(evil, "x").await;
    assert!(!shown.html.contains("<img src=x") && !shown.html.contains("<b>"));
}
