//! The first page of the console: what is to be done, and how the server is doing.

use askama::Template;
use kontor_approval::Decision;
use kontor_core::{Permission, Roles};
use kontor_health::Condition;

use super::backups;
use crate::amount::{bytes, count};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page};
use crate::when::moment;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: Page,
    /// What is to be done: words, and where.
    todo: Vec<(String, &'static str)>,
    /// Whether she sees anything that could be to do.
    has_duties: bool,
    /// How the server is doing: names and values; empty for those who do not see it.
    facts: Vec<(String, String)>,
}

/// `GET /admin/`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.officer()?;
    let roles = session.roles;
    let condition = match roles.may(Permission::SeeHealth) {
        true => Some(visit.tenant.health.condition(&cx).await?),
        false => None,
    };
    let page = Page::new(&visit, "admin-overview-title");
    let todo = duties(&visit, roles, condition.as_ref()).await?;
    Ok(page::show(&Overview {
        page,
        todo,
        has_duties: condition.is_some() || roles.may(Permission::SeeApprovals),
        facts: condition.map(|condition| facts(&visit, &condition)).unwrap_or_default(),
    }))
}

async fn duties(
    visit: &Visit,
    roles: Roles,
    condition: Option<&Condition>,
) -> Result<Vec<(String, &'static str)>, Leave> {
    let (_, cx) = visit.officer()?;
    let mut todo = Vec::new();
    if roles.may(Permission::SeeApprovals) {
        let all = visit.tenant.approvals.list(&cx, None).await?;
        let waiting = all.iter().filter(|one| one.decision == Decision::Waiting).count();
        if waiting > 0 {
            let text = visit.texts.get_with("overview-approvals", "count", waiting);
            todo.push((text, "/admin/approvals"));
        }
    }
    if roles.may(Permission::SeePeople) {
        let ending = visit.tenant.identity.count_ending_guests(&cx).await?;
        if ending > 0 {
            let text = visit.texts.get_with("overview-guests", "count", ending);
            todo.push((text, "/admin/people?role=guest"));
        }
    }
    if roles.may(Permission::PlaceHolds) {
        let (waiting, proposed) = visit.tenant.deletion.count_waiting_holds(&cx).await?;
        for (id, count) in
            [("overview-holds", waiting - proposed), ("overview-holds-proposed", proposed)]
        {
            if count > 0 {
                todo.push((visit.texts.get_with(id, "count", count), "/admin/holds"));
            }
        }
    }
    if roles.may(Permission::SeeBackups) {
        let found = visit.tenant.backups.overview(&cx).await?;
        todo.extend(backups::alarms(visit, &found).into_iter().map(|it| (it, "/admin/backups")));
    }
    let Some(condition) = condition else { return Ok(todo) };
    let weakened = condition.weakened_settings.len();
    if weakened > 0 && roles.may(Permission::ReadPolicyHistory) {
        let text = visit.texts.get_with("overview-weakened", "count", weakened);
        todo.push((text, "/admin/policy/compare"));
    }
    if let Some(since) = condition.late_mail {
        let text = visit.texts.get_with("overview-late-mail", "when", moment(visit, since));
        todo.push((text, ""));
    }
    if condition.slow_commits.saturating_mul(100) > condition.commits {
        todo.push((visit.texts.get("overview-slow"), ""));
    }
    Ok(todo)
}

fn facts(visit: &Visit, condition: &Condition) -> Vec<(String, String)> {
    let texts = visit.texts;
    let number = |id: &str, value: u64| (texts.get(id), count(texts, value));
    let files = texts.get_with_two(
        "overview-files-value",
        ("count", count(texts, condition.files).as_str()),
        ("size", bytes(texts, condition.file_bytes).as_str()),
    );
    let writes = texts.get_with_two(
        "overview-writes-value",
        ("count", count(texts, condition.commits).as_str()),
        ("slow", count(texts, condition.slow_commits).as_str()),
    );
    vec![
        (texts.get("overview-version"), condition.version.to_owned()),
        number("overview-people", condition.people),
        number("overview-signed-in-devices", condition.devices),
        number("overview-rooms", condition.rooms),
        (texts.get("overview-files"), files),
        (texts.get("overview-database"), bytes(texts, condition.database_bytes)),
        (texts.get("overview-writes"), writes),
        number("overview-mails", condition.waiting_mails),
    ]
}
