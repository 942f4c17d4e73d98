//! Holds: what is kept for claims at law, asking for one, and ending it. law: R-122

use askama::Template;
use kontor_approval::{Proposal, Request};
use kontor_core::{Kind, Permission, Timestamp};
use kontor_deletion::{Deletion, HoldSubject, HoldView, Review};
use ruma::{OwnedRoomId, OwnedUserId};

use super::audit::day_of;
use crate::amount::count;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::day;

/// Holds on a page.
const HOLDS: u16 = 50;
/// A hold lasts so many days unless another number is typed.
const DAYS: &str = "180";

#[derive(Template)]
#[template(path = "admin/holds.html")]
struct Holds {
    page: Page,
    /// She may ask for holds and end them.
    may_place: bool,
    wrong: Option<String>,
    typed: Typed,
    messages: String,
    files: String,
    keys: String,
    rows: Vec<Line>,
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
    Ok(page::show(&whole(&visit, None).await?))
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
        Ok(()) => Err(Leave::To("/admin/holds".to_owned())),
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::NotFound) => {
            let wrong = visit.texts.get("holds-over");
            Ok(show_again(&whole(&visit, Some(wrong)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let typed = Typed::of(&visit);
    let Some(proposal) = typed.proposal() else {
        let wrong = visit.texts.get("holds-wrong");
        return Ok(show_again(&whole(&visit, Some(wrong)).await?));
    };
    let request = Request { proposal, reason: typed.matter, auth: None };
    match visit.tenant.approvals.request(&cx, request).await {
        Ok(_) => Err(Leave::To("/admin/approvals".to_owned())),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::NotFound) => {
            let wrong = visit.texts.get("holds-wrong");
            Ok(show_again(&whole(&visit, Some(wrong)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn whole(visit: &Visit, wrong: Option<String>) -> Result<Holds, Leave> {
    let (session, cx) = visit.officer()?;
    let deletion = &visit.tenant.deletion;
    let rows = deletion.holds(&cx, i64::MAX, HOLDS).await?;
    let amount = deletion.held_amount(&cx).await?;
    Ok(Holds {
        page: Page::new(visit, "holds-title"),
        may_place: session.roles.may(Permission::PlaceHolds),
        wrong,
        typed: Typed::of(visit),
        messages: count(visit.texts, amount.events),
        files: count(visit.texts, amount.files),
        keys: count(visit.texts, amount.keys),
        rows: rows.iter().map(|row| line_of(visit, cx.now, row)).collect(),
    })
}

fn line_of(visit: &Visit, now: Timestamp, hold: &HoldView) -> Line {
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
        subject: subject.clone(),
        span: format!("{} – {}", bound(hold.from), bound(hold.until)),
        matter: hold.matter.clone(),
        basis: hold.basis.clone(),
        ends: day(visit, hold.released.unwrap_or(hold.ends)),
        review: (day(visit, due), review > Review::Current),
        is_proposed: review == Review::ReleaseProposed,
        told: hold.delay.is_none(),
        active,
        by: format!("{}, {}", hold.placed_by, hold.allowed_by),
    }
}

impl Typed {
    fn of(visit: &Visit) -> Self {
        let text = |name: &str| visit.form.text(name).trim().to_owned();
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

    /// `None` if it cannot be read.
    fn proposal(&self) -> Option<Proposal> {
        let bound = |text: &str| day_of(text).ok().map(|day| day.map(|at| at.0));
        Some(Proposal::PlaceHold {
            user_id: self.subject.parse::<OwnedUserId>().ok(),
            room_id: self.subject.parse::<OwnedRoomId>().ok(),
            from_ts: bound(&self.from)?,
            until_ts: bound(&self.until)?,
            days: self.days.parse().ok()?,
            basis: self.basis.clone(),
            delay: Some(self.delay.clone()).filter(|text| !text.is_empty()),
        })
    }
}
