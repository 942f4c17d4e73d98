//! Settings and their values in words.

use kontor_policy::{Domain, Profile, Setting, SettingState, Value, word_text};

use crate::texts::Texts;

/// A setting in a list.
pub(super) struct Line {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// What holds.
    pub(super) value: String,
    /// What is shipped, if something else holds.
    pub(super) shipped: Option<String>,
    pub(super) locked: bool,
    pub(super) monitoring: bool,
}

pub(super) fn line_of(texts: Texts, state: &SettingState, profile: Profile) -> Line {
    let setting = state.setting;
    let shipped = setting.shipped.of(profile);
    let differs = state.value != shipped;
    Line {
        key: setting.key,
        name: texts.of(setting.name),
        value: value_in_words(texts, setting, state.value),
        shipped: differs.then(|| value_in_words(texts, setting, shipped)),
        locked: state.floor.is_some(),
        monitoring: setting.monitoring,
    }
}

/// A value as people say it.
pub(super) fn value_in_words(texts: Texts, setting: &Setting, value: Option<Value>) -> String {
    match (value, setting.domain) {
        (None, _) => texts.get("policy-value-none"),
        (Some(Value::Switch(true)), _) => texts.get("policy-value-on"),
        (Some(Value::Switch(false)), _) => texts.get("policy-value-off"),
        (Some(Value::Number(number)), Domain::Number { unit, .. }) => {
            format!("{number} {}", texts.of(unit.text(number))).trim_end().to_owned()
        }
        (Some(Value::Number(number)), _) => number.to_string(),
        (Some(Value::Choice(word)), _) => {
            word_text(word).map_or(word, |text| texts.of(text)).to_owned()
        }
    }
}

/// As [`value_in_words`], for a value as it is stored; empty: as shipped.
pub(in crate::admin) fn stored_in_words(texts: Texts, setting: &Setting, json: &str) -> String {
    let parsed = serde_json::from_str(json).ok();
    match parsed.and_then(|json| setting.domain.parse(setting.key, &json).ok()) {
        Some(value) => value_in_words(texts, setting, Some(value)),
        None => texts.get("policy-as-shipped"),
    }
}

/// As [`stored_in_words`], for a decision on `about`: the setting, or the choice of a profile.
pub(super) fn decided_in_words(
    texts: Texts,
    (setting, about): (&Setting, &str),
    json: &str,
) -> String {
    if about == setting.key {
        return stored_in_words(texts, setting, json);
    }
    let word: Option<String> = serde_json::from_str(json).ok();
    profile_in_words(texts, word.and_then(|word| word.parse().ok()))
}

/// The name of a profile.
pub(in crate::admin) fn profile_in_words(texts: Texts, profile: Option<Profile>) -> String {
    texts.get(match profile {
        None => "policy-profile-none",
        Some(Profile::Standard) => "policy-profile-standard",
        Some(Profile::Elevated) => "policy-profile-elevated",
        Some(Profile::Trade) => "policy-profile-trade",
    })
}

/// Whether a setting is what somebody looks for: by name, reason, law or key, in any language.
pub(super) fn matches(setting: &Setting, sought: &str) -> bool {
    let told = [
        setting.key,
        setting.name.de,
        setting.name.en,
        setting.reason.de,
        setting.reason.en,
        setting.law,
    ];
    let told = told.join("\n").to_lowercase();
    sought.to_lowercase().split_whitespace().all(|word| told.contains(word))
}

#[cfg(test)]
mod tests {
    use kontor_core::Locale;
    use kontor_policy::{catalogue, setting};

    use super::*;

    #[test]
    fn settings_are_found_by_words_in_any_order_and_language() {
        let found = |sought: &str| {
            catalogue().filter(|one| matches(one, sought)).map(|one| one.key).collect::<Vec<_>>()
        };
        assert!(found("Lesebestätigungen").contains(&"read_receipts"));
        assert!(found("RECEIPTS read").contains(&"read_receipts"));
        assert!(found("KUG § 22").contains(&"profile_picture"));
        assert!(found("no such thing").is_empty());
        assert_eq!(found("").len(), catalogue().count());
    }

    #[test]
    fn values_are_said_in_words() {
        let texts = Texts(Locale::De);
        let said = |key: &str, json: &str| stored_in_words(texts, setting(key).unwrap(), json);
        assert_eq!(said("read_receipts", "false"), "aus");
        assert_eq!(said("session_days", "7"), "7 Tage");
        assert_eq!(said("session_days", "1"), "1 Tag");
        let english =
            |json| stored_in_words(Texts(Locale::En), setting("session_days").unwrap(), json);
        assert_eq!((english("1"), english("2")), ("1 day".to_owned(), "2 days".to_owned()));
        assert_eq!(said("password_login_api", "\"app_passwords\""), "nur App-Passwörter");
        assert_eq!(said("read_receipts", ""), "wie ausgeliefert");
    }
}
