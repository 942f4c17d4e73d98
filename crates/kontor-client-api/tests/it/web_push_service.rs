//! A push service and a browser, as far as a server notices them: what it is asked, and what the
//! browser makes of it.

use std::io;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, Uri};
use kontor_testkit::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// What it was asked.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A push service on this machine.
pub(crate) struct PushService {
    pub(crate) address: String,
    asked: UnboundedReceiver<Asked>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
    /// Ends with the value.
    _serving: JoinSet<io::Result<()>>,
}

type Shared = (UnboundedSender<Asked>, Arc<Mutex<Vec<StatusCode>>>);

impl PushService {
    pub(crate) async fn start() -> Self {
        let (told, asked) = unbounded_channel();
        let answers: Arc<Mutex<Vec<StatusCode>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let app = Router::new().fallback(answer).with_state((told, Arc::clone(&answers)));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await });
        Self { address, asked, answers, _serving: serving }
    }

    /// The next requests are answered like this; after that, all are taken.
    pub(crate) async fn answers(&self, statuses: &[u16]) {
        let statuses = statuses.iter().rev().map(|status| StatusCode::from_u16(*status).unwrap());
        *self.answers.lock().await = statuses.collect();
    }

    pub(crate) async fn next(&mut self) -> Asked {
        self.asked.recv().await.unwrap()
    }
}

async fn answer(
    State((told, answers)): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let path = uri.path().to_owned();
    told.send(Asked { path, headers, body: body.to_vec() }).unwrap();
    answers.lock().await.pop().unwrap_or(StatusCode::CREATED)
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks who asks, as push services do; answers what is claimed.
    pub(crate) fn claims(&self, key: &str) -> Value {
        let shown = format!(", k={key}");
        let rest = self.header("authorization").strip_prefix("vapid t=").unwrap();
        let (signed, signature) = rest.strip_suffix(&shown).unwrap().rsplit_once('.').unwrap();
        let checker = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(key));
        checker.verify(signed.as_bytes(), &decode(signature)).unwrap();
        serde_json::from_slice(&decode(signed.split_once('.').unwrap().1)).unwrap()
    }
}

/// A browser that can be woken.
pub(crate) struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
    url: String,
}

impl Browser {
    pub(crate) fn new(service: &PushService, name: &str) -> Self {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        Self { private, public, auth: [9; 16], url: format!("http://{}/{name}", service.address) }
    }

    /// The pusher that the client sets.
    pub(crate) fn pusher(&self) -> Value {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let format = "event_id_only";
        json!({
            "kind": "org.matrix.msc4174.webpush",
            "app_id": "app.kontor.web",
            "app_display_name": "Kontor",
            "device_display_name": "Browser",
            "lang": "de",
            "pushkey": encode(&self.public),
            "data": { "url": self.url, "auth": encode(&self.auth), "format": format },
        })
    }

    /// Opens a message (RFC 8291).
    pub(crate) fn open(&self, sealed: &[u8]) -> Value {
        let (salt, rest) = sealed.split_at(16);
        let (_record, rest) = rest.split_at(4);
        let (length, rest) = rest.split_first().unwrap();
        let (sender, record) = rest.split_at(usize::from(*length));
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared =
            agree(&self.private, peer, (), |secret| Ok(hash(&self.auth, &[secret]))).unwrap();
        let input = hash(&shared, &[b"WebPush: info\0", &self.public, sender, &[1]]);
        let root = hash(salt, &[&input]);
        let key = hash(&root, &[b"Content-Encoding: aes128gcm\0", &[1]]);
        let nonce = hash(&root, &[b"Content-Encoding: nonce\0", &[1]]);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let mut record = record.to_vec();
        let plain = cipher.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], 2, "the last record");
        serde_json::from_slice(&plain[..end]).unwrap()
    }
}

fn hash(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, &parts.concat()).as_ref().to_vec()
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}
