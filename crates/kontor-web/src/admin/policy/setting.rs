//! One setting: why it is as it is, who decided so, and deciding anew.

use askama::Template;
use kontor_approval::{Proposal, Request};
use kontor_core::{Error, Kind, MatrixCode, Permission};
use kontor_policy::{Change, Domain, Effect, Profile, SettingState, Value as Held, word_text};
use serde_json::Value;

use super::shown::{decided_in_words, value_in_words};
use super::works_council::{AgreementForm, agreement_in_words};
use crate::admin::names::Names;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::moment;

#[derive(Template)]
#[template(path = "admin/setting.html")]
struct SettingPage {
    page: Page,
    key: &'static str,
    name: &'static str,
    reason: &'static str,
    law: &'static str,
    value: String,
    /// Name of each profile and what it ships.
    profiles: Vec<(String, String)>,
    /// What one person alone may not go below.
    floor: Option<String>,
    locked_here: bool,
    monitoring: bool,
    /// Text: who sees to it.
    effect: String,
    /// What programs have to do.
    programs: Option<&'static str>,
    /// `None`: nothing to decide, or not for her.
    field: Option<Field>,
    typed: Typed,
    council: AgreementForm,
    wrong: Wrong,
    history: Vec<Decided>,
}

/// What the value is chosen with.
enum Field {
    /// Values and their words.
    Choice(Vec<(String, String)>),
    Number {
        min: u64,
        max: u64,
        unit: &'static str,
    },
}

/// What stands in the form.
struct Typed {
    value: String,
    reason: String,
    lock: bool,
}

/// What is wrong, by field.
#[derive(Default)]
struct Wrong {
    value: Option<String>,
    reason: Option<String>,
    /// A second person has to allow it; the form can ask for one.
    needs_second: bool,
}

struct Decided {
    version: i64,
    before: String,
    after: String,
    locked: bool,
    author: String,
    at: String,
    reason: String,
    /// What the works council agreed to.
    agreement: Option<String>,
}

/// `GET /admin/policy/setting/{key}`
pub(super) async fn show(visit: Visit) -> Shown {
    let state = state_of(&visit).await?;
    // What was typed before she was asked who she is.
    let typed = match visit.has_typed() {
        true => Typed::sent(&visit),
        false => {
            Typed { value: text_of(state.value), reason: String::new(), lock: state.locked_here }
        }
    };
    let council = AgreementForm::sent(&visit, state.setting.monitoring);
    let wrong = Wrong { needs_second: visit.typed("act") == "ask", ..Wrong::default() };
    Ok(page::show(&whole(&visit, state, (typed, council), wrong).await?))
}

/// `POST /admin/policy/setting/{key}`
pub(super) async fn decide(visit: Visit) -> Shown {
    let state = state_of(&visit).await?;
    let (_, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
    let setting = state.setting;
    let typed = Typed::sent(&visit);
    let mut council = AgreementForm::sent(&visit, setting.monitoring);
    let agreement = council.agreement();
    let value = json_of(&setting.domain, &typed.value);
    let reason = typed.reason.clone();
    let (key, approvals) = (setting.key.to_owned(), &visit.tenant.approvals);
    let done = if visit.form.text("act") == "ask" {
        let before = Value::Null;
        let proposal = Proposal::WeakenPolicy { setting: key, before, value, agreement };
        let request = Request { proposal, reason, auth: None };
        approvals
            .request(&cx, request)
            .await
            .map(|_| ("/admin/approvals".to_owned(), "layout-asked"))
    } else {
        let change = Change { setting: key, value, reason, lock: typed.lock, agreement };
        let here = || (visit.uri.path().to_owned(), "layout-saved");
        approvals.change_policy(&cx, change, None).await.map(|_| here())
    };
    match done {
        Ok((next, said)) => Err(Leave::Done(next, said)),
        Err(error) => {
            let wrong = match council.refused(&visit, &error) {
                true => {
                    let needs_second = council.missing.is_some();
                    Wrong { needs_second, ..Wrong::default() }
                }
                false => wrong_of(&visit, error, &typed)?,
            };
            Ok(show_again(&whole(&visit, state, (typed, council), wrong).await?))
        }
    }
}

impl Typed {
    fn sent(visit: &Visit) -> Self {
        Self {
            value: visit.form.text("value").trim().to_owned(),
            reason: visit.form.text("reason").trim().to_owned(),
            lock: visit.form.has("lock"),
        }
    }
}

fn wrong_of(visit: &Visit, error: Error, typed: &Typed) -> Result<Wrong, Error> {
    let text = |id: &str| Some(visit.texts.get(id));
    match (error.kind, error.code) {
        (Kind::Forbidden, Some(MatrixCode::FourEyes)) => {
            Ok(Wrong { needs_second: true, ..Wrong::default() })
        }
        (Kind::Invalid, _) if typed.reason.is_empty() || typed.reason.len() > 1000 => {
            Ok(Wrong { reason: text("policy-reason-wrong"), ..Wrong::default() })
        }
        (Kind::Invalid, _) => Ok(Wrong { value: text("policy-value-wrong"), ..Wrong::default() }),
        _ => Err(error),
    }
}

/// The setting that the address names.
async fn state_of(visit: &Visit) -> Result<SettingState, Leave> {
    let (_, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
    let key = visit.uri.path().rsplit('/').next().unwrap_or_default();
    let states = visit.tenant.policies.list(&cx).await?;
    let found = states.into_iter().find(|state| state.setting.key == key);
    Ok(found.ok_or_else(|| Error::not_found("There is no such setting."))?)
}

async fn whole(
    visit: &Visit,
    state: SettingState,
    (typed, council): (Typed, AgreementForm),
    wrong: Wrong,
) -> Result<SettingPage, Leave> {
    let (session, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
    let (texts, setting) = (visit.texts, state.setting);
    let said = |value: Option<Held>| value_in_words(texts, setting, value);
    let may_decide =
        session.roles.may(Permission::DecidePolicy) && setting.effect.is_decided_here();
    let history = if session.roles.may(Permission::ReadPolicyHistory) {
        visit.tenant.policies.history_of(&cx, setting.key).await?
    } else {
        Vec::new()
    };
    let authors = history.iter().map(|row| row.author.as_str());
    let names = Names::of_authors(visit, &cx, authors).await?;
    let mut page = Page::new(visit, "policy-title");
    texts.of(setting.name).clone_into(&mut page.title);
    Ok(SettingPage {
        page,
        key: setting.key,
        name: texts.of(setting.name),
        reason: texts.of(setting.reason),
        law: setting.law,
        value: said(state.value),
        profiles: profiles(visit, &state),
        floor: state.floor.map(|floor| said(Some(floor))),
        locked_here: state.locked_here,
        monitoring: setting.monitoring,
        effect: texts.get(effect_text(&setting.effect)),
        programs: setting.programs.map(|text| texts.of(text)),
        field: may_decide.then(|| field_of(visit, &setting.domain)),
        typed,
        council,
        wrong,
        history: history
            .into_iter()
            .map(|row| Decided {
                version: row.version,
                before: decided_in_words(texts, (setting, &row.setting), &row.old_value),
                after: decided_in_words(texts, (setting, &row.setting), &row.new_value),
                agreement: row.agreement.map(|json| agreement_in_words(texts, &json)),
                locked: row.locked,
                author: names.author(texts, &row.author),
                at: moment(visit, row.changed),
                reason: row.reason,
            })
            .collect(),
    })
}

fn profiles(visit: &Visit, state: &SettingState) -> Vec<(String, String)> {
    let named = [
        (Profile::Standard, "policy-profile-standard"),
        (Profile::Elevated, "policy-profile-elevated"),
        (Profile::Trade, "policy-profile-trade"),
    ];
    let shipped = |profile| state.setting.shipped.of(profile);
    named
        .map(|(profile, id)| {
            (visit.texts.get(id), value_in_words(visit.texts, state.setting, shipped(profile)))
        })
        .into()
}

const fn effect_text(effect: &Effect) -> &'static str {
    match effect {
        Effect::Flag(_) | Effect::Span(..) | Effect::Server { .. } => "policy-effect-server",
        Effect::Announced { .. } => "policy-effect-announced",
        Effect::Operator(_) => "policy-effect-operator",
        Effect::Client => "policy-effect-client",
        Effect::Planned(_) => "policy-effect-planned",
        Effect::Absent => "policy-effect-absent",
    }
}

fn field_of(visit: &Visit, domain: &Domain) -> Field {
    let texts = visit.texts;
    match domain {
        Domain::Switch { .. } => Field::Choice(vec![
            ("true".to_owned(), texts.get("policy-value-on")),
            ("false".to_owned(), texts.get("policy-value-off")),
        ]),
        Domain::Number { min, max, unit, .. } => {
            Field::Number { min: *min, max: *max, unit: texts.of(unit.text(*max)) }
        }
        Domain::Choice { strictest_first } => {
            let said =
                |word: &str| word_text(word).map_or(word.to_owned(), |it| texts.of(it).to_owned());
            Field::Choice(
                strictest_first.iter().map(|word| ((*word).to_owned(), said(word))).collect(),
            )
        }
    }
}

/// A value as a form has it.
fn text_of(value: Option<Held>) -> String {
    match value {
        Some(Held::Switch(on)) => on.to_string(),
        Some(Held::Number(number)) => number.to_string(),
        Some(Held::Choice(word)) => word.to_owned(),
        None => String::new(),
    }
}

/// What a form has, as the service takes it; it says what is wrong with it.
fn json_of(domain: &Domain, text: &str) -> Value {
    match domain {
        Domain::Switch { .. } => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::from(other),
        },
        Domain::Number { .. } => {
            text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from)
        }
        Domain::Choice { .. } => Value::from(text),
    }
}
