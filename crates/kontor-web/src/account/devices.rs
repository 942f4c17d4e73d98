//! A person's devices: whose each is, and signing them out.

use askama::Template;
use kontor_core::{Cx, DeviceKind};
use kontor_identity::{Declared, ListedBrowserSession, OwnDevice};

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page};
pub(super) use crate::when::day;

#[derive(Template)]
#[template(path = "account/devices.html")]
struct Devices {
    page: Page,
    apps: Vec<App>,
    browsers: Vec<Browser>,
    kinds: Vec<Choice>,
    /// A program has asked for a device that is not signed in.
    is_missing: bool,
}

/// A device with a program on it.
struct App {
    id: String,
    name: String,
    /// Day of last use; no finer is kept (law: R-047).
    last_used: String,
    /// Program and version, if it has said so.
    program: String,
    kind: DeviceKind,
    kind_name: String,
    /// Somebody has said whose it is.
    is_declared: bool,
    /// It is let in.
    is_admitted: bool,
    /// What is to be done about an old program.
    update: Option<String>,
    /// A program has asked for it.
    is_wanted: bool,
}

/// A browser of these pages.
struct Browser {
    id: String,
    name: String,
    last_used: String,
    /// It is the one that is looking.
    is_here: bool,
}

/// Something that people may say of a device.
pub(crate) struct Choice {
    pub(crate) kind: DeviceKind,
    pub(crate) name: String,
}

/// `GET /account/devices`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let here = session.id.clone();
    let identity = &visit.tenant.identity;
    let mut apps: Vec<App> =
        identity.own_devices(&cx).await?.into_iter().map(|own| app(&visit, own)).collect();
    apps.sort_by_key(|app| !app.is_wanted);
    let is_missing = !visit.form.text("device").is_empty() && !apps.iter().any(|app| app.is_wanted);
    let browsers = identity.browser_sessions(&cx).await?.into_iter();
    let browsers = browsers.map(|ListedBrowserSession { id, last_used, .. }| Browser {
        name: visit.texts.get("devices-browser"),
        last_used: day(&visit, last_used),
        is_here: id == here,
        id,
    });
    Ok(page::show(&Devices {
        page: Page::new(&visit, "devices-title"),
        apps,
        is_missing,
        browsers: browsers.collect(),
        kinds: choices(&visit),
    }))
}

/// `POST /account/devices`
pub(super) async fn change(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let identity = &visit.tenant.identity;
    match (visit.form.text("device"), visit.form.text("browser")) {
        ("", "") if visit.form.has("all") => {
            identity.sign_out_everywhere_else(&cx, session).await?;
        }
        ("", browser) => identity.end_named_browser_session(&cx, browser.to_owned()).await?,
        (device, _) if visit.form.has("kind") => {
            let kind = visit.form.text("kind").parse()?;
            identity.declare_own_device(&cx, device.into(), kind).await?;
        }
        (device, _) => sign_out_device(&visit, &cx, device).await?,
    }
    Err(Leave::Done("/account/devices".to_owned(), "layout-done"))
}

async fn sign_out_device(visit: &Visit, cx: &Cx, device: &str) -> Result<(), Leave> {
    Ok(visit.tenant.identity.sign_out_own_device(cx, device.into()).await?)
}

fn app(visit: &Visit, own: OwnDevice) -> App {
    let OwnDevice { device, registration, rights, update } = own;
    let program = registration.program.map(|it| format!("{} {}", it.name, it.version));
    let update = update.map(|due| {
        let due_day = day(visit, due.blocked);
        visit.texts.get_with_two(
            "register-update",
            ("minimum", due.minimum.as_str()),
            ("day", due_day.as_str()),
        )
    });
    App {
        name: device.display_name.unwrap_or_else(|| device.device_id.to_string()),
        last_used: day(visit, device.last_seen_day),
        is_wanted: device.device_id.as_str() == visit.form.text("device"),
        id: device.device_id.to_string(),
        program: program.unwrap_or_default(),
        kind: registration.kind,
        kind_name: kind_name(visit, registration.kind),
        is_declared: registration.declared != Declared::Nobody,
        is_admitted: rights.admitted,
        update,
    }
}

/// What she may say of a device.
pub(crate) fn choices(visit: &Visit) -> Vec<Choice> {
    choices_of(visit, &visit.tenant.identity.declarable_kinds())
}

/// Kinds of devices to choose from.
pub(crate) fn choices_of(visit: &Visit, kinds: &[DeviceKind]) -> Vec<Choice> {
    let choice = |kind: &DeviceKind| Choice { kind: *kind, name: kind_name(visit, *kind) };
    kinds.iter().map(choice).collect()
}

/// What people call a kind of device.
pub(crate) fn kind_name(visit: &Visit, kind: DeviceKind) -> String {
    visit.texts.get(match kind {
        DeviceKind::Company => "register-company",
        DeviceKind::Private => "register-private",
        DeviceKind::Browser => "register-browser",
    })
}
