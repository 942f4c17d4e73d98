//! A person with a device, calling the server over HTTP.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

static TXN: AtomicU64 = AtomicU64::new(1);

/// A person signed in on a device (or nobody, with an empty token).
#[derive(Clone, Debug)]
pub struct Person {
    /// Matrix user id.
    pub user_id: String,
    /// Device id.
    pub device_id: String,
    /// Access token.
    pub token: String,
    pub(crate) host: String,
    /// `http://127.0.0.1:PORT`
    pub base: String,
    pub(crate) http: Client,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: reqwest::header::HeaderMap,
    /// JSON body; `null` if it is none.
    pub body: Value,
}

impl Answer {
    /// A text field of the body.
    ///
    /// # Panics
    /// If there is none.
    pub fn text(&self, field: &str) -> &str {
        self.body
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {field} in {} {}", self.status, self.body))
    }

    /// The answer, if it is a success.
    ///
    /// # Panics
    /// If it is not.
    #[expect(clippy::return_self_not_must_use, reason = "checking is the point")]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks for an error.
    ///
    /// # Panics
    /// If status or `errcode` differ.
    pub fn fails(&self, status: u16, errcode: &str) {
        let found = (self.status, self.body.get("errcode").and_then(Value::as_str));
        assert_eq!(found, (status, Some(errcode)), "{}", self.body);
    }
}

impl Person {
    /// A request with this person's token and host.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("host", &self.host);
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// Calls another organisation from now on, with the same token.
    pub fn set_host(&mut self, host: &str) {
        host.clone_into(&mut self.host);
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        request(self.request(Method::GET, path)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        request(self.request(Method::DELETE, path)).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        request(self.request(Method::PUT, path).json(&body)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        request(self.request(Method::POST, path).json(&body)).await
    }

    /// POST or PUT with any body.
    pub async fn send_bytes(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        request(self.request(method, path).body(body)).await
    }

    /// Creates a room; answers its id.
    pub async fn create_room(&self, body: Value) -> String {
        let answer = self.post("/_matrix/client/v3/createRoom", body).await.ok();
        answer.text("room_id").to_owned()
    }

    /// Sends a text message; answers its event id.
    pub async fn send(&self, room: &str, text: &str) -> String {
        let content = json!({ "msgtype": "m.text", "body": text });
        self.send_event(room, "m.room.message", content).await.ok().text("event_id").to_owned()
    }

    /// Sends an event under a new transaction id.
    pub async fn send_event(&self, room: &str, kind: &str, content: Value) -> Answer {
        let txn = TXN.fetch_add(1, Ordering::Relaxed);
        let path = format!("/_matrix/client/v3/rooms/{room}/send/{kind}/txn{txn}");
        self.put(&path, content).await
    }

    /// Invites somebody.
    pub async fn invite(&self, room: &str, other: &Self) {
        let path = format!("/_matrix/client/v3/rooms/{room}/invite");
        self.post(&path, json!({ "user_id": other.user_id })).await.ok();
    }

    /// Joins a room by id or alias.
    pub async fn join(&self, room: &str) {
        let room = room.replace('#', "%23");
        self.post(&format!("/_matrix/client/v3/join/{room}"), json!({})).await.ok();
    }

    /// A `/sync` that does not wait; `since` as answered before, or empty.
    pub async fn sync(&self, since: &str) -> Value {
        self.sync_with(&[("since", since)]).await
    }

    /// A `/sync` with query parameters; empty ones are left out.
    pub async fn sync_with(&self, query: &[(&str, &str)]) -> Value {
        let query: Vec<_> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
        let path = "/_matrix/client/v3/sync";
        request(self.request(Method::GET, path).query(&query)).await.ok().body
    }
}

pub(crate) async fn request(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.expect("the answer arrives");
    Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
}
