//! Signing in and out.

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, Kind};

use crate::cookie;
use crate::form::next_of;
use crate::frame::{Leave, Shown, Visit, redirect_with};
use crate::page::{self, Page, complaint, show_again};

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
}

/// `GET /account/login`
pub(super) async fn show(visit: Visit) -> Shown {
    if visit.person().is_ok() {
        return Err(Leave::To(next_of(visit.form.text("next")).to_owned()));
    }
    Ok(show_page(&visit, None, page::show))
}

/// `POST /account/login`
pub(super) async fn sign_in(mut visit: Visit) -> Shown {
    let name = visit.form.text("name").trim().to_owned();
    let password = visit.form.take_secret("password");
    if name.is_empty() || password.expose().is_empty() {
        let wrong = visit.texts.get("login-empty");
        return Ok(show_page(&visit, Some(wrong), show_again));
    }
    match visit.tenant.identity.sign_in_with_password(&visit.cx, &name, password).await {
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, visit.form.text("next"))),
        Err(error) => retry(&visit, error),
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
    match error.kind {
        Kind::Forbidden | Kind::Limited | Kind::Invalid => {
            let wrong = complaint(visit.texts, &error, "login-wrong");
            Ok(show_page(visit, Some(wrong), show_again))
        }
        _ => Err(error.into()),
    }
}

fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Login) -> Response) -> Response {
    show(&Login {
        page: Page::new(visit, "login-title"),
        name: visit.form.text("name").trim().to_owned(),
        next: next_of(visit.form.text("next")).to_owned(),
        wrong,
    })
}
