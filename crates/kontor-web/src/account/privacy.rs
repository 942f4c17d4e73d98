//! What others learn of one, and when programs stay quiet: deciding more strictly for oneself.
//! law

use askama::Template;
use kontor_core::{Cx, Error, Kind};
use kontor_policy::{Domain, OwnState, Value};

use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::day;

#[derive(Template)]
#[template(path = "account/privacy.html")]
struct Privacy {
    page: Page,
    lines: Vec<Line>,
    /// Holds on her that she is told of: the matter, the basis and the end.
    holds: Vec<(String, String, String)>,
    wrong: Option<String>,
}

/// A switch.
struct Line {
    key: &'static str,
    name: &'static str,
    reason: &'static str,
    /// What holds for her, in words.
    holds: String,
    /// She can decide: the organisation leaves something open.
    open: bool,
    /// What she has decided: `true`, `false` or nothing.
    own: &'static str,
    /// What holds if she decides nothing, in words.
    otherwise: String,
}

/// `GET /account/privacy`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&whole(&visit, None).await?))
}

/// `POST /account/privacy`
pub(super) async fn decide(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    let wanted = match visit.form.text("value") {
        "true" => serde_json::Value::Bool(true),
        "false" => serde_json::Value::Bool(false),
        _ => serde_json::Value::Null,
    };
    match visit.tenant.own.decide(&cx, visit.form.text("setting"), &wanted).await {
        Ok(()) => Err(Leave::Done("/account/privacy".to_owned(), "layout-saved")),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Forbidden) => {
            let wrong = Some(visit.texts.get("privacy-refused"));
            Ok(show_again(&whole(&visit, wrong).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn whole(visit: &Visit, wrong: Option<String>) -> Result<Privacy, Leave> {
    let (_, cx) = visit.person()?;
    let states: Result<Vec<OwnState>, Error> = visit.tenant.own.list(&cx).await;
    let lines = states?.iter().filter_map(|state| line_of(visit, state)).collect();
    let holds = holds_on(visit, &cx).await?;
    Ok(Privacy { page: Page::new(visit, "privacy-title"), lines, holds, wrong })
}

/// The holds on her that she is told of and that keep something: the matter, the basis and the end.
pub(super) async fn holds_on(
    visit: &Visit,
    cx: &Cx,
) -> Result<Vec<(String, String, String)>, Error> {
    let holds = visit.tenant.deletion.own_holds(cx).await?.into_iter();
    let active = holds.filter(|hold| hold.is_active(cx.now));
    Ok(active.map(|hold| (hold.matter, hold.basis, day(visit, hold.ends))).collect())
}

/// `None` for what is no switch: programs have a place for that.
fn line_of(visit: &Visit, state: &OwnState) -> Option<Line> {
    let texts = visit.texts;
    let Domain::Switch { stricter } = state.setting.domain else { return None };
    let said = |value: Option<Value>| {
        texts.get(match value {
            Some(Value::Switch(true)) => "policy-value-on",
            _ => "policy-value-off",
        })
    };
    let otherwise = match state.own {
        None => state.effective,
        Some(_) => state.organisation,
    };
    Some(Line {
        key: state.setting.key,
        name: texts.of(state.setting.name),
        reason: texts.of(state.setting.reason),
        holds: said(state.effective),
        open: state.organisation != Some(Value::Switch(stricter)),
        own: match state.own {
            Some(Value::Switch(true)) => "true",
            Some(Value::Switch(false)) => "false",
            _ => "",
        },
        otherwise: said(otherwise),
    })
}
