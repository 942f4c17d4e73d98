//! The first page of one's account.

use askama::Template;

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page};

#[derive(Template)]
#[template(path = "account/overview.html")]
struct Overview {
    page: Page,
    /// Display name, or the user id.
    name: String,
    user_id: String,
    devices: usize,
    /// Mails are sent.
    by_mail: bool,
    /// Programs may sign in by password.
    by_password: bool,
}

/// `GET /account/`
///
/// Programs send people here with an `action` (spec: "OAuth 2.0 account management").
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let way = match visit.form.text("action") {
        "org.matrix.devices_list" | "org.matrix.device_view" | "org.matrix.device_delete" => {
            Some("/account/devices")
        }
        "org.matrix.profile" => Some("/account/profile"),
        "org.matrix.account_deactivate" => Some("/account/close"),
        "org.matrix.cross_signing_reset" => Some("/account/keys"),
        _ => None,
    };
    if let Some(way) = way {
        return Err(Leave::To(way.to_owned()));
    }
    let user = session.user_id.clone();
    let profile = visit.tenant.identity.profile(&cx, user.clone()).await?;
    let name = profile.get("displayname").and_then(|value| value.as_str()).map(str::to_owned);
    let devices = visit.tenant.identity.devices(&cx).await?.len();
    let page = Page::new(&visit, "overview-title");
    let user_id = user.to_string();
    let name = name.unwrap_or_else(|| user_id.clone());
    let identity = &visit.tenant.identity;
    let (by_mail, by_password) = (identity.sends_mail(), identity.offers_password_login());
    Ok(page::show(&Overview { page, name, user_id, devices, by_mail, by_password }))
}
