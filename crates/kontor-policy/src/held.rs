//! What an organisation holds: the configuration, its profile, its decisions, one over the other.

use kontor_core::{Error, Result};
use kontor_store::policy_setting::SettingRow;

use crate::{Effect, Policy, Profile, Setting, Value, catalogue};

/// Name under which the choice of a profile is kept among the decisions.
pub(crate) const PROFILE: &str = "profile";

/// Where an organisation starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// The preset as it comes.
    pub preset: Policy,
    /// The same with what the operator has configured.
    pub configured: Policy,
}

impl Start {
    /// Without anything configured.
    pub fn from_preset(preset: Policy) -> Self {
        Self { configured: preset.clone(), preset }
    }

    /// What holds without a decision. The profile goes over the preset, and what the operator has
    /// configured over the profile.
    pub(crate) fn under(&self, profile: Option<Profile>) -> Policy {
        let mut policy = self.configured.clone();
        let Some(profile) = profile else { return policy };
        for setting in catalogue().filter(|setting| setting.effect.is_decided_here()) {
            let effect = &setting.effect;
            let is_configured = effect.read(&self.configured) != effect.read(&self.preset);
            match setting.shipped.of(profile) {
                Some(value) if !is_configured => effect.apply(&mut policy, value),
                _ => {}
            }
        }
        policy
    }
}

/// What an organisation holds.
pub(crate) struct Held {
    /// The chosen profile; `None`: none was chosen.
    pub(crate) profile: Option<Profile>,
    pub(crate) rows: Vec<SettingRow>,
    /// What holds without a decision.
    base: Policy,
}

impl Held {
    /// What holds under these decisions. One on a setting that this version does not know rests.
    pub(crate) fn of(start: &Start, rows: Vec<SettingRow>) -> Result<Self> {
        let chosen = rows.iter().find(|row| row.setting == PROFILE);
        let word: Option<String> = chosen
            .map(|row| serde_json::from_str(&row.value).map_err(Error::internal))
            .transpose()?;
        let profile = word.map(|word| word.parse()).transpose()?;
        Ok(Self { profile, rows, base: start.under(profile) })
    }

    /// The policy that follows.
    pub(crate) fn policy(&self) -> Result<Policy> {
        let mut policy = self.base.clone();
        for row in &self.rows {
            let Some(setting) = catalogue().find(|setting| setting.key == row.setting) else {
                continue;
            };
            setting.effect.apply(&mut policy, decided_value(setting, row)?);
        }
        Ok(policy)
    }

    /// The decision on a setting.
    pub(crate) fn decision(&self, setting: &Setting) -> Option<&SettingRow> {
        self.rows.iter().find(|row| row.setting == setting.key)
    }

    /// What holds for a setting; `None` where the profile has no use for it.
    pub(crate) fn value(&self, setting: &Setting) -> Result<Option<Value>> {
        match self.decision(setting) {
            Some(row) => decided_value(setting, row).map(Some),
            None => Ok(self.undecided(setting)),
        }
    }

    /// The value where nothing was decided.
    pub(crate) fn undecided(&self, setting: &Setting) -> Option<Value> {
        let shipped = setting.shipped.of(self.profile.unwrap_or(Profile::Standard));
        match setting.effect {
            Effect::Planned(today) => today,
            effect => effect.read(&self.base).or(shipped),
        }
    }

    /// What one person alone may not go below; `None`: the setting is not locked.
    pub(crate) fn floor(&self, setting: &Setting) -> Result<Option<Value>> {
        match self.decision(setting) {
            Some(row) if row.locked => decided_value(setting, row).map(Some),
            _ if setting.locked => Ok(self.undecided(setting)),
            _ => Ok(None),
        }
    }
}

pub(crate) fn decided_value(setting: &Setting, row: &SettingRow) -> Result<Value> {
    let json = serde_json::from_str(&row.value).map_err(Error::internal)?;
    setting.domain.parse(setting.key, &json)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(setting: &str, value: &str) -> SettingRow {
        let (setting, value) = (setting.to_owned(), value.to_owned());
        SettingRow { setting, value, version: 1, locked: false }
    }

    #[test]
    fn the_profile_goes_over_the_preset_and_under_the_configuration() {
        let start = Start::from_preset(Policy::strict());
        assert_eq!(start.under(None), Policy::strict());
        assert_eq!(start.under(Some(Profile::Standard)), Policy::strict());
        let elevated = start.under(Some(Profile::Elevated));
        assert_eq!(elevated.browser_session, Duration::from_hours(8));
        let configured = Policy { max_upload_bytes: 7 << 20, ..Policy::strict() };
        let start = Start { preset: Policy::strict(), configured };
        assert_eq!(start.under(Some(Profile::Elevated)).max_upload_bytes, 7 << 20);
        let lab = Start::from_preset(Policy::lab());
        assert!(!lab.under(Some(Profile::Trade)).presence_allowed);
    }

    #[test]
    fn decisions_go_over_the_profile() {
        let start = Start::from_preset(Policy::strict());
        let rows = vec![row(PROFILE, "\"elevated\""), row("browser_session_hours", "4")];
        let held = Held::of(&start, rows).unwrap();
        assert_eq!(held.profile, Some(Profile::Elevated));
        let policy = held.policy().unwrap();
        assert_eq!(policy.browser_session, Duration::from_hours(4));
        assert_eq!(policy.session_lifetime, Some(Duration::from_hours(7 * 24)));
    }
}
