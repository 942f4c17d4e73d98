//! Somebody with an access token.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Person {
    http: Client,
    base: String,
    pub(crate) token: String,
    pub(crate) user_id: String,
    pub(crate) device_id: String,
}

/// Status and JSON of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let text = response.text().await.unwrap_or_default();
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, json }
    }

    pub(crate) fn errcode(&self) -> &str {
        self.json["errcode"].as_str().unwrap_or_default()
    }

    /// The answer, which must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }

    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, errcode: &str, what: &str) {
        assert_eq!((self.status, self.errcode()), (status, errcode), "{what}: {}", self.json);
    }
}

/// A transaction id nobody used.
pub(crate) fn transaction() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Person {
    /// Registers `name` with a password of the same text.
    pub(crate) async fn register(base: &str, name: &str) -> Self {
        let body = json!({
            "username": name, "password": name, "auth": { "type": "m.login.dummy" },
        });
        Self::signed_in(base, "register", &body).await
    }

    /// Signs in on another device.
    pub(crate) async fn login(base: &str, name: &str) -> Self {
        let body = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": name },
            "password": name,
        });
        Self::signed_in(base, "login", &body).await
    }

    async fn signed_in(base: &str, how: &str, body: &Value) -> Self {
        let http = kontor_testkit::http().build().unwrap();
        let url = format!("{base}/_matrix/client/v3/{how}");
        let answer = Answer::of(http.post(url).body(body.to_string()).send().await.unwrap()).await;
        let json = answer.ok();
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        let (token, user_id, device_id) =
            (text("access_token"), text("user_id"), text("device_id"));
        Self { http, base: base.to_owned(), token, user_id, device_id }
    }

    /// The same device at another server.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// A request to `path`, below the host, with the person's token.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// A request to `path` below `/_matrix/client/v3` with `body` as it is.
    pub(crate) async fn raw(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request(method, &format!("/_matrix/client/v3{path}"));
        Answer::of(request.body(body.into()).send().await.unwrap()).await
    }

    /// As [`Self::raw`]; `None` if the connection broke.
    pub(crate) async fn try_raw(&self, method: &str, path: &str, body: String) -> Option<Answer> {
        let request = self.request(method, &format!("/_matrix/client/v3{path}"));
        Some(Answer::of(request.body(body).send().await.ok()?).await)
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.raw(method, path, body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", &format!("/_matrix/client/v3{path}")).send().await.unwrap())
            .await
    }

    /// Creates a room; answers its id.
    pub(crate) async fn room(&self) -> String {
        let created = self.call("POST", "/createRoom", &json!({ "preset": "public_chat" })).await;
        created.ok()["room_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn join(&self, room: &str) {
        self.call("POST", &format!("/join/{}", escaped(room)), &json!({})).await.ok();
    }

    /// Sends a text; answers the event's id.
    pub(crate) async fn say(&self, room: &str, text: &str) -> String {
        let body = json!({ "msgtype": "m.text", "body": text });
        let answer = self.send(room, &transaction(), &body).await;
        answer.ok()["event_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn send(&self, room: &str, transaction: &str, content: &Value) -> Answer {
        self.call("PUT", &message_path(room, transaction), content).await
    }

    /// The newest events of a room, newest first.
    pub(crate) async fn timeline(&self, room: &str) -> Vec<Value> {
        let path = format!("/rooms/{}/messages?dir=b&limit=1000", escaped(room));
        self.get(&path).await.ok()["chunk"].as_array().unwrap().clone()
    }

    /// The texts of a room, oldest first, page by page.
    pub(crate) async fn texts(&self, room: &str) -> Vec<String> {
        let mut texts = Vec::new();
        let mut from = String::new();
        loop {
            let path = format!("/rooms/{}/messages?dir=b&limit=500{from}", escaped(room));
            let page = self.get(&path).await.ok();
            let events = page["chunk"].as_array().unwrap();
            texts.extend(
                events
                    .iter()
                    .filter_map(|event| Some(event["content"]["body"].as_str()?.to_owned())),
            );
            match page["end"].as_str() {
                Some(end) if !events.is_empty() => from = format!("&from={}", escaped(end)),
                _ => break,
            }
        }
        texts.reverse();
        texts
    }

    /// The place in the stream of changes that everything so far lies before.
    pub(crate) async fn place(&self) -> String {
        let answer = self.get("/sync?timeout=0").await.ok();
        answer["next_batch"].as_str().unwrap().to_owned()
    }

    /// Asserts that nothing has happened since `place`.
    pub(crate) async fn assert_nothing_since(&self, place: &str) {
        let path = format!("/sync?timeout=0&since={}", escaped(place));
        let answer = self.get(&path).await.ok();
        for section in ["rooms", "account_data", "to_device", "device_lists", "presence"] {
            assert!(is_empty(&answer[section]), "{section} changed: {}", answer[section]);
        }
    }
}

/// Whether there is no event, room or name anywhere in `value`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.values().all(is_empty),
        Value::Array(array) => array.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Path for sending a message.
pub(crate) fn message_path(room: &str, transaction: &str) -> String {
    format!("/rooms/{}/send/m.room.message/{transaction}", escaped(room))
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn escaped(text: &str) -> String {
    let letters = text.bytes().map(|byte| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    letters.collect()
}
