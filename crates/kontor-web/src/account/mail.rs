//! One's mail address: giving it, confirming it, taking it back.

use askama::Template;
use kontor_core::{Error, Kind};

use super::reset::{nothing_behind, token_of};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, complaint, link_over, show_again};

#[derive(Template)]
#[template(path = "account/mail.html")]
struct Mail {
    page: Page,
    /// The confirmed address.
    address: Option<String>,
    /// One that waits to be confirmed.
    pending: Option<String>,
    /// As typed.
    typed: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "account/mail_confirm.html")]
struct Confirm {
    page: Page,
    /// The page itself, where the form goes.
    here: String,
    /// Her address, if it is confirmed and the link confirms nothing any more.
    confirmed: Option<String>,
}

/// `GET /account/mail`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&looked_at(&visit, None).await?))
}

/// `POST /account/mail`
pub(super) async fn change(visit: Visit) -> Shown {
    let (session, _) = visit.person()?;
    let identity = &visit.tenant.identity;
    let done = if visit.form.has("remove") {
        identity.remove_mail_address(&visit.cx, session).await
    } else {
        identity.set_mail_address(&visit.cx, session, visit.form.text("address")).await
    };
    match done {
        Ok(()) => Err(Leave::Done("/account/mail".to_owned(), "layout-done")),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Limited) => {
            let wrong = complaint(visit.texts, &error, "mail-wrong");
            Ok(show_again(&looked_at(&visit, Some(wrong)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/mail/{token}`
///
/// Only a button confirms: programs that look at links in mails do not press it.
pub(super) async fn ask(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    if !visit.tenant.identity.confirms_mail_address(&cx, token_of(&visit)).await? {
        return used(&visit, nothing_behind()).await;
    }
    Ok(page::show(&question(&visit, None)))
}

/// `POST /account/mail/{token}`
pub(super) async fn confirm(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    if let Err(error) = visit.tenant.identity.confirm_mail_address(&cx, token_of(&visit)).await {
        return used(&visit, error).await;
    }
    Err(Leave::Done("/account/mail".to_owned(), "mail-confirmed-now"))
}

/// The link confirms nothing: because her address is confirmed, or for another reason.
async fn used(visit: &Visit, error: Error) -> Shown {
    let (_, cx) = visit.person()?;
    let held = visit.tenant.identity.mail_address(&cx).await?.unwrap_or_default();
    match held.address.filter(|_| held.pending.is_none() && error.kind == Kind::Gone) {
        Some(address) => Ok(page::show_gone(&question(visit, Some(address)))),
        None => link_over(visit, error),
    }
}

fn question(visit: &Visit, confirmed: Option<String>) -> Confirm {
    let title = if confirmed.is_some() { "mail-title" } else { "mail-confirm-title" };
    Confirm { page: Page::new(visit, title), here: visit.uri.path().to_owned(), confirmed }
}

async fn looked_at(visit: &Visit, wrong: Option<String>) -> Result<Mail, Leave> {
    let (_, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    if !identity.sends_mail() {
        return Err(Error::not_found("No mails are sent here.").into());
    }
    let held = identity.mail_address(&cx).await?.unwrap_or_default();
    Ok(Mail {
        page: Page::new(visit, "mail-title"),
        address: held.address,
        pending: held.pending,
        typed: visit.typed("address").to_owned(),
        wrong,
    })
}
