//! The OAuth 2.0 API as programs call it. The whole way, with its pages, is walked in `kontor-web`.

use http::Method;
use kontor_testkit::{Answer, Person, Setup, TestServer};
use serde_json::{Value, json};

/// An organisation with a public address.
pub(crate) const PUBLIC: &str =
    "[[tenant]]\nserver_name = \"one.example\"\nhosts = [\"chat.one.example\"]\n";

async fn public_server() -> TestServer {
    let setup = Setup { server_names: Vec::new(), file: PUBLIC.to_owned(), ..Setup::default() };
    TestServer::with(setup).await
}

fn chat() -> Value {
    json!({
        "client_name": "Chat",
        "client_uri": "https://chat.example/",
        "redirect_uris": ["https://chat.example/back"],
        "grant_types": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
    })
}

/// Somebody who calls as programs do.
struct Program<'s>(&'s TestServer, Person);

impl<'s> Program<'s> {
    fn new(server: &'s TestServer) -> Self {
        Self(server, server.anonymous("one.example"))
    }

    async fn register(&self, description: Value) -> Answer {
        self.1.post("/oauth2/register", description).await
    }

    async fn send(&self, path: &str, fields: &str) -> Answer {
        let request = self.1.request(Method::POST, path);
        let form = request.header("content-type", "application/x-www-form-urlencoded");
        self.0.raw(form.body(fields.to_owned())).await
    }
}

/// A refusal in the words of OAuth.
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.text("error")), (status, code), "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(!answer.text("error_description").is_empty());
}

#[tokio::test]
async fn metadata_names_the_public_address_and_there_is_none_without() {
    let server = public_server().await;
    let Program(_, stranger) = Program::new(&server);
    let metadata = stranger.get("/_matrix/client/v1/auth_metadata").await.ok();
    assert_eq!(metadata.text("issuer"), "https://chat.one.example/");
    assert_eq!(metadata.text("token_endpoint"), "https://chat.one.example/oauth2/token");
    let well_known = stranger.get("/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(well_known.body, metadata.body);

    let hidden = TestServer::start().await;
    let program = Program::new(&hidden);
    let stranger = &program.1;
    for path in ["/_matrix/client/v1/auth_metadata", "/.well-known/oauth-authorization-server"] {
        stranger.get(path).await.fails(404, "M_UNRECOGNIZED");
    }
    program.send("/oauth2/token", "").await.fails(404, "M_UNRECOGNIZED");
    program.register(chat()).await.fails(404, "M_UNRECOGNIZED");
}

#[tokio::test]
async fn a_program_registers_and_is_told_what_is_kept() {
    let server = public_server().await;
    let program = Program::new(&server);
    let answer = program.register(chat()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["redirect_uris"], json!(["https://chat.example/back"]));
    assert_eq!(answer.body["token_endpoint_auth_method"], "none");
    let again = program.register(chat()).await;
    assert_eq!(again.text("client_id"), answer.text("client_id"));

    let mut evil = chat();
    evil["redirect_uris"] = json!(["https://evil.example/back"]);
    refused(&program.register(evil).await, 400, "invalid_redirect_uri");
    let nameless = json!({ "client_name": "Chat" });
    refused(&program.register(nameless).await, 400, "invalid_client_metadata");
    let list = program.1.send_bytes(Method::POST, "/oauth2/register", b"[1".to_vec()).await;
    refused(&list, 400, "invalid_request");
    let form = program.send("/oauth2/register", "client_uri=x").await;
    refused(&form, 400, "invalid_request");
}

#[tokio::test]
async fn what_is_no_grant_buys_no_tokens() {
    let server = public_server().await;
    let program = Program::new(&server);
    let client = program.register(chat()).await.text("client_id").to_owned();
    let code = format!(
        "grant_type=authorization_code&client_id={client}&code=kc_x&code_verifier=x\
         &redirect_uri=https%3A%2F%2Fchat.example%2Fback"
    );
    let table = [
        (String::new(), 400, "invalid_request"),
        (format!("grant_type=password&client_id={client}"), 400, "unsupported_grant_type"),
        (code.clone(), 400, "invalid_grant"),
        (code.replace("&code=kc_x", ""), 400, "invalid_request"),
        (code.replace("&code_verifier=x", ""), 400, "invalid_request"),
        (code.replace(&client, "nobody"), 401, "invalid_client"),
        (format!("{code}&code=kc_y"), 400, "invalid_request"),
        (
            format!("grant_type=refresh_token&client_id={client}&refresh_token=kr_x"),
            400,
            "invalid_grant",
        ),
    ];
    for (fields, status, code) in table {
        refused(&program.send("/oauth2/token", &fields).await, status, code);
    }
    let json = program.1.post("/oauth2/token", json!({ "grant_type": "refresh_token" })).await;
    refused(&json, 400, "invalid_request");
    let large = format!("grant_type={}", "x".repeat(20_000));
    assert_eq!(program.send("/oauth2/token", &large).await.status, 413);
    let fields = format!("client_id={client}&token=nonsense");
    assert_eq!(program.send("/oauth2/revoke", &fields).await.status, 200);
}

#[tokio::test]
async fn a_device_without_keyboard_gets_codes_and_waits() {
    let server = public_server().await;
    let program = Program::new(&server);
    let client = program.register(chat()).await.text("client_id").to_owned();
    let scope = "urn:matrix:client:api:*+urn:matrix:client:device:TELEVISION";
    let fields = format!("client_id={client}&scope={scope}");
    let answer = program.send("/oauth2/device", &fields).await.ok();
    assert_eq!(answer.text("verification_uri"), "https://chat.one.example/oauth2/link");
    assert!(answer.text("verification_uri_complete").ends_with(answer.text("user_code")));
    assert_eq!((&answer.body["expires_in"], &answer.body["interval"]), (&json!(600), &json!(5)));
    let poll = format!(
        "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id={client}&device_code={}",
        answer.text("device_code")
    );
    refused(&program.send("/oauth2/token", &poll).await, 400, "authorization_pending");
    refused(&program.send("/oauth2/token", &poll).await, 400, "slow_down");
    let fields = format!("client_id={client}&scope=openid");
    refused(&program.send("/oauth2/device", &fields).await, 400, "invalid_scope");
}
