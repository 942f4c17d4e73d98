//! A browser for tests: keeps the cookie.

use kontor_core::{Result, Secret};
use kontor_identity::{BrowserSession, BrowserSignIn, Stage};

use crate::authenticator::Authenticator;
use crate::company::{Company, secret};
use crate::one_time_code::app_code;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody at a browser.
pub(crate) struct Browser<'c> {
    pub(crate) company: &'c Company,
    pub(crate) cookie: Secret<String>,
    pub(crate) stage: Stage,
}

impl<'c> Browser<'c> {
    /// Signed in as `name` by password, as far as that leads.
    pub(crate) async fn open(company: &'c Company, name: &str) -> Self {
        let signed_in =
            company.identity.sign_in_with_password(&company.cx(), name, secret(PASSWORD)).await;
        Self::with(company, signed_in.unwrap())
    }

    pub(crate) fn with(company: &'c Company, signed_in: BrowserSignIn) -> Self {
        Self { company, cookie: signed_in.secret, stage: signed_in.stage }
    }

    pub(crate) async fn session(&self) -> BrowserSession {
        let cookie = self.cookie.expose();
        let held = self.company.identity.browser_session(&self.company.cx(), cookie).await;
        held.unwrap().unwrap()
    }

    pub(crate) fn take(&mut self, signed_in: Result<BrowserSignIn>) -> Result<Stage> {
        let signed_in = signed_in?;
        (self.cookie, self.stage) = (signed_in.secret, signed_in.stage);
        Ok(self.stage)
    }

    /// Sets up an authenticator app; answers its secret.
    pub(crate) async fn enrol_totp(&mut self) -> Vec<u8> {
        let (identity, cx) = (&self.company.identity, self.company.cx());
        let session = self.session().await;
        let begun = identity.begin_totp(&cx, &session).await.unwrap();
        let app = crate::one_time_code::decoded(begun.secret.expose());
        let code = app_code(&app, cx.now);
        let finish = (begun.ceremony.as_str(), code.as_str());
        let done = identity.finish_totp(&cx, &session, finish).await;
        self.take(done).unwrap();
        app
    }

    /// Shows a code.
    pub(crate) async fn show_code(&mut self, code: &str) -> Result<Stage> {
        let session = self.session().await;
        let cx = self.company.cx();
        let shown = self.company.identity.confirm_with_totp(&cx, &session, code).await;
        self.take(shown)
    }

    /// Sets up a passkey.
    pub(crate) async fn enrol_passkey(&mut self, key: &mut Authenticator) -> Result<Stage> {
        let (identity, cx) = (&self.company.identity, self.company.cx());
        let session = self.session().await;
        let asked = identity.begin_passkey(&cx, &session).await?;
        let answer = key.create(&asked.options);
        let about = (asked.ceremony.as_str(), "Phone");
        let done = identity.finish_passkey(&cx, &session, about, answer).await;
        self.take(done)
    }

    /// Shows one of one's passkeys.
    pub(crate) async fn show_passkey(&mut self, key: &mut Authenticator) -> Result<Stage> {
        let (identity, cx) = (&self.company.identity, self.company.cx());
        let session = self.session().await;
        let asked = identity.begin_passkey_confirmation(&cx, &session).await?;
        let answer = key.get(&asked.options);
        let done = identity.confirm_with_passkey(&cx, &session, &asked.ceremony, answer).await;
        self.take(done)
    }
}
