//! Every setting there is: `law.md` §4.1, one declaration a row.

mod access;
mod content;
mod devices;
mod guests;
mod operation;
mod privacy;
mod profile;
mod retention;
mod rooms;
mod sessions;

use std::time::Duration;

use kontor_core::{Error, Result};

use crate::Setting;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Every setting, by area.
pub fn catalogue() -> impl Iterator<Item = &'static Setting> {
    let areas: [&[Setting]; 10] = [
        &access::SETTINGS,
        &sessions::SETTINGS,
        &devices::SETTINGS,
        &rooms::SETTINGS,
        &retention::SETTINGS,
        &privacy::SETTINGS,
        &profile::SETTINGS,
        &content::SETTINGS,
        &guests::SETTINGS,
        &operation::SETTINGS,
    ];
    areas.into_iter().flatten()
}

/// The setting of that name.
///
/// # Errors
/// `NotFound`, naming it.
pub fn setting(key: &str) -> Result<&'static Setting> {
    catalogue().find(|setting| setting.key == key).ok_or_else(|| {
        Error::not_found(format!("There is no setting {key}.")).with_field("setting", key)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Effect, Policy, Profile, Value};

    #[test]
    fn every_setting_has_a_name_of_its_own_and_says_why() {
        let mut keys = BTreeSet::new();
        for setting in catalogue() {
            assert!(keys.insert(setting.key), "{} is declared twice", setting.key);
            assert!(setting.key.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')));
            for text in [setting.name, setting.reason] {
                assert!(!text.de.is_empty() && !text.en.is_empty(), "{}", setting.key);
            }
            assert!(!setting.law.is_empty(), "{}", setting.key);
        }
    }

    #[test]
    fn what_is_shipped_is_a_value_of_the_domain() {
        for setting in catalogue() {
            for profile in [Profile::Standard, Profile::Elevated, Profile::Trade] {
                let Some(value) = setting.shipped.of(profile) else { continue };
                let json = serde_json::to_value(value).unwrap();
                assert_eq!(setting.domain.parse(setting.key, &json).unwrap(), value);
            }
            assert!(setting.shipped.of(Profile::Standard).is_some(), "{}", setting.key);
        }
    }

    #[test]
    fn the_strict_preset_is_the_standard_profile() {
        let strict = Policy::strict();
        for setting in catalogue() {
            let Some(value) = setting.effect.read(&strict) else { continue };
            assert_eq!(Some(value), setting.shipped.standard, "{}", setting.key);
        }
    }

    #[test]
    fn what_is_applied_is_what_is_read() {
        for setting in catalogue() {
            let mut policy = Policy::lab();
            let Some(shipped) = setting.shipped.standard else { continue };
            if !setting.effect.is_decided_here() {
                continue;
            }
            setting.effect.apply(&mut policy, shipped);
            if let Some(value) = setting.effect.read(&policy) {
                assert_eq!(value, shipped, "{}", setting.key);
            }
        }
    }

    #[test]
    fn what_is_absent_is_off() {
        for setting in catalogue().filter(|setting| matches!(setting.effect, Effect::Absent)) {
            assert_eq!(setting.shipped.standard, Some(Value::Switch(false)), "{}", setting.key);
        }
    }
}
