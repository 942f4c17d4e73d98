//! What holds beside what a profile ships.

use askama::Template;
use kontor_policy::{Profile, Setting};

use super::shown::value_in_words;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};

#[derive(Template)]
#[template(path = "admin/policy-compare.html")]
struct Compare {
    page: Page,
    /// Word of the profile in the address.
    profile: &'static str,
    lines: Vec<Difference>,
}

struct Difference {
    key: &'static str,
    name: &'static str,
    now: String,
    shipped: String,
    /// Less is protected than the profile would.
    looser: bool,
}

/// `GET /admin/policy/compare`
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let (profile, word) = match visit.form.text("profile") {
        "elevated" => (Profile::Elevated, "elevated"),
        "trade" => (Profile::Trade, "trade"),
        _ => (Profile::Standard, "standard"),
    };
    let states = visit.tenant.policies.list(&cx).await?;
    let said = |setting: &Setting, value| value_in_words(visit.texts, setting, value);
    let differs = states.iter().filter(|state| state.value != state.setting.shipped.of(profile));
    let lines = differs.map(|state| {
        let (setting, shipped) = (state.setting, state.setting.shipped.of(profile));
        let looser = match (shipped, state.value) {
            (Some(shipped), Some(now)) => setting.domain.loosens(&shipped, &now),
            _ => false,
        };
        Difference {
            key: setting.key,
            name: visit.texts.of(setting.name),
            now: said(setting, state.value),
            shipped: said(setting, shipped),
            looser,
        }
    });
    let lines = lines.collect();
    Ok(page::show(&Compare { page: Page::new(&visit, "compare-title"), profile: word, lines }))
}
