//! Requests as a script would send them, for what the SDK hides.

use anyhow::{Result, ensure};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// An HTTP client for one server, with or without an access token.
#[derive(Clone)]
pub(crate) struct Http {
    url: String,
    token: Option<String>,
    client: reqwest::Client,
}

impl Http {
    pub(crate) fn new(url: String, token: Option<String>) -> Self {
        Self { url, token, client: reqwest::Client::new() }
    }

    /// The same server with another token, or none.
    pub(crate) fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// Sends a request; `path` starts below `/_matrix/`, or is absolute if it starts with `/`.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Response> {
        let mut request = self.client.request(method, self.address(path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Ok(request.send().await?)
    }

    /// A GET with a `Range` header.
    pub(crate) async fn get_range(&self, path: &str, range: &str) -> Result<Response> {
        let mut request = self.client.get(self.address(path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Ok(request.header("Range", range).send().await?)
    }

    /// Status and JSON of the answer.
    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value)> {
        let answer = self.send(method, path, body).await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }

    /// The JSON of a successful answer.
    pub(crate) async fn ok(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value> {
        let (status, answer) = self.json(method, path, body).await?;
        ensure!(status == 200, "{path}: {status} {answer}");
        Ok(answer)
    }

    /// Checks that the server refuses, with this status and code.
    pub(crate) async fn refuses(
        &self,
        (method, path, body): (Method, &str, Option<Value>),
        status: u16,
        code: &str,
    ) -> Result<()> {
        let answer = self.json(method, path, body).await?;
        ensure!(
            answer.0 == status && answer.1["errcode"] == json!(code),
            "{path}: wanted {status} {code}, got {} {}",
            answer.0,
            answer.1
        );
        Ok(())
    }

    fn address(&self, path: &str) -> String {
        match path.strip_prefix('/') {
            Some(absolute) => format!("{}/{absolute}", self.url),
            None => format!("{}/_matrix/{path}", self.url),
        }
    }
}
