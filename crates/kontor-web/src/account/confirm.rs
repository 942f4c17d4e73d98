//! Showing who one is: the second step of signing in, and again before critical acts. law: R-045

use askama::Template;
use axum::response::Response;
use kontor_core::Error;
use kontor_identity::Stage;

use crate::form::next_of;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page, refusal, show_again};
use crate::passkey::Asked;

#[derive(Template)]
#[template(path = "account/confirm.html")]
struct Confirm {
    page: Page,
    next: String,
    wrong: Option<String>,
    /// It was the recovery code.
    wrong_recovery: bool,
    /// Where forms go: the page itself.
    here: String,
    passkey: Option<Asked>,
    has_totp: bool,
    has_codes: bool,
    /// What she signs in with, if her password will do because she has signed in already and has
    /// nothing better.
    by_password: Option<String>,
}

/// `GET /account/second-factor`, `GET /account/confirm`
pub(super) async fn show(visit: Visit) -> Shown {
    show_page(&visit, None, page::show).await
}

/// `POST /account/second-factor`, `POST /account/confirm`
pub(super) async fn check(mut visit: Visit) -> Shown {
    let password = visit.form.take_secret("password");
    let session = visit.newcomer()?;
    let (identity, cx) = (&visit.tenant.identity, &visit.cx);
    let code = visit.form.text("code").trim();
    let shown = match visit.form.text("way") {
        "passkey" => {
            let (ceremony, answer) = (visit.form.text("ceremony"), Asked::answer(&visit)?);
            identity.confirm_with_passkey(cx, session, ceremony, answer).await
        }
        "recovery" => identity.confirm_with_recovery_code(cx, session, code).await,
        "password" if session.stage == Stage::Complete => {
            identity.confirm_with_password(cx, session, password).await
        }
        "totp" => identity.confirm_with_totp(cx, session, code).await,
        _ => Err(Error::forbidden("Unknown way.")),
    };
    match shown {
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, visit.form.text("next"))),
        Err(error) => {
            let text = match visit.form.text("way") {
                "recovery" => "confirm-recovery-wrong",
                "password" => "confirm-password-wrong",
                _ => "confirm-wrong",
            };
            let wrong = refusal(&visit, error, text)?;
            show_page(&visit, Some(wrong), show_again).await
        }
    }
}

async fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Confirm) -> Response) -> Shown {
    let session = visit.newcomer()?;
    let (identity, cx) = (&visit.tenant.identity, &visit.cx);
    let factors = identity.second_factors(cx, session).await?;
    let passkey = match factors.passkeys.is_empty() {
        true => None,
        false => Some(Asked::of(identity.begin_passkey_confirmation(cx, session).await?)),
    };
    let none = passkey.is_none() && factors.totp.is_none();
    let by_password = match none && session.stage == Stage::Complete {
        true => Some(identity.sign_in_name(&visit.person()?.1).await?),
        false => None,
    };
    Ok(show(&Confirm {
        page: Page::new(visit, "confirm-title"),
        next: next_of(visit.form.text("next")).to_owned(),
        wrong_recovery: wrong.is_some() && visit.form.text("way") == "recovery",
        wrong,
        here: visit.uri.path().to_owned(),
        passkey,
        has_totp: factors.totp.is_some(),
        has_codes: factors.recovery_codes_left > 0,
        by_password,
    }))
}
