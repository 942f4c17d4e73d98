//! What has to be settled before a room may be supervised. law: R-074

use std::time::Duration;

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use ruma::{OwnedUserId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest time a room is supervised before somebody decides anew: a year.
const LONGEST: Duration = Duration::from_hours(366 * 24);
/// Longest text of a field, in characters.
const LONGEST_TEXT: usize = 4_000;
/// Most people who supervise one room.
const MOST_SUPERVISORS: usize = 20;
/// The texts that nobody supervises without, in the order of the form.
const TEXTS: [&str; 5] = ["purpose", "legal_basis", "balancing", "agreement", "impact_assessment"];

/// How those who supervise read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// All the time, like every member.
    #[serde(rename = "laufend")]
    Continuous,
    /// Only what they have opened, with a reason, for an hour.
    #[serde(rename = "anlassbezogen")]
    OnOccasion,
}

/// By whom a room is supervised, for what, until when: content of the state event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Rises with every change; people acknowledge a version.
    pub version: i64,
    /// For what.
    pub purpose: String,
    /// Article and statute.
    pub legal_basis: String,
    /// Why the interest in it outweighs that of the people concerned.
    pub balancing: String,
    /// The agreement with the works council, or that there is no council.
    pub agreement: String,
    /// The data protection impact assessment.
    pub impact_assessment: String,
    /// Who supervises.
    pub supervisors: Vec<OwnedUserId>,
    /// How.
    pub mode: Mode,
    /// Until when, in milliseconds since the Unix epoch.
    pub until_ms: i64,
}

impl Terms {
    /// Reads the terms that somebody asks for.
    ///
    /// # Errors
    /// `Invalid`, naming every field that is missing or wrong.
    pub fn parse(cx: &Cx, wanted: &Value, version: i64) -> Result<Self> {
        let empty = Map::new();
        let wanted = wanted.as_object().unwrap_or(&empty);
        let mut wrong: Vec<&str> =
            TEXTS.iter().filter(|field| text(wanted, field).is_none()).copied().collect();
        let supervisors = people(wanted);
        let mode = wanted.get("mode").and_then(|mode| Mode::deserialize(mode).ok());
        let until = wanted.get("until_ms").and_then(Value::as_i64).map(Timestamp);
        let until = until.filter(|until| *until > cx.now && *until <= cx.now.plus(LONGEST));
        wrong.extend(supervisors.is_none().then_some("supervisors"));
        wrong.extend(mode.is_none().then_some("mode"));
        wrong.extend(until.is_none().then_some("until_ms"));
        let (Some(supervisors), Some(mode), Some(until), []) = (supervisors, mode, until, &*wrong)
        else {
            let text = format!(
                "app.kontor.supervision: missing or wrong: {}. A supervised room needs purpose, \
                 legal_basis, balancing, agreement, impact_assessment, supervisors, mode (laufend or \
                 anlassbezogen) and until_ms, at most a year from now.",
                wrong.join(", ")
            );
            let error = Error::invalid(MatrixCode::InvalidParam, text);
            return Err(error
                .with_field("fields", wrong.iter().copied().map(Value::from).collect::<Vec<_>>()));
        };
        let take = |field| text(wanted, field).unwrap_or_default();
        Ok(Self {
            version,
            purpose: take("purpose"),
            legal_basis: take("legal_basis"),
            balancing: take("balancing"),
            agreement: take("agreement"),
            impact_assessment: take("impact_assessment"),
            supervisors,
            mode,
            until_ms: until.0,
        })
    }

    /// Whether a person supervises; also when the time is over.
    #[must_use]
    pub fn names(&self, user: &UserId) -> bool {
        self.supervisors.iter().any(|supervisor| supervisor == user)
    }

    /// Until when.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        Timestamp(self.until_ms)
    }

    /// Whether the supervision lasts.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        now < self.until()
    }
}

fn text(wanted: &Map<String, Value>, field: &str) -> Option<String> {
    let text = wanted.get(field)?.as_str()?.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_TEXT;
    fits.then(|| text.to_owned())
}

fn people(wanted: &Map<String, Value>) -> Option<Vec<OwnedUserId>> {
    let list = wanted.get("supervisors")?.as_array()?;
    if list.is_empty() || list.len() > MOST_SUPERVISORS {
        return None;
    }
    let mut people = Vec::with_capacity(list.len());
    for entry in list {
        let user = OwnedUserId::try_from(entry.as_str()?).ok()?;
        if !people.contains(&user) {
            people.push(user);
        }
    }
    Some(people)
}

#[cfg(test)]
mod tests {
    use kontor_core::{Actor, Clock, Random, TenantId};
    use serde_json::json;

    use super::*;

    fn cx() -> Cx {
        let clock = Clock::manual(Timestamp(1_000));
        Cx::new(TenantId(1), Actor::Operator, clock, Random::seeded(1)).unwrap()
    }

    fn complete() -> Value {
        json!({
            "purpose": "Qualität der Kundenberatung",
            "legal_basis": "DSGVO Art. 6(1)(f)",
            "balancing": "Kunden erwarten geprüfte Auskünfte.",
            "agreement": "BV 12/2026",
            "impact_assessment": "DSFA 3",
            "supervisors": ["@chef:firma.example"],
            "mode": "anlassbezogen",
            "until_ms": 2_000,
        })
    }

    fn wrong(wanted: &Value) -> Vec<String> {
        let error = Terms::parse(&cx(), wanted, 1).unwrap_err();
        let fields = error.fields.get("fields").and_then(Value::as_array).unwrap();
        fields.iter().map(|field| field.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn complete_terms_are_read() {
        let terms = Terms::parse(&cx(), &complete(), 3).unwrap();
        assert_eq!((terms.version, terms.mode), (3, Mode::OnOccasion));
        assert!(terms.lasts(Timestamp(1_999)) && !terms.lasts(Timestamp(2_000)));
    }

    #[test]
    fn each_missing_field_is_named() {
        let fields = complete().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for field in fields {
            let mut wanted = complete();
            wanted.as_object_mut().unwrap().remove(&field);
            assert_eq!(wrong(&wanted), [field]);
        }
        assert_eq!(wrong(&json!({})).len(), 8);
    }

    #[test]
    fn no_room_is_supervised_for_longer_than_a_year() {
        let year = i64::try_from(LONGEST.as_millis()).unwrap();
        for (until, fits) in [(1_000 + year, true), (1_001 + year, false), (1_000, false)] {
            let mut wanted = complete();
            wanted["until_ms"] = json!(until);
            assert_eq!(Terms::parse(&cx(), &wanted, 1).is_ok(), fits, "{until}");
        }
    }
}
