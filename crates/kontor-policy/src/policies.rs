//! Showing and changing the settings of an organisation.

use kontor_audit::{Action, Audit, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Permission, Result};
use kontor_db::{Db, Tx};
use kontor_store::policy_setting::{self, ChangeRow, SettingRow};
use ruma::UserId;

use crate::agreement::Agreement;
use crate::choosing::{ProfileChange, works_council};
use crate::held::{Held, Start};
use crate::{InForce, Profile, Setting, Value, catalogue, setting};

/// Longest reason for a change, in bytes.
const REASON_LIMIT_BYTES: usize = 1000;
/// Most decisions in one answer.
const HISTORY_PAGE: u32 = 100;

/// The settings of an organisation.
#[derive(Clone)]
pub struct Policies {
    pub(crate) db: Db,
    pub(crate) audit: Audit,
    pub(crate) in_force: InForce,
    pub(crate) start: Start,
}

/// A setting and its value.
#[derive(Clone, Copy)]
pub struct SettingState {
    /// The setting.
    pub setting: &'static Setting,
    /// What holds; `None` where the profile has no use for the setting.
    pub value: Option<Value>,
    /// The decision it comes from; `None`: as shipped or configured.
    pub version: Option<i64>,
    /// What one person alone may not go below: as shipped, or where an administrator has locked
    /// it. `None`: the setting is not locked.
    pub floor: Option<Value>,
    /// An administrator has locked it, beyond what is shipped.
    pub locked_here: bool,
}

/// A change somebody wants.
#[derive(Clone, Debug)]
pub struct Change {
    /// Name of the setting.
    pub setting: String,
    /// The value; `null` goes back to what is shipped or configured.
    pub value: serde_json::Value,
    /// Why; kept with the decision.
    pub reason: String,
    /// Whether it is locked from now on: less protection then needs a second person. Taking a lock
    /// off does so too.
    pub lock: bool,
    /// That the works council agrees, where that is asked for.
    pub agreement: Option<Agreement>,
}

impl Policies {
    /// Reads what was decided and puts it in force. An organisation that has decided nothing yet
    /// begins with the profile `first`, if any.
    pub async fn open(
        cx: &Cx,
        (db, audit): (Db, Audit),
        in_force: InForce,
        start: Start,
        first: Option<Profile>,
    ) -> Result<Self> {
        let read = db.read(cx, |tx| {
            Ok((policy_setting::list_settings(tx)?, policy_setting::newest_version(tx)?))
        });
        let (rows, newest) = read.await?;
        in_force.replace(Held::of(&start, rows)?.policy()?);
        let this = Self { db, audit, in_force, start };
        if let (Some(profile), 0) = (first, newest) {
            let reason = "chosen when the organisation was created".to_owned();
            this.begin_with(cx, ProfileChange { profile, reason, agreement: None }).await?;
        }
        Ok(this)
    }

    /// The chosen profile; `None`: none was chosen.
    ///
    /// # Errors
    /// `Forbidden` unless signed in.
    pub async fn profile(&self, cx: &Cx) -> Result<Option<Profile>> {
        require_signed_in(cx)?;
        Ok(self.held(cx).await?.profile)
    }

    /// Every setting with its value; for everybody who has signed in, because clients follow it.
    ///
    /// # Errors
    /// `Forbidden` unless signed in.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<SettingState>> {
        require_signed_in(cx)?;
        let held = self.held(cx).await?;
        let state = |setting: &'static Setting| {
            let decided = held.decision(setting);
            Ok(SettingState {
                setting,
                value: held.value(setting)?,
                version: decided.map(|row| row.version),
                floor: held.floor(setting)?,
                locked_here: decided.is_some_and(|row| row.locked),
            })
        };
        catalogue().map(state).collect()
    }

    async fn held(&self, cx: &Cx) -> Result<Held> {
        let rows = self.db.read(cx, policy_setting::list_settings).await?;
        Held::of(&self.start, rows)
    }

    /// Decides on a setting; answers the number of the decision. Deciding what holds already
    /// changes nothing.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and (`APP_KONTOR_FOUR_EYES`) for less protection than
    /// shipped where the
    /// setting is locked; `NotFound` for unknown settings; `Invalid` for values outside the domain,
    /// settings nobody can change, a missing or over-long reason, and a defective agreement;
    /// `Conflict` (`APP_KONTOR_WORKS_COUNCIL`) where the works council has to agree;
    /// `Unavailable` if the decision cannot be recorded in the audit log.
    pub async fn change(&self, cx: &Cx, change: Change) -> Result<i64> {
        cx.require(Permission::DecidePolicy)?;
        if self.needs_approval(cx, &change.setting, &change.value).await? {
            let text = format!(
                "{}: locked. Less protection than shipped needs a second person. Ask for an approval.",
                change.setting
            );
            let error = Error::forbidden(text).with_code(MatrixCode::FourEyes);
            return Err(error.with_field("setting", change.setting));
        }
        Box::pin(self.decide(cx, change, (author(cx), true))).await
    }

    /// As [`Self::change`], for what `requester` asked for and the caller allows. Whoever calls has
    /// seen to it that both may.
    ///
    /// # Errors
    /// Those of [`Self::change`] but `Forbidden`.
    pub async fn change_approved(
        &self,
        cx: &Cx,
        change: Change,
        requester: &UserId,
    ) -> Result<i64> {
        Box::pin(self.decide(cx, change, (format!("{requester} + {}", author(cx)), false))).await
    }

    /// Whether one person alone may not give `setting` that value: it is locked, and less would be
    /// protected than what is shipped or where it was locked.
    ///
    /// # Errors
    /// `NotFound` for unknown settings; `Invalid` for values outside the domain and settings nobody
    /// can change.
    pub async fn needs_approval(
        &self,
        cx: &Cx,
        name: &str,
        wanted: &serde_json::Value,
    ) -> Result<bool> {
        let setting = setting(name)?;
        let held = self.held(cx).await?;
        let Some(value) = allowed(setting, wanted)?.or_else(|| held.undecided(setting)) else {
            return Ok(false);
        };
        let floor = held.floor(setting)?;
        Ok(floor.is_some_and(|floor| setting.domain.loosens(&floor, &value)))
    }

    /// Whether the works council has to agree to that value: the setting can be used to watch
    /// people, and less would be protected than now. law
    ///
    /// # Errors
    /// As [`Self::needs_approval`].
    pub async fn needs_works_council(
        &self,
        cx: &Cx,
        name: &str,
        wanted: &serde_json::Value,
    ) -> Result<bool> {
        let setting = setting(name)?;
        let held = self.held(cx).await?;
        let after = allowed(setting, wanted)?.or_else(|| held.undecided(setting));
        let (Some(before), Some(after)) = (held.value(setting)?, after) else { return Ok(false) };
        Ok(setting.monitoring && setting.domain.loosens(&before, &after))
    }

    /// What holds for a setting; `None` where the profile has no use for it.
    ///
    /// # Errors
    /// `NotFound` for unknown settings.
    pub async fn value(&self, cx: &Cx, name: &str) -> Result<Option<Value>> {
        let setting = setting(name)?;
        self.held(cx).await?.value(setting)
    }

    /// `keeps_lock`: a lock that is there stays, whatever the change says.
    async fn decide(
        &self,
        cx: &Cx,
        change: Change,
        (author, keeps_lock): (String, bool),
    ) -> Result<i64> {
        let setting = setting(&change.setting)?;
        check_reason(&change.reason)?;
        let value = allowed(setting, &change.value)?;
        let agreement = self.agreement_for(cx, &change).await?;
        let held = self.held(cx).await?;
        // What is locked is a value, not what some later version ships.
        let value = value.or_else(|| held.undecided(setting).filter(|_| change.lock));
        let new_value = value.map(json_of).transpose()?.unwrap_or_default();
        if let Some(version) = self.holding(cx, setting, (&new_value, change.lock)).await? {
            return Ok(version);
        }
        let event = Event::new(Action::PolicyChanged).with_detail(setting.key);
        let event = event.because(&change.reason);
        let (this, now) = (self.clone(), cx.now);
        let write = self.db.write(cx, move |tx| {
            let old = policy_setting::find_setting(tx, setting.key)?;
            let was_locked = old.as_ref().is_some_and(|row| row.locked);
            let old_value = old.map(|row| row.value).unwrap_or_default();
            let version = policy_setting::newest_version(tx)? + 1;
            let locked = change.lock || (keeps_lock && was_locked);
            let setting_key = setting.key.to_owned();
            store(
                tx,
                &SettingRow { setting: setting_key, value: new_value.clone(), version, locked },
            )?;
            let decision = ChangeRow {
                version,
                setting: setting.key.to_owned(),
                old_value,
                new_value,
                author,
                changed: now,
                reason: change.reason,
                locked,
                agreement,
            };
            policy_setting::insert_change(tx, &decision)?;
            let rows = policy_setting::list_settings(tx)?;
            let policy = Held::of(&this.start, rows)?.policy()?;
            tx.after_commit(move || this.in_force.replace(policy));
            Ok(version)
        });
        self.audit.act(cx, event, write).await
    }

    /// The agreement that a change names, as it is kept; `None` where none is named nor asked for.
    async fn agreement_for(&self, cx: &Cx, change: &Change) -> Result<Option<String>> {
        if let Some(agreement) = &change.agreement {
            agreement.check(cx.now)?;
            return serde_json::to_string(agreement).map(Some).map_err(Error::internal);
        }
        match self.needs_works_council(cx, &change.setting, &change.value).await? {
            true => Err(works_council(&change.setting)),
            false => Ok(None),
        }
    }

    /// Number of the decision by which `value` holds already, locked if it is to be; `None` if it
    /// does not.
    async fn holding(
        &self,
        cx: &Cx,
        setting: &Setting,
        (value, lock): (&str, bool),
    ) -> Result<Option<i64>> {
        let (key, value) = (setting.key, value.to_owned());
        let read = self.db.read(cx, move |tx| {
            let old = policy_setting::find_setting(tx, key)?;
            let held = old.as_ref().map_or(("", false), |row| (&row.value, row.locked));
            if held != (&value, lock) {
                return Ok(None);
            }
            let version = old.map(|row| row.version);
            version.map_or_else(|| policy_setting::newest_version(tx), Ok).map(Some)
        });
        read.await
    }

    /// At most a hundred decisions on one setting and choices of a profile, newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` for unknown settings.
    pub async fn history_of(&self, cx: &Cx, name: &str) -> Result<Vec<ChangeRow>> {
        cx.require(Permission::ReadPolicyHistory)?;
        let key = setting(name)?.key;
        let read = move |tx: &mut Tx<'_>| policy_setting::list_changes_of(tx, key, HISTORY_PAGE);
        self.db.read(cx, read).await
    }

    /// At most a hundred decisions before number `before` (`None`: the newest), newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn history(&self, cx: &Cx, before: Option<i64>) -> Result<Vec<ChangeRow>> {
        cx.require(Permission::ReadPolicyHistory)?;
        let before = before.unwrap_or(i64::MAX);
        self.db.read(cx, move |tx| policy_setting::list_changes(tx, before, HISTORY_PAGE)).await
    }
}

/// The wanted value, if the setting may take it; `None` to go back.
fn allowed(setting: &Setting, wanted: &serde_json::Value) -> Result<Option<Value>> {
    if !setting.effect.is_decided_here() {
        let text = format!("{}: Kontor offers no other value.", setting.key);
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    if wanted.is_null() {
        return Ok(None);
    }
    setting.domain.parse(setting.key, wanted).map(Some)
}

fn require_signed_in(cx: &Cx) -> Result<()> {
    match cx.actor {
        Actor::Anonymous => Err(Error::forbidden("Sign in to read the policy.")),
        _ => Ok(()),
    }
}

pub(crate) fn author(cx: &Cx) -> String {
    match &cx.actor {
        Actor::User(session) => session.user_id.to_string(),
        Actor::Operator | Actor::Anonymous | Actor::Job(_) => "operator".to_owned(),
    }
}

pub(crate) fn check_reason(reason: &str) -> Result<()> {
    if reason.trim().is_empty() || reason.len() > REASON_LIMIT_BYTES || reason.contains('\0') {
        let text = format!("reason: needs 1 to {REASON_LIMIT_BYTES} bytes and no NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}

fn store(tx: &mut Tx<'_>, row: &SettingRow) -> Result<()> {
    if row.value.is_empty() {
        return policy_setting::delete_setting(tx, &row.setting);
    }
    policy_setting::upsert_setting(tx, row)
}

pub(crate) fn json_of(value: Value) -> Result<String> {
    serde_json::to_string(&value).map_err(Error::internal)
}
