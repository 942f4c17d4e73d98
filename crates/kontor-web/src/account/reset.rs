//! A new password by a link that an administrator made.

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, Kind, MatrixCode};

use crate::frame::{Shown, Visit};
use crate::page::{
    self, Page, complaint, link_over, password_complaint, password_hint, show_again,
};

#[derive(Template)]
#[template(path = "account/reset.html")]
struct Reset {
    page: Page,
    /// Whose password, as she signs in.
    user: String,
    /// The page itself, where the form goes.
    here: String,
    /// What is asked of the password.
    hint: String,
    wrong: Option<String>,
}

/// `GET /account/reset/{token}`
pub(super) async fn show(visit: Visit) -> Shown {
    show_page(&visit, None, page::show).await
}

/// `POST /account/reset/{token}`
pub(super) async fn set(mut visit: Visit) -> Shown {
    let (new, again) = (visit.form.take_secret("new"), visit.form.take_secret("again"));
    if new.expose() != again.expose() {
        let wrong = visit.texts.get("password-differs");
        return show_page(&visit, Some(wrong), show_again).await;
    }
    match visit.tenant.identity.use_reset_link(&visit.cx, token_of(&visit), new).await {
        Ok(sign_in) => Ok(visit.signed_in(&sign_in, "/account/")),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Limited) => {
            let wrong = match error.kind {
                Kind::Invalid => password_complaint(visit.texts, &error),
                _ => complaint(visit.texts, &error, "password-weak"),
            };
            show_page(&visit, Some(wrong), show_again).await
        }
        Err(error) => link_over(&visit, error),
    }
}

async fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Reset) -> Response) -> Shown {
    let found = visit.tenant.identity.look_at_reset_link(&visit.cx, token_of(visit)).await?;
    let Some((user, rules)) = found else { return link_over(visit, nothing_behind()) };
    Ok(show(&Reset {
        page: Page::new(visit, "reset-title"),
        user,
        here: visit.uri.path().to_owned(),
        hint: password_hint(visit.texts, rules),
        wrong,
    }))
}

/// The link opens nothing.
pub(super) fn nothing_behind() -> Error {
    Error::gone(MatrixCode::Expired, "This link opens nothing.")
}

/// The end of the address.
pub(super) fn token_of(visit: &Visit) -> &str {
    visit.uri.path().rsplit('/').next().unwrap_or_default()
}
