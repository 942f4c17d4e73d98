//! What is deleted when, what a new period would remove, and what the runs have removed.
//! law

use std::time::Duration;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kontor_core::{Permission, RoomClass, Timestamp};
use kontor_deletion::{DryRunRow, Overview, Period, RULES, Rule, RunView};
use kontor_policy::{ClassRules, Text};

use super::classes;
use crate::amount::{bytes, count};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::{day, moment};

/// Runs on a page.
const RUNS: u16 = 30;

#[derive(Template)]
#[template(path = "admin/deletion.html")]
struct Deletion {
    page: Page,
    ages: Vec<Age>,
    /// How long messages of ephemeral rooms stayed: how many, half of them, the longest; minutes.
    stayed: Option<(String, String, String)>,
    rules: Vec<Line>,
    runs: Vec<Run>,
    /// Classes to choose from: name as sent, name for people, and whether it is chosen.
    classes: Vec<(&'static str, String, bool)>,
    days: String,
    days_wrong: Option<String>,
    foreseen: Option<Foreseen>,
}

struct Age {
    class: String,
    period: String,
    /// Name of the setting with the period, for those who may change it.
    setting: Option<String>,
    rooms: String,
    oldest: Option<String>,
    /// Hours.
    overdue: Option<u64>,
}

struct Line {
    name: &'static str,
    data_kinds: &'static str,
    class: &'static str,
    period: String,
    method: &'static str,
    law: &'static str,
}

struct Run {
    number: i64,
    rule: String,
    began: String,
    ended: bool,
    older: String,
    objects: String,
    files: String,
    size: String,
    keys: String,
    held: String,
}

struct Foreseen {
    class: String,
    days: String,
    rooms: String,
    messages: String,
    held: String,
    files: String,
    size: String,
    oldest: Option<String>,
}

/// `GET /admin/deletion`: the page, and what a period would remove if one is asked for.
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    if visit.form.text("days").is_empty() {
        return Ok(page::show(&whole(&visit, None, None).await?));
    }
    let class = visit.form.text("class").parse::<RoomClass>();
    let days = visit.form.text("days").trim().parse::<u16>().ok();
    let wanted = class.ok().zip(days).filter(|(class, days)| {
        let bounds = ClassRules::of(*class).retention;
        (bounds.min_days..=bounds.max_days).contains(days)
    });
    let Some((class, days)) = wanted else {
        let wrong = wrong_days(&visit);
        return Ok(show_again(&whole(&visit, None, Some(wrong)).await?));
    };
    let period = Duration::from_hours(24 * u64::from(days));
    let found = visit.tenant.deletion.dry_run(&cx, &[(class, period)]).await?;
    let row = found.rows.first().copied();
    Ok(page::show(&whole(&visit, row, None).await?))
}

/// `POST /admin/deletion`: ends a run and hands its certificate out.
pub(super) async fn certify(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let run = visit.form.text("run").parse().unwrap_or(0);
    let certificate = visit.tenant.deletion.certify(&cx, run).await?;
    let text =
        serde_json::to_string_pretty(&certificate.0).map_err(kontor_core::Error::internal)?;
    let name = format!("attachment; filename=\"loeschbescheinigung-{run}.json\"");
    let response: Response =
        ([(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)], text)
            .into_response();
    Ok(response)
}

async fn whole(
    visit: &Visit,
    foreseen: Option<DryRunRow>,
    days_wrong: Option<String>,
) -> Result<Deletion, Leave> {
    let (session, cx) = visit.officer()?;
    let may_decide = session.roles.may(Permission::DecidePolicy);
    let deletion = &visit.tenant.deletion;
    let ages = deletion.overview(&cx).await?;
    let residence = deletion.residence(&cx).await?;
    let minutes = |span: Duration| count(visit.texts, span.as_secs().div_ceil(60));
    let stayed = (
        count(visit.texts, residence.messages),
        minutes(residence.half),
        minutes(residence.longest),
    );
    let runs = deletion.runs(&cx, i64::MAX, RUNS).await?;
    let chosen = visit.form.text("class").to_owned();
    let class_name = |class: RoomClass| visit.texts.get(classes::name(class));
    Ok(Deletion {
        page: Page::new(visit, "deletion-title"),
        ages: ages.into_iter().map(|row| age_of(visit, row, may_decide)).collect(),
        stayed: (residence.messages > 0).then_some(stayed),
        rules: RULES.iter().map(|rule| line_of(visit, rule)).collect(),
        runs: runs.iter().map(|run| run_of(visit, run)).collect(),
        classes: RoomClass::ALL
            .into_iter()
            .map(|class| (class.as_str(), class_name(class), class.as_str() == chosen))
            .collect(),
        days: visit.form.text("days").to_owned(),
        days_wrong,
        foreseen: foreseen.map(|row| foreseen_of(visit, row)),
    })
}

fn wrong_days(visit: &Visit) -> String {
    let class = visit.form.text("class").parse::<RoomClass>().unwrap_or(RoomClass::Internal);
    let bounds = ClassRules::of(class).retention;
    let range = format!("{}–{}", bounds.min_days, bounds.max_days);
    visit.texts.get_with("deletion-days-wrong", "range", range)
}

fn age_of(visit: &Visit, row: Overview, may_decide: bool) -> Age {
    let unit = if row.class == RoomClass::Ephemeral { "hours" } else { "days" };
    let setting = format!("retention_{}_{unit}", row.class);
    Age {
        class: visit.texts.get(classes::name(row.class)),
        period: classes::period(visit, row.class, row.period),
        setting: may_decide.then_some(setting),
        rooms: count(visit.texts, row.rooms),
        oldest: row.oldest.map(|at| day(visit, at)),
        overdue: row.overdue.map(|overdue| overdue.by.as_secs() / 3600),
    }
}

fn line_of(visit: &Visit, rule: &'static Rule) -> Line {
    let texts = visit.texts;
    let days = |span: Duration| usize::try_from(span.as_secs() / 86_400).unwrap_or(usize::MAX);
    let period = match rule.period {
        Period::OfRoomClass => texts.get("deletion-period-class"),
        Period::LongestRoomClass => texts.get("deletion-period-longest"),
        Period::Fixed(span) => texts.get_with("classes-days", "count", days(span)),
        Period::YearEnd(years) => {
            texts.get_with("deletion-period-year-end", "years", usize::from(years))
        }
        Period::OfAuditClass => texts.get("deletion-period-audit"),
        Period::WithCause => texts.get("deletion-period-cause"),
        Period::Never => texts.get("deletion-period-never"),
    };
    Line {
        name: word(visit, &rule.name),
        data_kinds: rule.data_kinds,
        class: rule.class.letter(),
        period,
        method: word(visit, &rule.method),
        law: rule.law,
    }
}

const fn word(visit: &Visit, text: &Text) -> &'static str {
    match visit.texts.0 {
        kontor_core::Locale::De => text.de,
        kontor_core::Locale::En => text.en,
    }
}

fn run_of(visit: &Visit, run: &RunView) -> Run {
    let texts = visit.texts;
    let number = |it: i64| count(texts, u64::try_from(it).unwrap_or_default());
    let class = run.rule.strip_prefix("messages_").and_then(|it| it.parse::<RoomClass>().ok());
    Run {
        number: run.nid,
        rule: match class {
            Some(class) => {
                let name = texts.get(classes::name(class));
                texts.get_with("deletion-run-messages", "class", name)
            }
            None => texts.get(match &*run.rule {
                "rooms" => "deletion-run-rooms",
                "approvals" => "deletion-run-approvals",
                "policy_changes" => "deletion-run-policy-changes",
                "acknowledgements" => "deletion-run-acknowledgements",
                "looks" => "deletion-run-looks",
                _ => "deletion-run-files",
            }),
        },
        began: moment(visit, run.started),
        ended: run.ended.is_some(),
        older: day(visit, run.cutoff),
        objects: number(run.removed.objects),
        files: number(run.removed.files),
        size: bytes(texts, u64::try_from(run.removed.file_bytes).unwrap_or_default()),
        keys: number(run.removed.keys),
        held: number(run.removed.held),
    }
}

fn foreseen_of(visit: &Visit, row: DryRunRow) -> Foreseen {
    let texts = visit.texts;
    Foreseen {
        class: texts.get(classes::name(row.class)),
        days: count(texts, row.period.as_secs() / 86_400),
        rooms: count(texts, row.rooms),
        messages: count(texts, row.messages),
        held: count(texts, row.held),
        files: count(texts, row.files),
        size: bytes(texts, row.file_bytes),
        oldest: row.oldest.map(|at: Timestamp| day(visit, at)),
    }
}
