//! Signing in and out.

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, MatrixCode};

use crate::cookie;
use crate::form::next_of;
use crate::frame::{Leave, Shown, Visit, redirect_with};
use crate::page::{self, Page, refusal, show_again};
use crate::passkey::Asked;

#[derive(Template)]
#[template(path = "account/login.html")]
struct Login {
    page: Page,
    /// As typed.
    name: String,
    /// Where to go on.
    next: String,
    /// What is wrong, if anything.
    wrong: Option<String>,
    passkey: Asked,
    /// Whether a forgotten password can be replaced by mail.
    by_mail: bool,
}

/// `GET /account/login`
pub(super) async fn show(visit: Visit) -> Shown {
    if visit.person().is_ok() {
        return Err(Leave::To(next_of(visit.form.text("next")).to_owned()));
    }
    show_page(&visit, None, page::show)
}

/// `POST /account/login`
pub(super) async fn sign_in(mut visit: Visit) -> Shown {
    let name = visit.form.text("name").trim().to_owned();
    let password = visit.form.take_secret("password");
    if name.is_empty() || password.expose().is_empty() {
        let wrong = visit.texts.get("login-empty");
        return show_page(&visit, Some(wrong), show_again);
    }
    match visit.tenant.identity.sign_in_with_password(&visit.cx, &name, password).await {
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, visit.form.text("next"))),
        Err(error) => retry(&visit, error),
    }
}

/// `POST /account/login/passkey`
pub(super) async fn sign_in_with_passkey(visit: Visit) -> Shown {
    let answer = Asked::answer(&visit)?;
    let ceremony = visit.form.text("ceremony");
    match visit.tenant.identity.finish_passkey_sign_in(&visit.cx, ceremony, answer).await {
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, visit.form.text("next"))),
        Err(error) => {
            let is_locked = error.code == Some(MatrixCode::UserLocked);
            let otherwise = if is_locked { "login-locked" } else { "passkey-wrong" };
            let wrong = refusal(&visit, error, otherwise)?;
            show_page(&visit, Some(wrong), show_again)
        }
    }
}

/// `POST /account/logout`
pub(super) async fn sign_out(visit: Visit) -> Shown {
    if let Some(session) = &visit.session {
        visit.tenant.identity.end_browser_session(&visit.cx, session).await?;
    }
    Ok(redirect_with("/account/login", cookie::set_session("", visit.is_secure)))
}

fn retry(visit: &Visit, error: Error) -> Shown {
    // Said only to whoever has shown the right password.
    let is_locked = error.code == Some(MatrixCode::UserLocked);
    let otherwise = if is_locked { "login-locked" } else { "login-wrong" };
    let wrong = refusal(visit, error, otherwise)?;
    show_page(visit, Some(wrong), show_again)
}

fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Login) -> Response) -> Shown {
    Ok(show(&Login {
        page: Page::new(visit, "login-title"),
        name: visit.form.text("name").trim().to_owned(),
        next: next_of(visit.form.text("next")).to_owned(),
        wrong,
        by_mail: visit.tenant.identity.sends_mail(),
        passkey: Asked::of(visit.tenant.identity.begin_passkey_sign_in(&visit.cx)?),
    }))
}
