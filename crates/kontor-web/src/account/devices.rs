//! A person's devices, and signing them out.

use askama::Template;
use kontor_core::{Cx, Locale, Timestamp};
use kontor_identity::ListedBrowserSession;
use time::OffsetDateTime;

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page};

#[derive(Template)]
#[template(path = "account/devices.html")]
struct Devices {
    page: Page,
    apps: Vec<Entry>,
    browsers: Vec<Entry>,
}

/// A line of the list.
struct Entry {
    id: String,
    name: String,
    /// Day of last use; no finer is kept (law: R-047).
    last_used: String,
    /// It is the one that is looking.
    is_here: bool,
}

/// `GET /account/devices`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let here = session.id.clone();
    let identity = &visit.tenant.identity;
    let devices = identity.devices(&cx).await?.into_iter().map(|device| Entry {
        name: device.display_name.unwrap_or_else(|| device.device_id.to_string()),
        last_used: day(&visit, device.last_seen_day),
        id: device.device_id.to_string(),
        is_here: false,
    });
    let browsers = identity.browser_sessions(&cx).await?.into_iter();
    let browsers = browsers.map(|ListedBrowserSession { id, last_used, .. }| Entry {
        name: visit.texts.get("devices-browser"),
        last_used: day(&visit, last_used),
        is_here: id == here,
        id,
    });
    Ok(page::show(&Devices {
        page: Page::new(&visit, "devices-title"),
        apps: devices.collect(),
        browsers: browsers.collect(),
    }))
}

/// `POST /account/devices`
pub(super) async fn sign_out(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    match (visit.form.text("device"), visit.form.text("browser")) {
        ("", "") if visit.form.has("all") => {
            identity.sign_out_everywhere_else(&cx, session).await?;
        }
        ("", browser) => identity.end_named_browser_session(&cx, browser.to_owned()).await?,
        (device, _) => sign_out_device(&visit, &cx, device).await?,
    }
    Err(Leave::To("/account/devices".to_owned()))
}

async fn sign_out_device(visit: &Visit, cx: &Cx, device: &str) -> Result<(), Leave> {
    Ok(visit.tenant.identity.sign_out_own_device(cx, device.into()).await?)
}

/// A day as people of her language write it.
pub(super) fn day(visit: &Visit, at: Timestamp) -> String {
    let date = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    let date = date.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    match visit.texts.0 {
        Locale::De => format!("{day:02}.{month:02}.{year}"),
        Locale::En => format!("{year}-{month:02}-{day:02}"),
    }
}
