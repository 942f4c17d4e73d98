//! Allowing a program to replace the keys others trust one by (spec: `m.oauth`).

use askama::Template;
use kontor_identity::CriticalAct;

use crate::frame::{Shown, Visit};
use crate::page::{self, Page};

#[derive(Template)]
#[template(path = "account/keys.html")]
struct Keys {
    page: Page,
    /// It has just been allowed.
    allowed: bool,
}

/// `GET /account/keys`
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    // Asked for before the decision, not after it.
    visit.tenant.identity.step_up(&cx, CriticalAct::ReplaceKeys, None).await?;
    Ok(page::show(&Keys { page: Page::new(&visit, "keys-title"), allowed: false }))
}

/// `POST /account/keys`
pub(super) async fn allow(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    visit.tenant.identity.allow_key_replacement(&cx).await?;
    Ok(page::show(&Keys { page: Page::new(&visit, "keys-title"), allowed: true }))
}
