//! Which backups there are, how old they are, and whether they can be restored. law

use askama::Template;
use kontor_backup::{Overview, SetEntry};
use kontor_core::Timestamp;

use crate::amount::{bytes, count};
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::when::moment;

#[derive(Template)]
#[template(path = "admin/backups.html")]
struct Backups {
    page: Page,
    /// `None`: nothing is backed up.
    place: Option<Place>,
    /// What needs somebody's attention.
    alarms: Vec<String>,
    ledger: Option<String>,
    rehearsed: Option<String>,
    sets: Vec<Set>,
}

struct Place {
    folder: String,
    words: Option<String>,
    days: String,
    schedule: String,
    recipients: Vec<String>,
}

struct Set {
    name: String,
    began: String,
    size: String,
    files: String,
    file_size: String,
    recipients: String,
    incomplete: Option<String>,
}

/// `GET /admin/backups`.
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let found = visit.tenant.backups.overview(&cx).await?;
    let ledger = found.ledger.as_ref().map(|(state, newest)| {
        let texts = visit.texts;
        let number = |it: i64| count(texts, u64::try_from(it).unwrap_or_default());
        let told = number(state.told.unwrap_or_default());
        format!("{} / {}", told, number(*newest))
    });
    Ok(page::show(&Backups {
        alarms: alarms(&visit, &found),
        place: found.settings.as_ref().map(|settings| place(&visit, settings)),
        ledger: ledger.filter(|_| found.settings.is_some()),
        rehearsed: found.rehearsed.map(|(at, went_well)| {
            let id = if went_well { "backups-rehearsed-well" } else { "backups-rehearsed-badly" };
            visit.texts.get_with(id, "at", moment(&visit, at))
        }),
        sets: found.sets.iter().map(|set| line(&visit, set)).collect(),
        page: Page::new(&visit, "backups-title"),
    }))
}

/// What needs somebody's attention, in sentences.
pub(super) fn alarms(visit: &Visit, found: &Overview) -> Vec<String> {
    let texts = visit.texts;
    if found.settings.is_none() {
        return vec![texts.get("backups-alarm-none")];
    }
    let mut alarms = Vec::new();
    if found.is_overdue {
        alarms.push(texts.get("backups-alarm-overdue"));
    }
    if let Some(why) = &found.state.failed {
        alarms.push(texts.get_with("backups-alarm-failed", "why", why.clone()));
    }
    let failing = found.ledger.as_ref().and_then(|(state, _)| state.failing.as_ref());
    if let Some((since, _)) = failing {
        alarms.push(texts.get_with("backups-alarm-ledger", "since", moment(visit, *since)));
    }
    if found.must_rehearse {
        alarms.push(texts.get("backups-alarm-rehearse"));
    }
    alarms
}

fn place(visit: &Visit, settings: &kontor_backup::Settings) -> Place {
    let days = settings.keep.as_secs() / 86_400;
    Place {
        folder: settings.folder.path().display().to_string(),
        words: settings.place.clone(),
        days: visit.texts.get_with("classes-days", "count", usize::try_from(days).unwrap_or(0)),
        schedule: match settings.hour {
            Some(hour) => visit.texts.get_with("backups-daily", "hour", format!("{hour:02}:00")),
            None => visit.texts.get("backups-by-others"),
        },
        recipients: settings.recipients.iter().map(ToString::to_string).collect(),
    }
}

fn line(visit: &Visit, set: &SetEntry) -> Set {
    let (texts, manifest) = (visit.texts, &set.manifest);
    let lost = manifest.media.unreadable;
    Set {
        name: set.name.clone(),
        began: moment(visit, Timestamp(manifest.started_ms)),
        size: bytes(texts, manifest.bytes()),
        files: count(texts, manifest.media.files),
        file_size: bytes(texts, manifest.media.bytes),
        recipients: count(texts, manifest.recipients.len() as u64),
        incomplete: (lost > 0).then(|| texts.get_with("backups-unreadable", "count", lost)),
    }
}
