//! Reading the audit log, verifying it, and asking who a pseudonym is. law

use askama::Template;
use kontor_approval::{Proposal, Request};
use kontor_audit::{Action, Class, Entry, Outcome, Report, Wanted};
use kontor_core::{Kind, Permission, Timestamp};
use time::{Date, Month};

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::recorded::{action_in_words, author_in_words, detail_in_words};
use crate::when::{moment, start_of};

/// Entries on a page; as many as the service gives.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Log {
    page: Page,
    typed: Typed,
    /// What is wrong with a date.
    date_wrong: Option<String>,
    /// Names of actions and their words.
    actions: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    /// Query of the next page.
    older: Option<String>,
    /// What a verification said: text, and whether all is well.
    verified: Option<(String, bool)>,
    may_look_up: bool,
    look_up_wrong: Option<String>,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    action: String,
    class: String,
    who: String,
    from: String,
    until: String,
    pseudonym: String,
    reason: String,
}

struct Line {
    seq: i64,
    at: String,
    what: String,
    actor: String,
    object: Option<String>,
    detail: Option<String>,
    reason: Option<String>,
    /// Text, unless it was done.
    result: Option<String>,
}

/// `GET /admin/audit`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&whole(&visit, None, None).await?))
}

/// `POST /admin/audit`
pub(super) async fn act(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    if visit.form.text("act") == "verify" {
        let report = visit.tenant.audit.verify(&cx).await?;
        return Ok(page::show(&whole(&visit, Some(&report), None).await?));
    }
    let text = |name: &str| visit.form.text(name).trim().to_owned();
    let pseudonym = text("pseudonym").trim_start_matches("user:").to_owned();
    let proposal = Proposal::LookUpPseudonym { pseudonym };
    let request = Request { proposal, reason: text("reason"), auth: None };
    match visit.tenant.approvals.request(&cx, request).await {
        Ok(_) => Err(Leave::Done("/admin/approvals".to_owned(), "layout-asked")),
        Err(error) if error.kind == Kind::Invalid => {
            let id = if text("reason").is_empty() {
                "policy-reason-wrong"
            } else {
                "audit-pseudonym-wrong"
            };
            Ok(show_again(&whole(&visit, None, Some(visit.texts.get(id))).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn whole(
    visit: &Visit,
    report: Option<&Report>,
    look_up_wrong: Option<String>,
) -> Result<Log, Leave> {
    let (session, cx) = visit.officer()?;
    let typed = typed(visit);
    let (from, until) = (day_of(&typed.from), day_of(&typed.until));
    let is_wrong = from.is_err() || until.is_err();
    let wanted = Wanted {
        before: visit.form.text("before").parse().ok(),
        from: from.unwrap_or_default(),
        // To the end of that day.
        until: until.unwrap_or_default().map(|at| at.plus(std::time::Duration::from_hours(24))),
        action: typed.action.clone(),
        class: Class::ALL.into_iter().find(|class| class.as_str() == typed.class),
        who: typed.who.clone(),
    };
    let entries = visit.tenant.audit.entries(&cx, wanted).await?;
    let last = entries.last().filter(|_| entries.len() >= PAGE).map(|entry| entry.seq);
    let texts = visit.texts;
    let mut actions = Action::ALL.map(|action| {
        let name = action.rule().name;
        (name, action_in_words(texts, name))
    });
    actions.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(Log {
        page: Page::new(visit, "audit-title"),
        date_wrong: is_wrong.then(|| texts.get("audit-date-wrong")),
        actions: actions.into(),
        lines: entries.into_iter().map(|entry| line_of(visit, entry)).collect(),
        older: last.map(|seq| query_before(&typed, seq)),
        verified: report.map(|report| verdict(visit, report)),
        may_look_up: session.roles.may(Permission::LookUpPseudonym),
        look_up_wrong,
        typed,
    })
}

fn typed(visit: &Visit) -> Typed {
    let text = |name: &str| visit.form.text(name).trim().to_owned();
    Typed {
        action: text("action"),
        class: text("class"),
        who: text("who"),
        from: text("from"),
        until: text("until"),
        pseudonym: visit.typed("pseudonym").to_owned(),
        reason: visit.typed("reason").to_owned(),
    }
}

/// Start of a day as browsers write it; `Ok(None)` for nothing, `Err` for no day.
pub(super) fn day_of(text: &str) -> Result<Option<Timestamp>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return Err(()) };
    let month = month.parse::<u8>().ok().and_then(|month| Month::try_from(month).ok());
    let (Ok(year), Some(month), Ok(day)) = (year.parse(), month, day.parse()) else {
        return Err(());
    };
    let date = Date::from_calendar_date(year, month, day).map_err(|_| ())?;
    Ok(Some(start_of(date)))
}

fn query_before(typed: &Typed, seq: i64) -> String {
    let seq = seq.to_string();
    let fields = [
        ("action", &typed.action),
        ("class", &typed.class),
        ("who", &typed.who),
        ("from", &typed.from),
        ("until", &typed.until),
        ("before", &seq),
    ];
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish()
}

fn line_of(visit: &Visit, entry: Entry) -> Line {
    let result = match entry.result {
        Outcome::Done => None,
        Outcome::Refused => Some("audit-result-refused"),
        Outcome::Failed => Some("audit-result-failed"),
    };
    let detail = entry.detail.map(|detail| detail_in_words(visit.texts, &entry.action, &detail));
    let detail = match (detail, entry.count) {
        (Some(detail), Some(count)) => Some(format!("{detail}, {count}")),
        (Some(detail), None) => Some(detail),
        (None, count) => count.map(|count| count.to_string()),
    };
    Line {
        seq: entry.seq,
        at: moment(visit, Timestamp(entry.at)),
        what: action_in_words(visit.texts, &entry.action),
        actor: author_in_words(visit.texts, entry.actor),
        object: entry.object,
        detail,
        reason: entry.reason,
        result: result.map(|id| visit.texts.get(id)),
    }
}

fn verdict(visit: &Visit, report: &Report) -> (String, bool) {
    if report.is_intact() {
        return (visit.texts.get_with("audit-intact", "entries", report.entries), true);
    }
    (visit.texts.get_with("audit-broken", "findings", report.findings.len()), false)
}
