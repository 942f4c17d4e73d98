//! Accepting an invitation: a name, a password or a passkey, and what is done with one's data.

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, Kind, MatrixCode};
use kontor_identity::{Acceptance, Stage};

use super::reset::{nothing_behind, token_of};
use crate::form::CHAT;
use crate::frame::{Shown, Visit, next_query};
use crate::page::{
    self, Page, complaint, link_over, password_complaint, password_hint, show_again,
};

/// Version of the privacy notice in `texts/`, kept with the time of acceptance. To be raised when the
/// notice changes.
const NOTICE_VERSION: &str = "1";

#[derive(Template)]
#[template(path = "account/invitation.html")]
struct InvitationPage {
    page: Page,
    organisation: String,
    /// The page itself, where the form goes.
    here: String,
    username: String,
    display_name: String,
    /// She is invited by a name.
    is_named: bool,
    /// She will be a guest.
    is_guest: bool,
    /// What is asked of a password.
    password_hint: String,
    /// She has said that she has read the notice.
    has_read: bool,
    wrong: Wrong,
}

/// What is wrong, by field.
#[derive(Default)]
struct Wrong {
    username: Option<String>,
    display_name: Option<String>,
    password: Option<String>,
    notice: Option<String>,
    /// Whatever else.
    other: Option<String>,
}

/// `GET /account/invitation/{token}`
pub(super) async fn show(visit: Visit) -> Shown {
    show_page(&visit, Wrong::default(), page::show).await
}

/// `POST /account/invitation/{token}`
pub(super) async fn accept(mut visit: Visit) -> Shown {
    let password = visit.form.take_secret("password");
    let text = |name: &str| Some(visit.form.text(name).trim().to_owned());
    let filled = |name: &str| text(name).filter(|value| !value.is_empty());
    if !visit.form.has("notice") {
        let notice = Some(visit.texts.get("invitation-notice-missing"));
        let wrong = Wrong { notice, ..Wrong::default() };
        return show_page(&visit, wrong, show_again).await;
    }
    let answer = Acceptance {
        username: filled("username"),
        display_name: filled("display_name"),
        password: Some(password).filter(|password| !password.expose().is_empty()),
        notice_version: NOTICE_VERSION.to_owned(),
    };
    let without_password = answer.password.is_none();
    let identity = &visit.tenant.identity;
    match identity.accept_invitation(&visit.cx, token_of(&visit), answer).await {
        // Whoever has no password needs something else to come back with; who must have more than a
        // password is led there anyway. Then to her rooms.
        Ok(sign_in) if without_password && sign_in.stage == Stage::Complete => {
            let enrol = format!("/account/enrol?{}", next_query(CHAT));
            Ok(visit.signed_in(&sign_in, &enrol))
        }
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, CHAT)),
        Err(error) if error.kind == Kind::Gone => link_over(&visit, error),
        Err(error) => {
            let wrong = wrong_of(&visit, error)?;
            show_page(&visit, wrong, show_again).await
        }
    }
}

fn wrong_of(visit: &Visit, error: Error) -> Result<Wrong, Error> {
    let field = error.fields.get("field").and_then(|field| field.as_str()).unwrap_or_default();
    let text = |id: &str| Some(visit.texts.get(id));
    let wrong = Wrong::default();
    match (error.kind, field) {
        (Kind::Conflict, _) => Ok(Wrong { username: text("invitation-name-taken"), ..wrong }),
        (Kind::Invalid, "password") => {
            let password = Some(password_complaint(visit.texts, &error));
            Ok(Wrong { password, ..wrong })
        }
        (Kind::Invalid, "display_name") if error.code == Some(MatrixCode::MissingParam) => {
            Ok(Wrong { display_name: text("invitation-display-name-missing"), ..wrong })
        }
        (Kind::Invalid, "display_name") => {
            Ok(Wrong { display_name: text("invitation-display-name-wrong"), ..wrong })
        }
        (Kind::Invalid, _) => Ok(Wrong { username: text("invitation-name-wrong"), ..wrong }),
        (Kind::Limited, _) => {
            let other = Some(complaint(visit.texts, &error, "error-limited"));
            Ok(Wrong { other, ..wrong })
        }
        _ => Err(error),
    }
}

async fn show_page(visit: &Visit, wrong: Wrong, show: fn(&InvitationPage) -> Response) -> Shown {
    let found = visit.tenant.identity.look_at_invitation(&visit.cx, token_of(visit)).await?;
    let Some(invitation) = found else { return link_over(visit, nothing_behind()) };
    let is_named = invitation.display_name.as_ref().is_some_and(|name| !name.trim().is_empty());
    let typed = |name: &str, proposed: Option<String>| {
        if visit.form.has(name) {
            visit.form.text(name).to_owned()
        } else {
            proposed.unwrap_or_default()
        }
    };
    let rules = visit.tenant.identity.first_password_rules();
    Ok(show(&InvitationPage {
        page: Page::new(visit, "invitation-title"),
        organisation: visit.tenant.server_name.to_string(),
        here: visit.uri.path().to_owned(),
        username: typed("username", invitation.username),
        display_name: typed("display_name", invitation.display_name),
        is_named,
        is_guest: invitation.guest,
        password_hint: password_hint(visit.texts, rules),
        has_read: visit.form.has("notice"),
        wrong,
    }))
}
