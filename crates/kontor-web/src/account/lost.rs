//! Lost devices: reporting one, and what is left to be done. law: R-203

use askama::Template;
use axum::response::Response;

use super::devices::day;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};

#[derive(Template)]
#[template(path = "account/lost.html")]
struct Lost {
    page: Page,
    /// Devices that may be the one.
    devices: Vec<Line>,
    /// One was reported; this is what is left to be done.
    is_reported: bool,
    app_passwords: usize,
    /// Browsers beside this one.
    browsers: usize,
    wrong: Option<String>,
}

struct Line {
    id: String,
    name: String,
    last_used: String,
    /// It was chosen before.
    is_chosen: bool,
}

/// `GET /account/devices/lost`
pub(super) async fn show(visit: Visit) -> Shown {
    show_page(&visit, None, page::show).await
}

/// `POST /account/devices/lost`
pub(super) async fn act(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    match visit.form.text("act") {
        "app-passwords" => identity.end_app_passwords(&visit.cx, session).await?,
        "browsers" => {
            identity.end_other_browser_sessions(&cx, session).await?;
        }
        _ if visit.form.text("device").is_empty() => {
            let wrong = visit.texts.get("lost-choose");
            return show_page(&visit, Some(wrong), show_again).await;
        }
        _ => {
            let place = (session.user_id.clone(), visit.form.text("device").into());
            identity.report_lost_device(&cx, place).await?;
        }
    }
    Err(Leave::To("/account/devices/lost?reported=yes".to_owned()))
}

async fn show_page(visit: &Visit, wrong: Option<String>, show: fn(&Lost) -> Response) -> Shown {
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    let chosen = visit.form.text("device").to_owned();
    let devices = identity.devices(&cx).await?.into_iter().map(|device| Line {
        name: device.display_name.unwrap_or_else(|| device.device_id.to_string()),
        last_used: day(visit, device.last_seen_day),
        is_chosen: device.device_id.as_str() == chosen,
        id: device.device_id.to_string(),
    });
    let browsers = identity.browser_sessions(&cx).await?;
    Ok(show(&Lost {
        page: Page::new(visit, "lost-title"),
        devices: devices.collect(),
        is_reported: visit.form.has("reported"),
        app_passwords: identity.app_passwords(&cx).await?.len(),
        browsers: browsers.iter().filter(|other| other.id != session.id).count(),
        wrong,
    }))
}
