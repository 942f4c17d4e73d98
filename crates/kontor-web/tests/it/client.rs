//! The web client is served, or the page that says that it was not built.

use kontor_testkit::{Setup, TestServer};
use serde_json::json;
use url::Url;

use crate::browser::{Browser, Shown};

#[tokio::test]
async fn the_client_may_run_nothing_but_its_own_files() {
    let server = TestServer::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    if !page.html.contains("<!doctype html>") {
        page.shows("/account/");
        page.shows("npm run build");
        return;
    }
    let policy = page.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{rule} in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-cache");
    let (_, script) = page.html.split_once("src=\"/app/").unwrap();
    let script = format!("/app/{}", script.split('"').next().unwrap());
    let script = browser.get(&script).await;
    assert_eq!(script.status, 200);
    assert!(script.header("cache-control").contains("immutable"));
    assert!(script.header("content-type").starts_with("text/javascript"));
    assert_eq!(browser.get("/app/nothing.js").await.status, 404);
    let worker = browser.get("/worker.js").await;
    assert_eq!((worker.status, worker.header("cache-control")), (200, "no-cache"));
    let policy = worker.header("content-security-policy");
    assert!(policy.contains("connect-src 'self'") && !policy.contains("unsafe-inline"), "{policy}");
    let (_, manifest) = page.html.split_once("rel=\"manifest\" href=\"").unwrap();
    let manifest = browser.get(manifest.split('"').next().unwrap()).await;
    assert_eq!(manifest.status, 200);
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
}

/// The sign-in of a program whose codes go to `redirect_uri`, in the browser of somebody signed in.
async fn asked_by_program_at(redirect_uri: &str) -> Shown {
    let file = "[[tenant]]\nserver_name = \"one.example\"\nhosts = [\"chat.one.example\"]\n";
    let setup = Setup { server_names: Vec::new(), file: file.to_owned(), ..Setup::default() };
    let server = TestServer::with(setup).await;
    server.register("alice").await;
    let home = Url::parse(redirect_uri).unwrap().join("/").unwrap();
    let description = json!({ "client_uri": home, "redirect_uris": [redirect_uri] });
    let program = server.anonymous("one.example");
    let registered = program.post("/oauth2/register", description).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("response_mode", "fragment"),
            ("client_id", registered.text("client_id")),
            ("redirect_uri", redirect_uri),
            ("scope", "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ"),
            ("state", "x"),
            ("code_challenge", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let mut browser = Browser::signed_in(&server, "alice").await;
    browser.get(&format!("/oauth2/authorize?{query}")).await
}

#[tokio::test]
async fn nobody_is_asked_whether_our_own_client_may_sign_her_in() {
    let ours = asked_by_program_at("https://chat.one.example/").await;
    assert_eq!(ours.status, 303, "{}", ours.html);
    assert!(ours.header("location").starts_with("https://chat.one.example/#"), "{ours:?}");
    for other in ["https://chat.one.example/back", "https://sub.chat.one.example/"] {
        let asked = asked_by_program_at(other).await;
        assert_eq!(asked.status, 200, "{other}");
        asked.shows("name=\"allow\"");
    }
}
