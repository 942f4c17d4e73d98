//! Closing one's account.

use askama::Template;
use kontor_core::MatrixCode;
use kontor_identity::{BrowserSession, CriticalAct};

use crate::cookie;
use crate::frame::{Shown, Visit, redirect_with};
use crate::page::{self, Page, show_again};

#[derive(Template)]
#[template(path = "account/close.html")]
struct Close {
    page: Page,
    user_id: String,
    /// As typed.
    typed: String,
    wrong: Option<String>,
}

/// `GET /account/close`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    // Asked for before the decision, not after it.
    visit.tenant.identity.step_up(&cx, CriticalAct::CloseAccount, None).await?;
    Ok(page::show(&form(&visit, session, None)))
}

/// `POST /account/close`
pub(super) async fn close(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    visit.tenant.identity.step_up(&cx, CriticalAct::CloseAccount, None).await?;
    let again = |wrong: &str| Ok(show_again(&form(&visit, session, Some(visit.texts.get(wrong)))));
    if visit.form.text("user_id").trim() != session.user_id {
        return again("close-wrong");
    }
    match visit.tenant.close_account(&cx).await {
        Err(error) if error.code == Some(MatrixCode::ForbiddenRoles) => return again("close-last"),
        done => done?,
    }
    Ok(redirect_with("/account/login", cookie::set_session("", visit.is_secure)))
}

fn form(visit: &Visit, session: &BrowserSession, wrong: Option<String>) -> Close {
    Close {
        page: Page::new(visit, "close-title"),
        user_id: session.user_id.to_string(),
        typed: visit.typed("user_id").to_owned(),
        wrong,
    }
}
