//! Chapter 11: signing in to an app by OAuth 2.0, through the pages a person sees.

use anyhow::{Context, Result, bail, ensure};
use matrix_sdk::Client;
use matrix_sdk::authentication::oauth::ClientRegistrationData;
use matrix_sdk::authentication::oauth::registration::{
    ApplicationType, ClientMetadata, Localized, OAuthGrantType,
};
use matrix_sdk::config::SyncSettings;
use matrix_sdk::encryption::CrossSigningResetAuthType;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::utils::UrlOrQuery;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};

use crate::device::blank_client;
use crate::http::Http;
use crate::party::Party;
use crate::server::Server;
use crate::walk::Walk;

/// Where the app waits for the answer; nobody listens there.
const REDIRECT: &str = "http://127.0.0.1/signed-in";

pub(crate) async fn chapter(walk: &Walk, server: &Server, party: &Party) -> Result<()> {
    let bob = &party.bob;
    let app = blank_client(&server.url()).await?;
    let page = walk
        .step("an app discovers how to sign in, registers, and knows where to send Bob", async {
            let metadata = app.oauth().server_metadata().await?;
            ensure!(metadata.issuer.as_str() == format!("{}/", server.url()), "{metadata:?}");
            let login = app.oauth().login(
                REDIRECT.parse()?,
                None,
                Some(ClientRegistrationData::from(description()?)),
                None,
            );
            Ok(login.build().await?.url)
        })
        .await?;
    let answer = walk
        .step("Bob signs in on the page and agrees", async {
            let user = bob.user();
            Browser::new(server)?.agree(page, user.localpart(), &bob.password).await
        })
        .await?;
    walk.step("the app gets tokens and syncs as Bob", async {
        app.oauth().finish_login(UrlOrQuery::Url(answer.clone())).await?;
        ensure!(app.whoami().await?.user_id == bob.user(), "somebody else");
        let rooms = app.sync_once(SyncSettings::new()).await?.rooms.joined.len();
        ensure!(rooms > 0, "no rooms");
        Ok(())
    })
    .await?;
    walk.step("its tokens are refreshed, and the old one is spent", async {
        let old = token(&app)?;
        app.oauth().refresh_access_token().await?;
        app.whoami().await?;
        ensure!(token(&app)? != old, "the same token");
        Ok(())
    })
    .await?;
    walk.step("the app replaces Bob's keys only after he has allowed it on the page", async {
        let reset = app.encryption().reset_cross_signing().await?.context("nobody was asked")?;
        let CrossSigningResetAuthType::OAuth(page) = reset.auth_type() else {
            bail!("the app asks for Bob's password");
        };
        let page: Url = page.approval_url.as_str().parse()?;
        ensure!(page.as_str().starts_with(&server.url()), "{page}");
        let user = bob.user();
        let allow = async {
            Browser::new(server)?.allow_replacing(page, user.localpart(), &bob.password).await
        };
        let (replaced, allowed) = tokio::join!(reset.auth(None), allow);
        allowed?;
        replaced?;
        Ok(())
    })
    .await?;
    walk.step("signing out of the app ends its device, and Bob's others go on", async {
        let old = token(&app)?;
        // The SDK gives tokens back by TLS only, which this server does not speak.
        let id = app.oauth().client_id().context("no client id")?.as_str().to_owned();
        let fields = [("client_id", &*id), ("token", &*old)];
        let answer = Browser::new(server)?.post("/oauth2/revoke", &fields).await?;
        ensure!(answer.status() == StatusCode::OK, "{}", answer.status());
        let gone = Http::new(server.url(), Some(old));
        let whoami = (Method::GET, "client/v3/account/whoami", None);
        gone.refuses(whoami, 401, "M_UNKNOWN_TOKEN").await?;
        bob.client.whoami().await?;
        Ok(())
    })
    .await
}

fn description() -> Result<Raw<ClientMetadata>> {
    let grants = vec![
        OAuthGrantType::AuthorizationCode { redirect_uris: vec![REDIRECT.parse()?] },
        OAuthGrantType::DeviceCode,
    ];
    let home = Localized::new("https://walk.example/".parse()?, None);
    Ok(Raw::new(&ClientMetadata::new(ApplicationType::Native, grants, home))?)
}

fn token(app: &Client) -> Result<String> {
    app.access_token().context("no access token")
}

/// What Bob's browser does, as far as forms and cookies go.
struct Browser {
    http: reqwest::Client,
    base: Url,
    cookie: String,
}

impl Browser {
    fn new(server: &Server) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
        Ok(Self { http, base: server.url().parse()?, cookie: String::new() })
    }

    /// From the page of the app to where it is sent with the answer.
    async fn agree(mut self, page: Url, name: &str, password: &str) -> Result<Url> {
        let login = target(&self.get(page).await?)?;
        ensure!(login.starts_with("/account/login"), "{login}");
        let login = self.base.join(&login)?;
        let next = login.query_pairs().find(|(name, _)| name == "next").context("no next")?;
        let fields = [("name", name), ("password", password), ("next", &next.1)];
        let signed_in = self.post("/account/login", &fields).await?;
        let consent = self.base.join(&target(&signed_in)?)?;
        let html = self.get(consent).await?.text().await?;
        let token = value_of(&html, "form_token")?;
        let request = value_of(&html, "request")?;
        let fields = [("form_token", &*token), ("request", &*request), ("allow", "yes")];
        Ok(target(&self.post("/oauth2/authorize", &fields).await?)?.parse()?)
    }

    /// From the page the app names to the one that says it is allowed.
    async fn allow_replacing(mut self, page: Url, name: &str, password: &str) -> Result<()> {
        let fields = [("name", name), ("password", password), ("next", "/account/")];
        self.post("/account/login", &fields).await?;
        let keys = self.base.join(&target(&self.get(page).await?)?)?;
        ensure!(keys.path() == "/account/keys", "{keys}");
        let html = self.get(keys).await?.text().await?;
        let token = value_of(&html, "form_token")?;
        let allowed = self.post("/account/keys", &[("form_token", &*token)]).await?;
        ensure!(allowed.status() == StatusCode::OK, "{}", allowed.status());
        Ok(())
    }

    async fn get(&self, page: Url) -> Result<Response> {
        Ok(self.http.get(page).header(COOKIE, &self.cookie).send().await?)
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Response> {
        let origin = self.base.origin().ascii_serialization();
        let answer = self
            .http
            .post(self.base.join(path)?)
            .header(COOKIE, &self.cookie)
            .header(ORIGIN, origin)
            .form(fields)
            .send()
            .await?;
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str()?;
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        Ok(answer)
    }
}

/// Where an answer sends the browser.
fn target(answer: &Response) -> Result<String> {
    ensure!(answer.status() == StatusCode::SEE_OTHER, "{}", answer.status());
    Ok(answer.headers().get(LOCATION).context("no Location")?.to_str()?.to_owned())
}

/// The value of a hidden field.
fn value_of(html: &str, name: &str) -> Result<String> {
    let Some((_, rest)) = html.split_once(&format!(r#"name="{name}" value=""#)) else {
        bail!("no field {name}");
    };
    let (value, _) = rest.split_once('"').context("no end")?;
    Ok(value.replace("&#38;", "&").replace("&amp;", "&"))
}
