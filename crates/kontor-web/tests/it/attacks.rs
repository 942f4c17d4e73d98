//! What others try.

use kontor_testkit::{Setup, TestServer, for_each_server};

use crate::browser::{Browser, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_not_from_our_page_changes_nothing() {
    for_each_server(async |server| {
        let alice = server.register("alice").await;
        server.register("mallory").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let mut other = Browser::signed_in(&server, "mallory").await;
        let (own, foreign) = (browser.get("/account/").await.token(), other.get("/account/").await);
        let id = alice.device_id.as_str();
        for token in ["", "x", &foreign.token()] {
            let fields = [("form_token", token), ("device", id)];
            let shown = browser.post("/account/devices", &fields).await;
            assert_eq!(shown.status, 403, "{token}");
        }
        let fields = [("form_token", own.as_str()), ("device", id)];
        for header in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let shown = browser.post_from("/account/devices", &fields, &[header]).await;
            assert_eq!(shown.status, 403, "{header:?}");
        }
        alice.get("/_matrix/client/v3/account/whoami").await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_page_signs_anybody_in() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let fields = [("name", "alice"), ("password", PASSWORD)];
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let mut victim = Browser::new(&server);
        let shown = victim.post_from("/account/login", &fields, &[header]).await;
        assert_eq!(shown.status, 403, "{header:?}");
        assert!(victim.cookies.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_planted_before_is_worth_nothing_after() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut victim = Browser::new(&server);
    victim.cookies.insert("kontor_session".to_owned(), "planted".to_owned());
    assert_eq!(victim.sign_in("alice", PASSWORD).await.status, 303);
    assert_ne!(victim.cookies.get("kontor_session").unwrap(), "planted");
    let mut attacker = Browser::new(&server);
    attacker.cookies.insert("kontor_session".to_owned(), "planted".to_owned());
    assert_eq!(attacker.get("/account/").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_another_host() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let table = [
        ("/account/devices", "/account/devices"),
        ("https://evil.example", "/account/"),
        ("//evil.example", "/account/"),
        ("/\\evil.example", "/account/"),
        ("/%09/evil.example\r\nSet-Cookie: x=y", "/account/"),
        ("javascript:alert(1)", "/account/"),
    ];
    for (next, expected) in table {
        let mut browser = Browser::new(&server);
        let fields = [("name", "alice"), ("password", PASSWORD), ("next", next)];
        let done = browser.fill("/account/login", &fields).await;
        assert_eq!((done.status, done.header("location")), (303, expected), "{next}");
    }
}

/// Wherever a page takes an address to go on to, what is elsewhere leads home.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_that_goes_on_somewhere_goes_elsewhere() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut alice = Browser::signed_in(&server, "alice").await;
    let elsewhere = [
        "https://evil.example",
        "//evil.example/account/",
        "/\\evil.example",
        "/account\\@evil.example",
        "https:/account/",
        "\t//evil.example",
        "/account/\r\nSet-Cookie: x=y",
        "javascript:alert(1)//account",
        "/.//evil.example",
    ];
    for next in elsewhere {
        let typed: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        // Signed in already: she is led on at once.
        let led = alice.get(&format!("/account/login?next={typed}")).await;
        assert_eq!((led.status, led.header("location")), (303, "/account/"), "{next}");
        let password = [("way", "password"), ("password", PASSWORD), ("next", next)];
        let forms: [(&str, &[(&str, &str)]); 4] = [
            ("/account/login", &[("name", "alice"), ("password", PASSWORD), ("next", next)]),
            ("/account/confirm", &password),
            ("/account/language", &[("language", "de"), ("next", next)]),
            ("/account/appearance", &[("appearance", "dark"), ("next", next)]),
        ];
        for (form, fields) in forms {
            let mut browser = Browser::signed_in(&server, "alice").await;
            let token = browser.get("/account/").await.token();
            let mut all = vec![("form_token", token.as_str())];
            all.extend(fields);
            let led = browser.post(form, &all).await;
            assert_eq!((led.status, led.header("location")), (303, "/account/"), "{form} {next}");
        }
        for page in ["/account/confirm", "/account/enrol"] {
            let shown = alice.get(&format!("{page}?next={typed}")).await;
            for field in shown.html.split("name=\"next\" value=\"").skip(1) {
                assert!(field.starts_with("/account/"), "{page} {next}: {}", shown.html);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_does_not_tell_who_has_an_account() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut texts = Vec::new();
    for name in ["alice", "nobody"] {
        let mut browser = Browser::new(&server);
        let shown = browser.sign_in(name, "wrong").await;
        shown.shows("Benutzername oder Passwort stimmt nicht.");
        texts.push((shown.status, shown.html.len() - name.len()));
    }
    assert_eq!(texts.first(), texts.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_counts_for_one_organisation_only() {
    let names = vec!["one.example", "two.example"];
    let server = TestServer::with(Setup { server_names: names, ..Setup::default() }).await;
    server.register("alice").await;
    server.register_at("two.example", "alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    browser.get("/account/").await.shows("@alice:one.example");
    browser.host = "two.example".to_owned();
    let shown = browser.get("/account/").await;
    assert_eq!(
        (shown.status, shown.header("location")),
        (303, "/account/login?next=%2Faccount%2F")
    );
    browser.host = "evil.example".to_owned();
    assert_eq!(browser.get("/account/").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_are_none_are_refused() {
    let server = TestServer::start().await;
    server.register("alice").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let token = browser.get("/account/").await.token();
    let long = "x".repeat(100_000);
    let fields = [("form_token", token.as_str()), ("device", &long)];
    assert_eq!(browser.post("/account/devices", &fields).await.status, 403);
    let fields = [("form_token", token.as_str()), ("device", "no such device")];
    assert_eq!(browser.post("/account/devices", &fields).await.status, 404);
}
