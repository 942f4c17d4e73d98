//! What is recorded about a person, shown to that person. law

use askama::Template;
use kontor_audit::{Class, Entry};
use kontor_core::Timestamp;
use kontor_policy::{SettingState, Value};

use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::recorded::{action_in_words, author_in_words};
use crate::when::moment;

#[derive(Template)]
#[template(path = "account/protocol.html")]
struct Protocol {
    page: Page,
    lines: Vec<Line>,
    /// Names of settings suited to monitoring that are on.
    monitoring: Vec<&'static str>,
}

struct Line {
    at: String,
    what: String,
    who: String,
    why: Option<String>,
    kept: String,
}

/// `GET /account/protocol`
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    let entries = visit.tenant.audit.own_entries(&cx).await?;
    let states = visit.tenant.policies.list(&cx).await?;
    let monitoring = states.iter().filter(|state| watches(state));
    let monitoring = monitoring.map(|state| visit.texts.of(state.setting.name)).collect();
    let lines = entries.into_iter().map(|entry| line_of(&visit, entry)).collect();
    Ok(page::show(&Protocol { page: Page::new(&visit, "protocol-title"), lines, monitoring }))
}

/// Whether a setting that can be used to watch people is on.
fn watches(state: &SettingState) -> bool {
    state.setting.monitoring && matches!(state.value, Some(Value::Switch(true)))
}

fn line_of(visit: &Visit, entry: Entry) -> Line {
    let texts = visit.texts;
    let kept = match entry.class {
        Class::A => "audit-class-a",
        Class::B => "audit-class-b",
        Class::C => "audit-class-c",
        Class::D => "audit-class-d",
    };
    // Only the person's own pseudonyms are among these entries.
    let who = match entry.actor.as_str() {
        own if own.starts_with("user:") => texts.get("protocol-you"),
        other => author_in_words(texts, other.strip_prefix("admin:").unwrap_or(other).to_owned()),
    };
    Line {
        at: moment(visit, Timestamp(entry.at)),
        what: action_in_words(texts, &entry.action),
        who,
        why: entry.reason,
        kept: texts.get(kept),
    }
}
