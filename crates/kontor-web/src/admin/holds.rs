//! Holds: what is kept for claims at law, asking for one, and ending it. law: R-122

use askama::Template;
use kontor_approval::{Proposal, Request};
use kontor_core::{Error, Kind, Permission, Timestamp};
use kontor_deletion::{Deletion, HoldSubject, HoldView, Review};
use ruma::{OwnedRoomId, OwnedUserId};

use super::audit::day_of;
use super::names::Names;
use crate::amount::count;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::day;

/// Holds on a page.
const HOLDS: u16 = 50;
/// A hold lasts so many days unless another number is typed.
const DAYS: &str = "180";
const DAYS_WRONG: &str = "holds-days-wrong";

#[derive(Template)]
#[template(path = "admin/holds.html")]
struct Holds {
    page: Page,
    /// She may ask for holds and end them.
    may_place: bool,
    wrong: Wrong,
    typed: Typed,
    messages: String,
    files: String,
    keys: String,
    rows: Vec<Line>,
}

/// What is said about a field of the form, or about the list.
#[derive(Default)]
struct Wrong {
    /// Name of the field; empty for the list.
    field: &'static str,
    text: Option<String>,
}

impl Wrong {
    fn at(visit: &Visit, field: &'static str, text: &str) -> Self {
        Self { field, text: Some(visit.texts.get(text)) }
    }

    /// What is said about a field.
    fn of(&self, field: &str) -> Option<&String> {
        self.text.as_ref().filter(|_| self.field == field)
    }
}

/// What was typed.
struct Typed {
    subject: String,
    from: String,
    until: String,
    days: String,
    matter: String,
    basis: String,
    delay: String,
}

struct Line {
    number: i64,
    /// Text: what it is on.
    kind: String,
    subject: String,
    span: String,
    matter: String,
    basis: String,
    ends: String,
    /// Text, and whether it is overdue.
    review: (String, bool),
    /// The server proposes to end it.
    is_proposed: bool,
    told: bool,
    active: bool,
    by: String,
}

/// `GET /admin/holds`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&whole(&visit, Wrong::default()).await?))
}

/// `POST /admin/holds`: asks for one, says that one is still needed, or ends one.
pub(super) async fn act(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    cx.require(Permission::PlaceHolds)?;
    let number = visit.form.text("hold").parse().unwrap_or(0);
    let done = match visit.form.text("act") {
        "review" => visit.tenant.deletion.review_hold(&cx, number).await,
        "release" => visit.tenant.deletion.release_hold(&cx, number).await,
        _ => return ask(visit).await,
    };
    match done {
        Ok(()) => Err(Leave::Done("/admin/holds".to_owned(), "layout-done")),
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::NotFound) => {
            let wrong = Wrong::at(&visit, "", "holds-over");
            Ok(show_again(&whole(&visit, wrong).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let typed = Typed::of(&visit);
    let proposal = match typed.proposal() {
        Ok(proposal) => proposal,
        Err((field, text)) => {
            let wrong = Wrong::at(&visit, field, text);
            return Ok(show_again(&whole(&visit, wrong).await?));
        }
    };
    let request = Request { proposal, reason: typed.matter, auth: None };
    match visit.tenant.approvals.request(&cx, request).await {
        Ok(_) => Err(Leave::Done("/admin/approvals".to_owned(), "layout-asked")),
        Err(error) => {
            let wrong = wrong_of(&visit, error)?;
            Ok(show_again(&whole(&visit, wrong).await?))
        }
    }
}

/// Which field of the form is meant by an error of a request.
fn wrong_of(visit: &Visit, error: Error) -> Result<Wrong, Leave> {
    let field = error.fields.get("field").and_then(|field| field.as_str()).unwrap_or_default();
    let (field, text) = match (error.kind, field) {
        (Kind::NotFound, _) | (Kind::Invalid, "user_id") => ("subject", "holds-subject-wrong"),
        (Kind::Invalid, "room_id") => ("subject", "holds-class-wrong"),
        (Kind::Invalid, "days") => ("days", DAYS_WRONG),
        (Kind::Invalid, "basis") => ("basis", "holds-text-wrong"),
        (Kind::Invalid, "delay") => ("delay", "holds-text-wrong"),
        (Kind::Invalid, "until_ts") => ("until", "holds-until-wrong"),
        (Kind::Invalid, _) => ("matter", "holds-text-wrong"),
        _ => return Err(error.into()),
    };
    Ok(Wrong::at(visit, field, text))
}

async fn whole(visit: &Visit, wrong: Wrong) -> Result<Holds, Leave> {
    let (session, cx) = visit.officer()?;
    let deletion = &visit.tenant.deletion;
    let rows = deletion.holds(&cx, i64::MAX, HOLDS).await?;
    let amount = deletion.held_amount(&cx).await?;
    let names = Names::of(visit, &cx, rows.iter().flat_map(people_of).collect()).await?;
    Ok(Holds {
        page: Page::new(visit, "holds-title"),
        may_place: session.roles.may(Permission::PlaceHolds),
        wrong,
        typed: Typed::of(visit),
        messages: count(visit.texts, amount.events),
        files: count(visit.texts, amount.files),
        keys: count(visit.texts, amount.keys),
        rows: rows.iter().map(|row| line_of(visit, (cx.now, &names), row)).collect(),
    })
}

/// Everybody a hold speaks of.
fn people_of(hold: &HoldView) -> Vec<OwnedUserId> {
    let told = [hold.placed_by.clone(), hold.allowed_by.clone()];
    told.into_iter().chain(held_person(hold)).collect()
}

/// Whose messages are held.
fn held_person(hold: &HoldView) -> Option<OwnedUserId> {
    let HoldSubject::Person(id) = &hold.subject else { return None };
    id.parse().ok()
}

fn line_of(visit: &Visit, (now, names): (Timestamp, &Names), hold: &HoldView) -> Line {
    let texts = visit.texts;
    let active = hold.is_active(now);
    let (due, review) = (Deletion::review_due(hold), Deletion::review(hold, now));
    let bound = |at: Option<Timestamp>| at.map_or_else(|| "…".to_owned(), |at| day(visit, at));
    let (kind, subject) = match &hold.subject {
        HoldSubject::Person(id) => ("holds-person", id),
        HoldSubject::Room(id) => ("holds-room", id),
    };
    Line {
        number: hold.nid,
        kind: texts.get(kind),
        subject: held_person(hold).map_or_else(|| subject.clone(), |user| names.said(&user)),
        span: format!("{} – {}", bound(hold.from), bound(hold.until)),
        matter: hold.matter.clone(),
        basis: hold.basis.clone(),
        ends: day(visit, hold.released.unwrap_or(hold.ends)),
        review: (day(visit, due), review > Review::Current),
        is_proposed: review == Review::ReleaseProposed,
        told: hold.delay.is_none(),
        active,
        by: format!("{}, {}", names.said(&hold.placed_by), names.said(&hold.allowed_by)),
    }
}

impl Typed {
    fn of(visit: &Visit) -> Self {
        let text = |name: &str| visit.typed(name).to_owned();
        let days = text("days");
        Self {
            subject: text("subject"),
            from: text("from"),
            until: text("until"),
            days: if days.is_empty() { DAYS.to_owned() } else { days },
            matter: text("matter"),
            basis: text("basis"),
            delay: text("delay"),
        }
    }

    /// # Errors
    /// The field that cannot be read, and what to say about it.
    fn proposal(&self) -> Result<Proposal, (&'static str, &'static str)> {
        let bound = |field, text: &str| match day_of(text) {
            Ok(day) => Ok(day.map(|at| at.0)),
            Err(()) => Err((field, "holds-day-wrong")),
        };
        Ok(Proposal::PlaceHold {
            user_id: self.subject.parse::<OwnedUserId>().ok(),
            room_id: self.subject.parse::<OwnedRoomId>().ok(),
            from_ts: bound("from", &self.from)?,
            until_ts: bound("until", &self.until)?,
            days: self.days.parse().map_err(|_| ("days", DAYS_WRONG))?,
            basis: self.basis.clone(),
            delay: Some(self.delay.clone()).filter(|text| !text.is_empty()),
        })
    }
}
