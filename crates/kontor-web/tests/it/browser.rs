//! A browser without script: keeps cookies, reads forms, follows nothing by itself.

use std::collections::BTreeMap;

use kontor_testkit::{TestServer, http};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// What came back.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) html: String,
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The token of the forms on the page.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.html.split_once("name=\"form_token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn shows(&self, text: &str) {
        assert!(self.html.contains(text), "no {text} in {} {}", self.status, self.html);
    }
}

pub(crate) struct Browser {
    base: String,
    pub(crate) host: String,
    http: Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(server: &TestServer) -> Self {
        let http = http().redirect(Policy::none()).build().unwrap();
        let cookies = BTreeMap::new();
        Self { base: server.base(), host: "one.example".to_owned(), http, cookies }
    }

    /// Signed in as `name`.
    pub(crate) async fn signed_in(server: &TestServer, name: &str) -> Self {
        let mut browser = Self::new(server);
        let shown = browser.sign_in(name, PASSWORD).await;
        assert_eq!(shown.status, 303, "{}", shown.html);
        browser
    }

    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Shown {
        self.fill("/account/login", &[("name", name), ("password", password)]).await
    }

    /// Opens the page at `path` and sends its form.
    pub(crate) async fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let token = self.get(path).await.token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.post_from(path, fields, &[]).await
    }

    /// As [`Self::post`], with further headers.
    pub(crate) async fn post_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Shown {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        if headers.is_empty() {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Shown {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("host", &self.host).header("cookie", cookies.join("; "));
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for set in headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Shown { status, headers, html: answer.text().await.unwrap() }
    }
}
