//! An organisation for tests, with a person and a program.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kontor_audit::Audit;
use kontor_core::{Actor, Clock, Cx, Random, Secret, TenantId, Timestamp};
use kontor_feed::Feed;
use kontor_identity::{Hasher, Identity, Login, NewDevice, NewUser, PasswordCost, Settings};
use kontor_oauth::{AuthorizationRequest, Grant, OAuth, OAuthCode, Refusal, TokenRequest, Tokens};
use kontor_policy::{InForce, Policy};
use kontor_store::MIGRATIONS;
use kontor_testdb::Backend;
use ruma::owned_server_name;
use serde_json::json;
use url::Url;

pub(crate) const ISSUER: &str = "https://matrix.firma.example/";
pub(crate) const VERIFIER: &str = "0123456789-0123456789-0123456789-0123456789";
const REDIRECT: &str = "example.chat.app:/back";

pub(crate) struct Company {
    pub(crate) identity: Identity,
    pub(crate) oauth: OAuth,
    pub(crate) clock: Clock,
    random: Random,
    /// The context of Alice, signed in.
    pub(crate) alice: Cx,
    /// The program.
    pub(crate) chat: String,
}

impl Company {
    pub(crate) async fn new(backend: &Backend) -> Self {
        let db = backend.open(MIGRATIONS).await;
        let clock = Clock::manual(Timestamp(1_000_000_000_000));
        let random = Random::seeded(1);
        let cx =
            Cx::new(TenantId(1), Actor::Job("test"), clock.clone(), Random::seeded(2)).unwrap();
        let server_name = owned_server_name!("firma.example");
        let key = Secret::new([9; 32]);
        let audit = Audit::open(&cx, &backend.settings(), &server_name, &key).await.unwrap();
        let policy = InForce::new(Policy::lab());
        let settings = Settings {
            server_name,
            audit,
            policy: policy.clone(),
            pepper: Secret::new([7; 32]),
            hasher: Hasher::new(PasswordCost { memory_kib: 64, passes: 1, lanes: 1 }),
            registration_shared_secret: None,
            mailer: None,
            public_url: Some(ISSUER.to_owned()),
        };
        let identity = Identity::new(db.clone(), Feed::default(), settings);
        let oauth = OAuth::new(db, identity.clone(), policy);
        let alice = sign_in(&identity, &cx, "alice").await;
        let metadata = json!({
            "client_name": "Chat",
            "client_uri": "https://chat.example/",
            "application_type": "native",
            "redirect_uris": [REDIRECT],
            "grant_types": [
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
        });
        let (chat, _) = oauth.register(&cx, metadata).await.unwrap();
        Self { identity, oauth, clock, random, alice, chat }
    }

    /// Another program.
    pub(crate) async fn register_other(&self) -> String {
        let metadata = json!({
            "client_uri": "https://other.example/",
            "redirect_uris": ["https://other.example/back"],
        });
        self.oauth.register(&self.stranger(), metadata).await.unwrap().0
    }

    /// A stranger's request, now.
    pub(crate) fn stranger(&self) -> Cx {
        let (clock, random) = (self.clock.clone(), self.random.clone());
        Cx::new(TenantId(1), Actor::Anonymous, clock, random).unwrap()
    }

    /// Alice's request, now.
    pub(crate) fn alice(&self) -> Cx {
        self.stranger().acting_as(self.alice.actor.clone())
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.clock.set(self.clock.now().plus(span));
    }

    /// What the program sends Alice with.
    pub(crate) fn request(&self) -> AuthorizationRequest {
        let hash = digest::digest(&digest::SHA256, VERIFIER.as_bytes());
        AuthorizationRequest {
            response_type: "code".to_owned(),
            client_id: self.chat.clone(),
            redirect_uri: REDIRECT.to_owned(),
            scope: scope("TELEPHONE1"),
            state: Some("xyz".to_owned()),
            code_challenge: URL_SAFE_NO_PAD.encode(hash),
            code_challenge_method: "S256".to_owned(),
            ..AuthorizationRequest::default()
        }
    }

    /// A code that Alice has allowed.
    pub(crate) async fn code(&self) -> String {
        let url = self.oauth.allow(&self.alice(), ISSUER, (&self.request(), None)).await.unwrap();
        answered(&url, "code").unwrap()
    }

    /// The code as the program shows it.
    pub(crate) fn shown(&self, code: &str) -> TokenRequest {
        let grant = Grant::Code {
            code: code.to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            verifier: VERIFIER.to_owned(),
        };
        TokenRequest { client_id: self.chat.clone(), grant }
    }

    pub(crate) async fn trade(&self, request: TokenRequest) -> Result<Tokens, OAuthCode> {
        self.oauth.tokens(&self.stranger(), request).await.map_err(|refusal| match refusal {
            Refusal::OAuth { code, .. } => code,
            Refusal::Failed(error) => panic!("{error}"),
        })
    }

    pub(crate) async fn refresh(&self, client: &str, token: &str) -> Result<Tokens, OAuthCode> {
        let grant = Grant::Refresh(token.to_owned());
        self.trade(TokenRequest { client_id: client.to_owned(), grant }).await
    }

    /// Whether an access token works.
    pub(crate) async fn works(&self, token: &str) -> bool {
        self.identity.authenticate(token, &self.stranger()).await.is_ok()
    }
}

/// A new account, signed in on a device of its own.
pub(crate) async fn sign_in(identity: &Identity, cx: &Cx, name: &str) -> Cx {
    let password = || Secret::new("correct horse battery".to_owned());
    let new = NewUser {
        username: Some(name.to_owned()),
        password: Some(password()),
        ..NewUser::default()
    };
    identity.create_user(&cx.acting_as(Actor::Operator), new).await.unwrap();
    let device = NewDevice::default();
    let login = Login { name: name.to_owned(), password: password(), device };
    let signed_in = identity.login(cx, login).await.unwrap();
    identity.authenticate(&signed_in.access_token, cx).await.unwrap()
}

pub(crate) fn scope(device: &str) -> String {
    format!("urn:matrix:client:api:* urn:matrix:client:device:{device}")
}

/// A field of an answer's query.
pub(crate) fn answered(url: &Url, field: &str) -> Option<String> {
    url.query_pairs().find(|(name, _)| name == field).map(|(_, value)| value.into_owned())
}
