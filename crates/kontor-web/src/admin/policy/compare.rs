//! What holds beside what a profile ships, and choosing one.

use std::collections::BTreeMap;

use askama::Template;
use kontor_approval::{Proposal, Request};
use kontor_core::{Error, Kind, MatrixCode, Permission};
use kontor_policy::{Difference, Preview, Profile, ProfileChange, SettingState};
use serde_json::Value;

use super::shown::{profile_in_words, value_in_words};
use super::works_council::AgreementForm;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};

#[derive(Template)]
#[template(path = "admin/policy-compare.html")]
struct Compare {
    page: Page,
    /// Word of the profile in the address.
    profile: &'static str,
    /// Words and names of all.
    profiles: Vec<(&'static str, String)>,
    /// Name of the profile that is looked at.
    name: String,
    /// Name of the chosen one.
    chosen: String,
    /// It is the one that is looked at.
    is_chosen: bool,
    /// She may choose.
    may_choose: bool,
    lines: Vec<Line>,
    /// How many settings would change.
    changes: usize,
    reason: String,
    reason_wrong: Option<String>,
    council: AgreementForm,
    /// Somebody else has to allow it; the form can ask for that.
    needs_second: bool,
}

struct Line {
    key: &'static str,
    name: &'static str,
    now: String,
    shipped: String,
    /// Less is protected than the profile would.
    looser: bool,
    /// What choosing the profile does to it.
    effect: String,
}

/// `GET /admin/policy/compare`
pub(super) async fn show(visit: Visit) -> Shown {
    let looked = Looked::at(&visit).await?;
    let council = AgreementForm::sent(&visit, false);
    let reason = visit.typed("reason").to_owned();
    Ok(page::show(&looked.page(&visit, council, (reason, None))?))
}

/// `POST /admin/policy/compare`
pub(super) async fn choose(visit: Visit) -> Shown {
    let (_, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
    let looked = Looked::at(&visit).await?;
    let mut council = AgreementForm::sent(&visit, true);
    let reason = visit.typed("reason").to_owned();
    let (profile, agreement) = (looked.profile, council.agreement());
    let approvals = &visit.tenant.approvals;
    let done = if visit.form.text("act") == "ask" {
        let (profile, before) = (profile.as_str().to_owned(), Value::Null);
        let proposal = Proposal::ChooseProfile { profile, before, agreement };
        let request = Request { proposal, reason: reason.clone(), auth: None };
        approvals.request(&cx, request).await.map(|_| ("/admin/approvals", "layout-asked"))
    } else {
        let change = ProfileChange { profile, reason: reason.clone(), agreement };
        approvals.choose_profile(&cx, change, None).await.map(|_| ("/admin/policy", "layout-saved"))
    };
    match done {
        Ok((next, said)) => Err(Leave::Done(next.to_owned(), said)),
        Err(error) => {
            let wrong = match council.refused(&visit, &error) {
                true => None,
                false => wrong_of(&visit, error, &reason)?,
            };
            Ok(show_again(&looked.page(&visit, council, (reason, wrong))?))
        }
    }
}

/// What is wrong with the reason; `None` if a second person is needed.
fn wrong_of(visit: &Visit, error: Error, reason: &str) -> Result<Option<String>, Error> {
    match (error.kind, error.code) {
        (Kind::Forbidden, Some(MatrixCode::FourEyes)) => Ok(None),
        (Kind::Invalid, _) if reason.is_empty() || reason.len() > 1000 => {
            Ok(Some(visit.texts.get("policy-reason-wrong")))
        }
        _ => Err(error),
    }
}

/// A profile that somebody looks at.
struct Looked {
    profile: Profile,
    preview: Preview,
    states: Vec<SettingState>,
}

impl Looked {
    async fn at(visit: &Visit) -> Result<Self, Leave> {
        let (_, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
        let policies = &visit.tenant.policies;
        let chosen = policies.profile(&cx).await?;
        let named = visit.form.text("profile").parse().ok().or(chosen);
        let profile = named.unwrap_or(Profile::Standard);
        let preview = policies.preview_profile(&cx, profile).await?;
        Ok(Self { profile, preview, states: policies.list(&cx).await? })
    }

    fn page(
        &self,
        visit: &Visit,
        council: AgreementForm,
        (reason, reason_wrong): (String, Option<String>),
    ) -> Result<Compare, Leave> {
        let (session, _) = visit.officer_with(Permission::ReadPolicyHistory)?;
        let texts = visit.texts;
        let council_asked = self.preview.needs_works_council() || council.asked;
        let profiles = Profile::ALL.map(|it| (it.as_str(), profile_in_words(texts, Some(it))));
        Ok(Compare {
            page: Page::new(visit, "compare-title"),
            profile: self.profile.as_str(),
            profiles: profiles.into(),
            name: profile_in_words(texts, Some(self.profile)),
            chosen: profile_in_words(texts, self.preview.current),
            is_chosen: self.preview.current == Some(self.profile),
            may_choose: session.roles.may(Permission::DecidePolicy),
            lines: self.lines(visit),
            changes: self.preview.differences.len(),
            reason,
            reason_wrong,
            needs_second: self.preview.needs_second() || council.missing.is_some(),
            council: AgreementForm { asked: council_asked, ..council },
        })
    }

    /// Every setting that is not as in the profile.
    fn lines(&self, visit: &Visit) -> Vec<Line> {
        let changing: BTreeMap<&str, &Difference> =
            self.preview.differences.iter().map(|it| (it.setting.key, it)).collect();
        let differs =
            self.states.iter().filter(|it| it.value != it.setting.shipped.of(self.profile));
        let line = |state: &SettingState| {
            let (setting, texts) = (state.setting, visit.texts);
            let shipped = setting.shipped.of(self.profile);
            let looser = match (shipped, state.value) {
                (Some(shipped), Some(now)) => setting.domain.loosens(&shipped, &now),
                _ => false,
            };
            let effect = match changing.get(setting.key) {
                Some(it) if it.needs_second => "compare-changes-locked",
                Some(it) if it.loosens => "compare-changes-looser",
                Some(_) => "compare-changes",
                None if !setting.effect.is_decided_here() => "compare-fixed",
                None if shipped.is_none() => "compare-unused",
                None => "compare-stays",
            };
            Line {
                key: setting.key,
                name: texts.of(setting.name),
                now: value_in_words(texts, setting, state.value),
                shipped: value_in_words(texts, setting, shipped),
                looser,
                effect: texts.get(effect),
            }
        };
        differs.map(line).collect()
    }
}
