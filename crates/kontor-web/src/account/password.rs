//! Changing one's password.

use askama::Template;
use kontor_core::{Error, Kind};

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, complaint, password_complaint, password_hint, show_again};
use crate::sent::Sent;

#[derive(Template)]
#[template(path = "account/password.html")]
struct Password {
    page: Page,
    /// For password managers.
    sign_in_name: String,
    /// What is asked of the new one.
    hint: String,
    /// What is wrong with the old one.
    old_wrong: Option<String>,
    /// What is wrong with the new one.
    new_wrong: Option<String>,
}

/// `GET /account/password`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&form(&visit, None, None).await?))
}

/// `POST /account/password`
pub(super) async fn change(mut visit: Visit) -> Shown {
    let old = visit.form.take_secret("old");
    let new = visit.form.take_secret("new");
    let again = visit.form.take_secret("again");
    if new.expose() != again.expose() {
        let wrong = visit.texts.get("password-differs");
        return Ok(show_again(&form(&visit, None, Some(wrong)).await?));
    }
    let sign_out = visit.form.has("sign_out");
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    match identity.change_password_in_browser(&cx, session, (old, new), sign_out).await {
        Ok(sign_in) => {
            if let Some(sent) = Sent::of(&visit) {
                sent.done("/account/", "password-changed");
            }
            Ok(visit.signed_in(&sign_in, "/account/"))
        }
        Err(error) => retry(&visit, error).await,
    }
}

async fn retry(visit: &Visit, error: Error) -> Shown {
    let is_weak = error.fields.get("field").is_some_and(|field| field == "password");
    match error.kind {
        Kind::Invalid if is_weak => {
            let wrong = password_complaint(visit.texts, &error);
            Ok(show_again(&form(visit, None, Some(wrong)).await?))
        }
        Kind::Forbidden | Kind::Limited => {
            let wrong = complaint(visit.texts, &error, "password-old-wrong");
            Ok(show_again(&form(visit, Some(wrong), None).await?))
        }
        _ => Err(error.into()),
    }
}

async fn form(
    visit: &Visit,
    old_wrong: Option<String>,
    new_wrong: Option<String>,
) -> Result<Password, Leave> {
    let (_, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    let sign_in_name = identity.sign_in_name(&cx).await?;
    let hint = password_hint(visit.texts, identity.own_password_rules(&cx).await?);
    let page = Page::new(visit, "password-title");
    Ok(Password { page, sign_in_name, hint, old_wrong, new_wrong })
}
