//! Choosing a profile: one act, shown before it is done. law

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result};
use kontor_db::Tx;
use kontor_store::policy_setting::{self, ChangeRow, SettingRow};
use ruma::UserId;

use crate::agreement::Agreement;
use crate::held::{Held, PROFILE, decided_value};
use crate::policies::{author, check_reason, json_of};
use crate::{Policies, Profile, Setting, Value, catalogue};

/// A profile somebody wants.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// Which.
    pub profile: Profile,
    /// Why; kept with the decision.
    pub reason: String,
    /// That the works council agrees, where something would become possible that can be used to
    /// watch people.
    pub agreement: Option<Agreement>,
}

/// What a profile would change of one setting.
#[derive(Clone, Copy)]
pub struct Difference {
    /// The setting.
    pub setting: &'static Setting,
    /// What holds.
    pub before: Option<Value>,
    /// What would hold.
    pub after: Option<Value>,
    /// Less would be protected.
    pub loosens: bool,
    /// One person alone may not do that.
    pub needs_second: bool,
}

/// What choosing a profile comes to.
pub struct Preview {
    /// The profile chosen before; `None`: none was.
    pub current: Option<Profile>,
    /// What would change, by area.
    pub differences: Vec<Difference>,
    /// Own decisions that would fall, because they protect less than the profile.
    fallen: Vec<SettingRow>,
}

impl Preview {
    /// Whether one person alone may not choose it.
    pub fn needs_second(&self) -> bool {
        self.differences.iter().any(|difference| difference.needs_second)
    }

    /// Whether something would become possible that can be used to watch people.
    pub fn needs_works_council(&self) -> bool {
        self.differences.iter().any(|it| it.loosens && it.setting.monitoring)
    }
}

impl Policies {
    /// What a profile would change. Decisions of the organisation stay where they protect more, or
    /// are locked.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn preview_profile(&self, cx: &Cx, profile: Profile) -> Result<Preview> {
        cx.require(Permission::ReadPolicyHistory)?;
        let rows = self.db.read(cx, policy_setting::list_settings).await?;
        self.preview(rows, profile)
    }

    /// Chooses a profile; answers the number of the decision. The one that holds already changes
    /// nothing.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and (`APP_KONTOR_FOUR_EYES`) where it protects less than
    /// a lock allows one person alone; `Conflict` (`APP_KONTOR_WORKS_COUNCIL`) where the works
    /// council has to agree; `Invalid` for a missing or over-long reason and a defective agreement;
    /// `Unavailable` if it cannot be recorded in the audit log.
    pub async fn choose_profile(&self, cx: &Cx, change: ProfileChange) -> Result<i64> {
        cx.require(Permission::DecidePolicy)?;
        let preview = self.preview_profile(cx, change.profile).await?;
        if preview.needs_second() {
            let text = "This profile protects less where something is locked. Ask for an approval.";
            return Err(Error::forbidden(text).with_code(MatrixCode::FourEyes));
        }
        Box::pin(self.adopt(cx, change, author(cx))).await
    }

    /// As [`Self::choose_profile`], for what `requester` asked for and the caller allows. Whoever
    /// calls has seen to it that both may.
    ///
    /// # Errors
    /// Those of [`Self::choose_profile`] but `Forbidden`.
    pub async fn choose_profile_approved(
        &self,
        cx: &Cx,
        change: ProfileChange,
        requester: &UserId,
    ) -> Result<i64> {
        Box::pin(self.adopt(cx, change, format!("{requester} + {}", author(cx)))).await
    }

    /// As [`Self::choose_profile`], for an organisation that has decided nothing yet.
    pub(crate) async fn begin_with(&self, cx: &Cx, change: ProfileChange) -> Result<()> {
        Box::pin(self.adopt(cx, change, author(cx))).await.map(drop)
    }

    async fn adopt(&self, cx: &Cx, change: ProfileChange, author: String) -> Result<i64> {
        check_reason(&change.reason)?;
        let rows = self.db.read(cx, policy_setting::list_settings).await?;
        let preview = self.preview(rows, change.profile)?;
        if preview.current == Some(change.profile) {
            return self.db.read(cx, policy_setting::newest_version).await;
        }
        if preview.needs_works_council() && change.agreement.is_none() {
            return Err(works_council(PROFILE));
        }
        change.agreement.as_ref().map_or(Ok(()), |agreement| agreement.check(cx.now))?;
        let event = Event::new(Action::PolicyChanged).with_detail(PROFILE);
        let event = event.because(&change.reason);
        let agreement = change.agreement.map(|it| serde_json::to_string(&it)).transpose();
        let template = ChangeRow {
            version: 0,
            setting: PROFILE.to_owned(),
            old_value: String::new(),
            new_value: String::new(),
            author,
            changed: cx.now,
            reason: change.reason,
            locked: false,
            agreement: agreement.map_err(Error::internal)?,
        };
        let (this, profile) = (self.clone(), change.profile);
        let write = self.db.write(cx, move |tx| {
            // What was shown may have changed meanwhile.
            let rows = policy_setting::list_settings(tx)?;
            let preview = this.preview(rows, profile)?;
            let version = store(tx, (profile, &preview), &template)?;
            let rows = policy_setting::list_settings(tx)?;
            let policy = Held::of(&this.start, rows)?.policy()?;
            tx.after_commit(move || this.in_force.replace(policy));
            Ok(version)
        });
        self.audit.act(cx, event, write).await
    }

    fn preview(&self, rows: Vec<SettingRow>, profile: Profile) -> Result<Preview> {
        let held = Held::of(&self.start, rows)?;
        let base = self.start.under(Some(profile));
        let (mut fallen, mut kept) = (Vec::new(), Vec::new());
        for row in held.rows.iter().filter(|row| row.setting != PROFILE) {
            let known = catalogue().find(|setting| setting.key == row.setting);
            let falls = match known {
                Some(setting) if !row.locked => {
                    let ships = setting.effect.read(&base).or(setting.shipped.of(profile));
                    let value = decided_value(setting, row)?;
                    ships.is_some_and(|ships| setting.domain.loosens(&ships, &value))
                }
                _ => false,
            };
            if falls { fallen.push(row.clone()) } else { kept.push(row.clone()) }
        }
        kept.push(profile_row(profile, 0)?);
        let next = Held::of(&self.start, kept)?;
        let mut differences = Vec::new();
        for setting in catalogue() {
            let (before, after) = (held.value(setting)?, next.value(setting)?);
            if before == after {
                continue;
            }
            let less = |from: Option<Value>| match (from, after) {
                (Some(from), Some(after)) => setting.domain.loosens(&from, &after),
                _ => false,
            };
            let needs_second = less(held.floor(setting)?);
            let loosens = less(before);
            differences.push(Difference { setting, before, after, loosens, needs_second });
        }
        Ok(Preview { current: held.profile, differences, fallen })
    }
}

/// That the works council has to agree first. law: R-065
pub(crate) fn works_council(setting: &str) -> Error {
    let text = format!(
        "{setting}: can be used to watch people. Name the agreement with the works council, or ask it \
         for its consent."
    );
    Error::conflict(MatrixCode::WorksCouncil, text).with_field("setting", setting)
}

fn profile_row(profile: Profile, version: i64) -> Result<SettingRow> {
    let value = serde_json::to_string(profile.as_str()).map_err(Error::internal)?;
    Ok(SettingRow { setting: PROFILE.to_owned(), value, version, locked: false })
}

/// The choice, and each decision that falls with it, under numbers of their own.
fn store(
    tx: &mut Tx<'_>,
    (profile, preview): (Profile, &Preview),
    template: &ChangeRow,
) -> Result<i64> {
    let version = policy_setting::newest_version(tx)? + 1;
    let row = profile_row(profile, version)?;
    policy_setting::upsert_setting(tx, &row)?;
    let before = preview.current.map(|it| json_of(Value::Choice(it.as_str()))).transpose()?;
    let chosen = ChangeRow {
        version,
        old_value: before.unwrap_or_default(),
        new_value: row.value,
        ..template.clone()
    };
    policy_setting::insert_change(tx, &chosen)?;
    for (version, fallen) in (version + 1..).zip(&preview.fallen) {
        policy_setting::delete_setting(tx, &fallen.setting)?;
        let change = ChangeRow {
            version,
            setting: fallen.setting.clone(),
            old_value: fallen.value.clone(),
            ..template.clone()
        };
        policy_setting::insert_change(tx, &change)?;
    }
    Ok(chosen.version)
}
