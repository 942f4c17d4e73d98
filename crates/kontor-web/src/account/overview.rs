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
    /// She reads only.
    is_suspended: bool,
}

/// `GET /account/`
///
/// Programs send people here with an `action` (spec: "OAuth 2.0 account management").
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let way = match visit.form.text("action") {
        "org.matrix.devices_list" => Some("/account/devices".to_owned()),
        "org.matrix.device_view" | "org.matrix.device_delete" => {
            Some(way_to_device(visit.form.text("device_id")))
        }
        "org.matrix.profile" => Some("/account/profile".to_owned()),
        "org.matrix.account_deactivate" => Some("/account/close".to_owned()),
        "org.matrix.cross_signing_reset" => Some("/account/keys".to_owned()),
        _ => None,
    };
    if let Some(way) = way {
        return Err(Leave::To(way));
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
    let is_suspended = session.suspended;
    Ok(page::show(&Overview { page, name, user_id, devices, by_mail, by_password, is_suspended }))
}

/// The page of devices, with the one that a program asks for at its top.
fn way_to_device(id: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("device", id).finish();
    format!("/account/devices?{query}")
}
