//! Programs that are signed in over the pages: the whole way, and what goes wrong on it on purpose.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kontor_testkit::{Answer, Method, Person, Setup, TestServer, json};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::browser::{Browser, Shown};

const PUBLIC: &str = "[[tenant]]\nserver_name = \"one.example\"\nhosts = [\"chat.one.example\"]\n";
pub(crate) const BACK: &str = "https://chat.example/back";
pub(crate) const VERIFIER: &str = "0123456789-0123456789-0123456789-0123456789";
const WHOAMI: &str = "/_matrix/client/v3/account/whoami";

/// An organisation with a public address, and so with an OAuth 2.0 API.
pub(crate) async fn public_server(postgres: bool) -> TestServer {
    let file = PUBLIC.to_owned();
    let setup = Setup { server_names: Vec::new(), file, postgres, ..Setup::default() };
    TestServer::with(setup).await
}

/// The challenge of [`VERIFIER`].
pub(crate) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()))
}

/// A program on the web.
pub(crate) struct Program<'s> {
    server: &'s TestServer,
    caller: Person,
    client_id: String,
}

impl<'s> Program<'s> {
    pub(crate) async fn new(server: &'s TestServer, name: &str) -> Self {
        let caller = server.anonymous("one.example");
        let description = json!({
            "client_name": name,
            "client_uri": "https://chat.example/",
            "redirect_uris": [BACK],
            "grant_types": [
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
        });
        let answer = caller.post("/oauth2/register", description).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let client_id = answer.text("client_id").to_owned();
        Self { server, caller, client_id }
    }

    /// Query of the address where a browser is sent to; `changes` replace or add fields.
    pub(crate) fn query(&self, changes: &[(&str, &str)]) -> String {
        let challenge = challenge();
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", BACK),
            ("scope", "urn:matrix:client:api:* urn:matrix:client:device:TELEPHONE1"),
            ("state", "xyz"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    /// Lets whoever sits at the browser allow it; answers where she is led.
    async fn allowed(&self, browser: &mut Browser) -> Url {
        let query = self.query(&[]);
        let page = browser.get(&format!("/oauth2/authorize?{query}")).await;
        page.shows("chat.example");
        let token = page.token();
        let fields = [("form_token", &*token), ("request", &*query), ("allow", "yes")];
        let done = browser.post("/oauth2/authorize", &fields).await;
        assert_eq!(done.status, 303, "{}", done.html);
        Url::parse(done.header("location")).unwrap()
    }

    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new())
            .append_pair("client_id", &self.client_id)
            .extend_pairs(fields)
            .finish();
        let request = self.caller.request(Method::POST, path);
        let form = request.header("content-type", "application/x-www-form-urlencoded");
        self.server.raw(form.body(body)).await
    }

    async fn trade(&self, code: &str, verifier: &str) -> Answer {
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
        if !verifier.is_empty() {
            fields.push(("code_verifier", verifier));
        }
        self.send("/oauth2/token", &fields).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.send("/oauth2/token", &fields).await
    }

    /// Signs whoever sits at the browser in: her device, and the refresh token.
    pub(crate) async fn sign_in(&self, browser: &mut Browser) -> (Person, String) {
        let url = self.allowed(browser).await;
        let tokens = self.trade(&field(&url, "code").unwrap(), VERIFIER).await.ok();
        (self.device(&tokens), tokens.text("refresh_token").to_owned())
    }

    fn device(&self, tokens: &Answer) -> Person {
        let mut device = self.caller.clone();
        tokens.text("access_token").clone_into(&mut device.token);
        device
    }
}

fn field(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.text("error")), (400, error), "{}", answer.body);
}

/// Said here, and nobody is led anywhere.
fn said_here(shown: &Shown) {
    assert_eq!((shown.status, shown.header("location")), (400, ""), "{}", shown.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_signed_in_by_consent_and_told_which_server_answered() {
    for postgres in [false, true] {
        let server = public_server(postgres).await;
        server.register("alice").await;
        let program = Program::new(&server, "Chat").await;
        let query = program.query(&[]);
        let mut browser = Browser::new(&server);
        let led = browser.get(&format!("/oauth2/authorize?{query}")).await;
        assert!(led.header("location").starts_with("/account/login?next=%2Foauth2%2Fauthorize"));
        let mut browser = Browser::signed_in(&server, "alice").await;
        let url = program.allowed(&mut browser).await;
        assert!(url.as_str().starts_with(BACK), "{url}");
        assert_eq!(field(&url, "state").as_deref(), Some("xyz"));
        // OAuth mix-up: a program that talks to several servers sees which one this is from.
        assert_eq!(field(&url, "iss").as_deref(), Some("https://chat.one.example/"));
        let code = field(&url, "code").unwrap();
        let tokens = program.trade(&code, VERIFIER).await.ok();
        let alice = program.device(&tokens);
        assert_eq!(alice.get(WHOAMI).await.ok().body["user_id"], "@alice:one.example");
        refused(&program.trade(&code, VERIFIER).await, "invalid_grant");
        alice.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_an_address_that_the_program_did_not_register() {
    let server = public_server(false).await;
    server.register("alice").await;
    let program = Program::new(&server, "Chat").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let addresses = [
        "https://evil.example/",
        "https://chat.example.evil.example/back",
        "https://chat.example/back/../evil",
        "https://chat.example/back?x=1",
        "https://chat.example@evil.example/back",
        "//evil.example/back",
        "javascript:alert(1)",
    ];
    for address in addresses {
        let query = program.query(&[("redirect_uri", address)]);
        said_here(&browser.get(&format!("/oauth2/authorize?{query}")).await);
        // Nor when the form of a sound request is changed before it is sent.
        let sound = program.query(&[]);
        let token = browser.get(&format!("/oauth2/authorize?{sound}")).await.token();
        for decision in ["allow", "refuse"] {
            let fields = [("form_token", &*token), ("request", &*query), (decision, "yes")];
            said_here(&browser.post("/oauth2/authorize", &fields).await);
        }
    }
    let stranger = program.query(&[("client_id", "nobody")]);
    said_here(&browser.get(&format!("/oauth2/authorize?{stranger}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pkce_can_be_neither_left_out_nor_weakened() {
    let server = public_server(false).await;
    server.register("alice").await;
    let program = Program::new(&server, "Chat").await;
    let mut browser = Browser::signed_in(&server, "alice").await;
    let weakened: [&[(&str, &str)]; 3] = [
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
        &[("code_challenge_method", "")],
    ];
    for changes in weakened {
        let query = program.query(changes);
        let led = browser.get(&format!("/oauth2/authorize?{query}")).await;
        let url = Url::parse(led.header("location")).unwrap();
        assert_eq!(field(&url, "error").as_deref(), Some("invalid_request"), "{url}");
        assert_eq!(field(&url, "code"), None);
        let token = browser.get("/account/").await.token();
        let fields = [("form_token", &*token), ("request", &*query), ("allow", "yes")];
        let done = browser.post("/oauth2/authorize", &fields).await;
        assert!(!done.header("location").contains("code="), "{done:?}");
    }
    let other = VERIFIER.replace('0', "1");
    for (verifier, error) in [
        ("", "invalid_request"),
        (VERIFIER.get(1..).unwrap(), "invalid_grant"),
        (&other, "invalid_grant"),
    ] {
        let code = field(&program.allowed(&mut browser).await, "code").unwrap();
        refused(&program.trade(&code, verifier).await, error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_given_on_our_own_page_only() {
    let server = public_server(false).await;
    server.register("alice").await;
    server.register("mallory").await;
    let program = Program::new(&server, "Chat").await;
    let query = program.query(&[]);
    let mut alice = Browser::signed_in(&server, "alice").await;
    let mut mallory = Browser::signed_in(&server, "mallory").await;
    let page = alice.get(&format!("/oauth2/authorize?{query}")).await;
    // Not in a frame, over which other things could lie.
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    let (own, foreign) = (page.token(), mallory.get("/account/").await.token());
    for token in ["", &*foreign] {
        let fields = [("form_token", token), ("request", &*query), ("allow", "yes")];
        let shown = alice.post("/oauth2/authorize", &fields).await;
        assert_eq!((shown.status, shown.header("location")), (403, ""));
    }
    let fields = [("form_token", &*own), ("request", &*query), ("allow", "yes")];
    let cross = [("sec-fetch-site", "cross-site")];
    assert_eq!(alice.post_from("/oauth2/authorize", &fields, &cross).await.status, 403);
    let codes = program.send("/oauth2/device", &[("scope", &scope())]).await.ok();
    let fields =
        [("form_token", &*foreign), ("user_code", codes.text("user_code")), ("allow", "x")];
    assert_eq!(alice.post("/oauth2/link", &fields).await.status, 403);
    let poll = poll(&program, &codes).await;
    refused(&poll, "authorization_pending");
}

fn scope() -> String {
    "urn:matrix:client:api:* urn:matrix:client:device:TELEVISION".to_owned()
}

async fn poll(program: &Program<'_>, codes: &Answer) -> Answer {
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", codes.text("device_code")),
    ];
    program.send("/oauth2/token", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_in_on_the_page_signs_a_device_in_once() {
    for postgres in [false, true] {
        let server = public_server(postgres).await;
        server.register("alice").await;
        let program = Program::new(&server, "Chat").await;
        let codes = program.send("/oauth2/device", &[("scope", &scope())]).await.ok();
        let mut browser = Browser::signed_in(&server, "alice").await;
        let code = [("user_code", codes.text("user_code"))];
        browser.fill("/oauth2/link", &code).await.shows("chat.example");
        refused(&poll(&program, &codes).await, "authorization_pending");
        let allowed = [code[0], ("allow", "yes")];
        assert_eq!(browser.fill("/oauth2/link", &allowed).await.status, 200);
        server.clock().set(server.clock().now().plus(std::time::Duration::from_secs(6)));
        let tokens = poll(&program, &codes).await.ok();
        let television = program.device(&tokens);
        assert_eq!(television.get(WHOAMI).await.ok().body["device_id"], "TELEVISION");
        server.clock().set(server.clock().now().plus(std::time::Duration::from_secs(6)));
        assert_eq!(poll(&program, &codes).await.status, 400);
        assert_eq!(browser.fill("/oauth2/link", &allowed).await.status, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_access_token_is_useless_after_five_minutes() {
    for postgres in [false, true] {
        let server = public_server(postgres).await;
        server.register("alice").await;
        let program = Program::new(&server, "Chat").await;
        let mut browser = Browser::signed_in(&server, "alice").await;
        let (thief, refresh) = program.sign_in(&mut browser).await;
        server.clock().set(server.clock().now().plus(std::time::Duration::from_secs(299)));
        thief.get(WHOAMI).await.ok();
        server.clock().set(server.clock().now().plus(std::time::Duration::from_secs(1)));
        for path in [WHOAMI, "/_matrix/client/v3/sync", "/_matrix/client/v3/joined_rooms"] {
            let gone = thief.get(path).await;
            gone.fails(401, "M_UNKNOWN_TOKEN");
            assert_eq!(gone.body["soft_logout"], true, "its owner refreshes and keeps her keys");
        }
        // Its owner goes on, and that ends the old one for good.
        let tokens = program.refresh(&refresh).await.ok();
        let alice = program.device(&tokens);
        alice.get(WHOAMI).await.ok();
        thief.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
        // A stolen refresh token that both use ends the sign-in of both.
        let newer = program.refresh(tokens.text("refresh_token")).await.ok();
        let alice = program.device(&newer);
        alice.get(WHOAMI).await.ok();
        refused(&program.refresh(&refresh).await, "invalid_grant");
        alice.get(WHOAMI).await.fails(401, "M_UNKNOWN_TOKEN");
        refused(&program.refresh(newer.text("refresh_token")).await, "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_of_a_request_becomes_the_servers_own_address() {
    let server = public_server(false).await;
    let stranger = server.anonymous("one.example");
    for name in ["x-forwarded-host", "forwarded", "x-host", "x-original-host"] {
        let request = stranger.request(Method::GET, "/_matrix/client/v1/auth_metadata");
        let answer = server.raw(request.header(name, "host=evil.example")).await.ok();
        assert!(!answer.body.to_string().contains("evil"), "{name}");
    }
    let mut lost = server.anonymous("evil.example");
    assert_eq!(lost.get("/_matrix/client/v1/auth_metadata").await.status, 404);
    lost.set_host("one.example.evil.example");
    assert_eq!(lost.get("/_matrix/client/v1/auth_metadata").await.status, 404);
}
