//! The register of devices, and the oldest versions of programs. law

use askama::Template;
use axum::response::Response;
use kontor_core::{DeviceKind, Kind, Permission};
use kontor_identity::{NewFloor, RegisteredDevice};
use ruma::{OwnedDeviceId, OwnedUserId};

use super::names::Names;
use super::people::path_after_loss;
use crate::account::devices::{Choice, choices_of, kind_name};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::{day, moment};

/// Devices on a page.
const PAGE: u16 = 100;

#[derive(Template)]
#[template(path = "admin/devices.html")]
struct Devices {
    page: Page,
    /// How many of each kind.
    counts: Vec<(String, u64)>,
    lines: Vec<Line>,
    kinds: Vec<Choice>,
    /// She may sign devices out and say whose they are.
    may_act: bool,
    /// The last user and device, if there may be more.
    next: Option<(String, String)>,
    floors: Vec<Floor>,
    /// She may decide on programs.
    may_decide: bool,
    typed: Typed,
}

struct Line {
    user: String,
    device: String,
    kind: DeviceKind,
    kind_name: String,
    is_declared: bool,
    program: String,
    last_used: String,
    is_admitted: bool,
    is_old: bool,
}

/// The oldest version of a program.
struct Floor {
    program: String,
    minimum: String,
    blocked: String,
    by: String,
    reason: String,
}

/// What stands in the form for a program.
#[derive(Default)]
struct Typed {
    program: String,
    minimum: String,
    critical: bool,
    reason: String,
    minimum_wrong: Option<String>,
    reason_wrong: Option<String>,
}

/// `GET /admin/devices`
pub(super) async fn show(visit: Visit) -> Shown {
    shown(&visit, Typed::default(), page::show).await
}

/// `POST /admin/devices`
pub(super) async fn act(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let identity = &visit.tenant.identity;
    let text = |name: &str| visit.form.text(name);
    match text("act") {
        "floor" => return set_floor(&visit).await,
        "no-floor" => identity.remove_floor(&cx, text("program")).await?,
        "sign-out" => identity.sign_out_device(&cx, place_of(&visit)?).await?,
        "lost" => {
            let place = place_of(&visit)?;
            let next = path_after_loss(&place.0);
            identity.report_lost_device(&cx, place).await?;
            return Err(Leave::To(next));
        }
        _ => {
            let kind = text("kind").parse().map_err(Leave::from)?;
            identity.set_device_kind(&cx, place_of(&visit)?, kind).await?;
        }
    }
    Err(Leave::Done("/admin/devices".to_owned(), "layout-done"))
}

async fn set_floor(visit: &Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let text = |name: &str| visit.form.text(name).trim().to_owned();
    let mut typed = Typed {
        program: text("program"),
        minimum: text("minimum"),
        critical: visit.form.has("critical"),
        reason: text("reason"),
        ..Typed::default()
    };
    let new = NewFloor {
        program: typed.program.clone(),
        minimum: typed.minimum.clone(),
        critical: typed.critical,
        reason: typed.reason.clone(),
    };
    let Err(error) = visit.tenant.identity.set_floor(&cx, new).await else {
        return Err(Leave::Done("/admin/devices".to_owned(), "layout-saved"));
    };
    if error.kind != Kind::Invalid {
        return Err(error.into());
    }
    if error.fields.get("field").and_then(serde_json::Value::as_str) == Some("reason") {
        typed.reason_wrong = Some(visit.texts.get("policy-reason-wrong"));
    } else {
        typed.minimum_wrong = Some(visit.texts.get("console-devices-minimum-wrong"));
    }
    shown(visit, typed, show_again).await
}

async fn shown(visit: &Visit, typed: Typed, show: fn(&Devices) -> Response) -> Shown {
    let (session, cx) = visit.officer()?;
    let identity = &visit.tenant.identity;
    let after = OwnedUserId::try_from(visit.form.text("after")).ok();
    let after = after.map(|user| (user, OwnedDeviceId::from(visit.form.text("device"))));
    let devices = identity.registered_devices(&cx, after, PAGE).await?;
    let last = devices.last().filter(|_| devices.len() >= usize::from(PAGE));
    let next = last.map(|last| (last.user_id.to_string(), last.device_id.to_string()));
    let counts = identity.count_devices(&cx).await?;
    let floors = identity.floors(&cx).await?;
    let authors = floors.iter().map(|floor| floor.decided_by.as_str());
    let names = Names::of_authors(visit, &cx, authors).await?;
    let floors = floors.into_iter().map(|floor| Floor {
        program: floor.program,
        minimum: floor.minimum,
        blocked: moment(visit, floor.blocked),
        by: names.author(visit.texts, &floor.decided_by),
        reason: floor.reason,
    });
    Ok(show(&Devices {
        page: Page::new(visit, "console-devices-title"),
        counts: counts.into_iter().map(|(kind, count)| (kind_name(visit, kind), count)).collect(),
        lines: devices.into_iter().map(|device| line_of(visit, device)).collect(),
        kinds: choices_of(visit, &DeviceKind::ALL),
        may_act: session.roles.may(Permission::ManagePeople),
        next,
        floors: floors.collect(),
        may_decide: session.roles.may(Permission::DecidePolicy),
        typed,
    }))
}

fn line_of(visit: &Visit, device: RegisteredDevice) -> Line {
    let program = device.registration.program;
    Line {
        user: device.user_id.to_string(),
        device: device.device_id.to_string(),
        kind: device.registration.kind,
        kind_name: kind_name(visit, device.registration.kind),
        is_declared: device.registration.declared != kontor_identity::Declared::Nobody,
        program: program.map(|it| format!("{} {}", it.name, it.version)).unwrap_or_default(),
        last_used: day(visit, device.last_seen_week),
        is_admitted: device.admitted,
        is_old: device.update.is_some(),
    }
}

fn place_of(visit: &Visit) -> Result<(OwnedUserId, OwnedDeviceId), Leave> {
    let user = OwnedUserId::try_from(visit.form.text("user"));
    let user = user.map_err(|_| kontor_core::Error::not_found("There is no such device."))?;
    Ok((user, visit.form.text("device").into()))
}
