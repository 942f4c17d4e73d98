//! The agreement with the works council, as a form has it and as the history tells it.

use kontor_core::{Error, Kind, MatrixCode};
use kontor_policy::{Agreement, Ground};

use crate::frame::Visit;
use crate::texts::Texts;

/// What stands in the form about the works council.
#[derive(Default)]
pub(super) struct AgreementForm {
    /// It is asked for.
    pub(super) asked: bool,
    pub(super) reference: String,
    pub(super) date: String,
    pub(super) by: String,
    /// There is no works council.
    pub(super) none: bool,
    /// The works council has to agree: what to do.
    pub(super) missing: Option<String>,
    /// What is wrong with a field.
    pub(super) wrong: Option<String>,
}

impl AgreementForm {
    /// As sent.
    pub(super) fn sent(visit: &Visit, asked: bool) -> Self {
        let text = |name: &str| visit.typed(name).to_owned();
        Self {
            asked,
            reference: text("agreement_reference"),
            date: text("agreement_date"),
            by: text("agreement_by"),
            none: visit.has_typed() && visit.form.has("agreement_none"),
            missing: None,
            wrong: None,
        }
    }

    /// The agreement; `None` if nothing was filled in.
    pub(super) fn agreement(&self) -> Option<Agreement> {
        let filled = [&self.reference, &self.date, &self.by].iter().any(|text| !text.is_empty());
        if !self.asked || !(filled || self.none) {
            return None;
        }
        Some(Agreement {
            ground: if self.none { Ground::NoWorksCouncil } else { Ground::Agreement },
            reference: if self.none { String::new() } else { self.reference.clone() },
            date: self.date.clone(),
            by: self.by.clone(),
        })
    }

    /// Takes a refusal in that is about it.
    pub(super) fn refused(&mut self, visit: &Visit, error: &Error) -> bool {
        let field = error.fields.get("field").and_then(|field| field.as_str()).unwrap_or_default();
        if error.code == Some(MatrixCode::WorksCouncil) {
            self.asked = true;
            self.missing = Some(visit.texts.get("council-missing"));
            return true;
        }
        if error.kind == Kind::Invalid && field.starts_with("agreement.") {
            self.wrong = Some(visit.texts.get("council-wrong"));
            return true;
        }
        false
    }
}

/// An agreement as it is kept, in words.
pub(super) fn agreement_in_words(texts: Texts, json: &str) -> String {
    let Ok(agreement) = serde_json::from_str::<Agreement>(json) else { return String::new() };
    let Agreement { ground, reference, date, by } = agreement;
    match ground {
        Ground::Agreement => {
            let head = texts.get_with("council-agreement", "reference", reference);
            format!("{head}, {date}, {by}")
        }
        Ground::Consent => {
            let head = texts.get_with("council-consent", "number", reference);
            format!("{head}, {date}, {by}")
        }
        Ground::NoWorksCouncil => format!("{} {by}, {date}", texts.get("council-none-said")),
    }
}
