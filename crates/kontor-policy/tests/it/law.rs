//! The catalogue against the law's table, and where each setting is seen to.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use kontor_policy::{Effect, Profile, Setting, Value, catalogue, setting};

const LAW: &str = include_str!("law.txt");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/generated/settings.md");

/// Rows of law.md §4.1, and below them what they became.
fn lines() -> impl Iterator<Item = &'static str> {
    LAW.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn cell(value: Option<Value>) -> String {
    match value {
        None => "-".to_owned(),
        Some(Value::Switch(on)) => on.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Choice(word)) => word.to_owned(),
    }
}

/// law
#[test]
fn every_row_of_the_law_is_a_setting_with_every_cell_as_written_down() {
    let mut written = BTreeSet::new();
    let mut open_row: Option<&str> = None;
    for line in lines() {
        if let Some(row) = line.strip_prefix("= ") {
            assert_eq!(open_row, None, "a row without a setting");
            open_row = Some(row);
            continue;
        }
        open_row = None;
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [key, standard, elevated, trade, lock, rest @ ..] = cells.as_slice() else {
            panic!("{line}")
        };
        assert!(written.insert(*key), "{key} is written down twice");
        let setting = setting(key).unwrap();
        let told = Profile::ALL.map(|profile| cell(setting.shipped.of(profile)));
        assert_eq!(told, [standard, elevated, trade].map(|it| (*it).to_owned()), "{key}");
        assert_eq!(setting.locked, *lock == "L", "{key}");
        assert_eq!(setting.monitoring, rest.contains(&"M"), "{key}");
    }
    let declared: BTreeSet<&str> = catalogue().map(|setting| setting.key).collect();
    assert_eq!(declared, written);
    assert_eq!(lines().filter(|line| line.starts_with("= ")).count(), 49 + 2);
}

#[test]
fn every_setting_says_where_it_is_seen_to() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for setting in catalogue() {
        let key = setting.key;
        assert_eq!(setting.effect.is_kept_by_server(), !setting.points.is_empty(), "{key}");
        for point in setting.points {
            let text = fs::read_to_string(crates.join(point)).unwrap_or_default();
            let asks = text.contains("policy") || text.contains("config.tls");
            assert!(asks, "{key}: {point} does not ask the policy");
        }
        let asks_programs = matches!(setting.effect, Effect::Client);
        assert!(!asks_programs || setting.programs.is_some(), "{key}: what must programs do?");
    }
}

#[test]
fn document_of_the_settings_is_current() {
    let text = document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(DOCUMENT, &text).unwrap();
    }
    let present = fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(
        present == text,
        "docs/generated/settings.md is not current; run: UPDATE=1 cargo test -p kontor-policy"
    );
}

fn document() -> String {
    let mut text = "# Settings\n\nGenerated from the catalogue in `crates/kontor-policy`. Renew it with \
                    `UPDATE=1 cargo test -p kontor-policy`.\n\nS, E, H: what the profiles Standard, \
                    Elevated and Trade ship (`-`: no use for it). L: less protection than shipped needs \
                    two people. M: suited to monitoring people.\n\n\
                    | setting | S | E | H | L | M | seen to by | law |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for setting in catalogue() {
        let [standard, elevated, trade] = Profile::ALL.map(|it| cell(setting.shipped.of(it)));
        let mark = |it: bool, word| if it { word } else { "" };
        let (lock, monitoring) = (mark(setting.locked, "L"), mark(setting.monitoring, "M"));
        let (key, law, by) = (setting.key, setting.law, seen_to_by(setting));
        writeln!(
            text,
            "| `{key}` | {standard} | {elevated} | {trade} | {lock} | {monitoring} | {by} | {law} |"
        )
        .unwrap();
    }
    text
}

fn seen_to_by(setting: &Setting) -> String {
    let points: Vec<String> = setting.points.iter().map(|point| format!("`{point}`")).collect();
    let programs = setting.programs.map(|text| format!("programs: {}", text.en));
    match (setting.effect.name(), points.is_empty()) {
        ("planned", _) => "nobody yet; not to be changed".to_owned(),
        ("absent", _) => "not in the product".to_owned(),
        ("announced", _) => "shown to people; not yet acted upon".to_owned(),
        (_, true) => programs.unwrap_or_default(),
        (_, false) => points.into_iter().chain(programs).collect::<Vec<_>>().join("; "),
    }
}
