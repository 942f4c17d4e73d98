//! What people decide for themselves: stricter than the organisation, never looser.
//! law

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_store::own_setting;
use quick_cache::sync::Cache;
use ruma::{OwnedUserId, UserId};

use crate::policies::json_of;
use crate::{Domain, Policies, Policy, Setting, Value, catalogue, setting};

/// People whose decisions are kept in memory.
const PEOPLE: usize = 100_000;

/// Something a person shows of herself, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// That she is there.
    Presence,
    /// That she has read something.
    ReadReceipts,
    /// That she is writing.
    Typing,
    /// Contents in pushes to her devices.
    PushContent,
}

impl Signal {
    /// The setting it is about.
    const fn key(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::ReadReceipts => "read_receipts",
            Self::Typing => "typing_notices",
            Self::PushContent => "push_with_content",
        }
    }
}

/// What people of an organisation decide for themselves. Cheap to clone.
#[derive(Clone)]
pub struct OwnSettings {
    policies: Policies,
    known: Arc<Cache<OwnedUserId, Arc<Decided>>>,
    /// Counts changes, so that what was read before one is not kept after it.
    changes: Arc<AtomicU64>,
}

/// Decisions of one person, by setting.
type Decided = BTreeMap<&'static str, Value>;

/// A setting that people may decide on for themselves.
#[derive(Clone, Copy)]
pub struct OwnState {
    /// The setting.
    pub setting: &'static Setting,
    /// What the organisation decides; `None` where its profile has no use for the setting.
    pub organisation: Option<Value>,
    /// What the person has decided; `None`: nothing.
    pub own: Option<Value>,
    /// What holds for her.
    pub effective: Option<Value>,
}

impl OwnSettings {
    /// Over the settings of the organisation.
    #[must_use]
    pub fn new(policies: Policies) -> Self {
        let known = Arc::new(Cache::new(PEOPLE));
        Self { policies, known, changes: Arc::default() }
    }

    /// Forgets what is in memory of somebody who is erased.
    pub fn forget(&self, user: &UserId) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.known.remove(user);
    }

    /// Every setting that the caller may decide on.
    ///
    /// # Errors
    /// `Forbidden` unless a person asks.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<OwnState>> {
        let decided = self.decided(cx, cx.user()?).await?;
        let policy = self.policies.in_force.now();
        let states = self.policies.list(cx).await?;
        let personal = states.iter().filter(|state| state.setting.personal);
        let state = |state: &crate::SettingState| {
            let (setting, organisation) = (state.setting, state.value);
            let own = decided.get(setting.key).copied();
            let effective = organisation.map(|value| effective(&policy, setting, value, own));
            OwnState { setting, organisation, own, effective }
        };
        Ok(personal.map(state).collect())
    }

    /// Decides on a setting for the caller; `null` leaves it to the organisation again.
    ///
    /// # Errors
    /// `NotFound` for unknown settings; `Invalid` for values outside the domain and for what is
    /// the organisation's alone; `Forbidden` (`APP_KONTOR_POLICY_LOCKED`) for less protection than
    /// the organisation decides.
    pub async fn decide(&self, cx: &Cx, name: &str, wanted: &serde_json::Value) -> Result<()> {
        let user = cx.user()?.to_owned();
        let setting = setting(name)?;
        if !setting.personal {
            let text = format!("{name}: is for the organisation to decide.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text).with_field("setting", name));
        }
        let value = match wanted {
            serde_json::Value::Null => None,
            wanted => Some(setting.domain.parse(name, wanted)?),
        };
        let organisation = self.policies.value(cx, name).await?;
        if let (Some(value), Some(least)) = (value, organisation)
            && setting.domain.loosens(&least, &value)
        {
            let text = format!("{name}: your organisation allows no less protection.");
            let error = Error::forbidden(text).with_code(MatrixCode::PolicyLocked);
            return Err(error.with_field("setting", name));
        }
        let json = value.map(json_of).transpose()?;
        let (this, key) = (self.clone(), setting.key);
        let write = self.policies.db.write(cx, move |tx| {
            match json {
                Some(json) => own_setting::upsert_own_setting(tx, &user, key, &json)?,
                None => own_setting::delete_own_setting(tx, &user, key)?,
            }
            tx.after_commit(move || {
                this.changes.fetch_add(1, Ordering::SeqCst);
                this.known.remove(&user);
            });
            Ok(())
        });
        write.await
    }

    /// Whether something of `user` may be shown: the organisation allows it, and so does she. Costs
    /// no database access for people who have been asked about before.
    pub async fn shows(&self, cx: &Cx, user: &UserId, signal: Signal) -> Result<bool> {
        let policy = self.policies.in_force.now();
        let setting = setting(signal.key())?;
        let Some(organisation @ Value::Switch(true)) = setting.effect.read(&policy) else {
            return Ok(false);
        };
        let own = self.decided(cx, user).await?.get(setting.key).copied();
        Ok(effective(&policy, setting, organisation, own) == Value::Switch(true))
    }

    async fn decided(&self, cx: &Cx, user: &UserId) -> Result<Arc<Decided>> {
        if let Some(known) = self.known.get(user) {
            return Ok(known);
        }
        let before = self.changes.load(Ordering::SeqCst);
        let asked = user.to_owned();
        let rows = self.policies.db.read(cx, move |tx| own_setting::list_own_settings(tx, &asked));
        let mut decided = Decided::new();
        for (name, json) in rows.await? {
            // A decision on a setting that this version does not know rests.
            let Some(setting) = catalogue().find(|setting| setting.key == name) else { continue };
            let json = serde_json::from_str(&json).map_err(Error::internal)?;
            decided.insert(setting.key, setting.domain.parse(setting.key, &json)?);
        }
        let decided = Arc::new(decided);
        if self.changes.load(Ordering::SeqCst) == before {
            self.known.insert(user.to_owned(), Arc::clone(&decided));
        }
        Ok(decided)
    }
}

/// What holds for a person: her own value, but no looser than the organisation's. Where she has
/// said nothing, what can be used to watch her stays off (law: R-215).
fn effective(policy: &Policy, setting: &Setting, organisation: Value, own: Option<Value>) -> Value {
    let strictest = match setting.domain {
        Domain::Switch { stricter } if setting.monitoring && policy.signals_opt_in => {
            Value::Switch(stricter)
        }
        _ => organisation,
    };
    let value = own.unwrap_or(strictest);
    match setting.domain.loosens(&organisation, &value) {
        true => organisation,
        false => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// law: R-067
    #[test]
    fn nobody_gets_less_protection_than_the_organisation_decides() {
        let policy = Policy::strict();
        for setting in catalogue().filter(|setting| setting.personal) {
            let Some(organisation) = setting.shipped.standard else { continue };
            let others: Vec<Value> = match setting.domain {
                Domain::Switch { .. } => [true, false].map(Value::Switch).to_vec(),
                Domain::Number { min, max, .. } => [min, max].map(Value::Number).to_vec(),
                Domain::Choice { strictest_first } => {
                    strictest_first.iter().map(|word| Value::Choice(word)).collect()
                }
            };
            for own in others {
                let holds = effective(&policy, setting, organisation, Some(own));
                assert!(!setting.domain.loosens(&organisation, &holds), "{} {own:?}", setting.key);
                if !setting.domain.loosens(&organisation, &own) {
                    assert_eq!(holds, own, "{}", setting.key);
                }
            }
        }
    }

    /// law: R-215
    #[test]
    fn what_can_watch_somebody_is_on_only_if_she_wants_it() {
        let receipts = setting("read_receipts").unwrap();
        let on = Value::Switch(true);
        let holds = |policy: &Policy, own| effective(policy, receipts, on, own);
        assert_eq!(holds(&Policy::strict(), None), Value::Switch(false));
        assert_eq!(holds(&Policy::strict(), Some(on)), on);
        assert_eq!(holds(&Policy::lab(), None), on);
    }
}
