//! That the works council agrees. law; `BetrVG` § 87(1) Nr. 6

use kontor_core::{Error, MatrixCode, Result, Timestamp};
use ruma::UserId;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// Longest text in an agreement, in characters.
const LONGEST_CHARS: usize = 200;

/// On what ground something that could be used to watch people may be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// An agreement with the works council (Betriebsvereinbarung).
    Agreement,
    /// The works council has consented here, as the second person.
    Consent,
    /// There is no works council; somebody by name says so.
    NoWorksCouncil,
}

/// That the works council agrees, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// On what ground.
    pub ground: Ground,
    /// Where it is written down; empty where there is no works council.
    #[serde(default)]
    pub reference: String,
    /// Its day, as `YYYY-MM-DD`.
    pub date: String,
    /// Who signed it, or who says that there is no works council.
    pub by: String,
}

impl Agreement {
    /// What `member` of the works council allows here and now.
    #[must_use]
    pub fn consent(approval: i64, now: Timestamp, member: &UserId) -> Self {
        Self {
            ground: Ground::Consent,
            reference: approval.to_string(),
            date: day_of(now).to_string(),
            by: member.to_string(),
        }
    }

    /// # Errors
    /// `Invalid`, with the field `field`: `agreement.reference`, `agreement.date` or
    /// `agreement.by` is missing, over-long, no day, or a day to come.
    pub(crate) fn check(&self, now: Timestamp) -> Result<()> {
        if self.ground != Ground::NoWorksCouncil {
            check_text("agreement.reference", &self.reference)?;
        }
        check_text("agreement.by", &self.by)?;
        let parts: Vec<&str> = self.date.split('-').collect();
        let day = match parts.as_slice() {
            [year, month, day] if self.date.len() == 10 => day_from(year, month, day),
            _ => None,
        };
        match day {
            Some(day) if day <= day_of(now) => Ok(()),
            _ => Err(wrong("agreement.date", "must be a day up to today, as 2026-03-01.")),
        }
    }
}

fn day_from(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn day_of(now: Timestamp) -> Date {
    let moment = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1000));
    moment.unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

fn check_text(field: &'static str, text: &str) -> Result<()> {
    let length = text.trim().chars().count();
    if length == 0 || length > LONGEST_CHARS || text.chars().any(char::is_control) {
        return Err(wrong(field, "needs 1 to 200 characters."));
    }
    Ok(())
}

fn wrong(field: &'static str, what: &str) -> Error {
    let error = Error::invalid(MatrixCode::InvalidParam, format!("{field}: {what}"));
    error.with_field("field", field)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02.
    const NOW: Timestamp = Timestamp(1_772_409_600_000);

    fn agreement(ground: Ground, reference: &str, date: &str, by: &str) -> Agreement {
        let text = str::to_owned;
        Agreement { ground, reference: text(reference), date: text(date), by: text(by) }
    }

    #[test]
    fn an_agreement_names_its_paper_its_day_and_who_signed_it() {
        let cases = [
            (Ground::Agreement, "BV 3/2026", "2026-03-01", "E. Muster", None),
            (Ground::Agreement, "BV 3/2026", "2026-03-02", "E. Muster", None),
            (Ground::NoWorksCouncil, "", "2026-03-01", "M. Chef", None),
            (Ground::Agreement, "", "2026-03-01", "E. Muster", Some("agreement.reference")),
            (Ground::Agreement, "BV", "2026-03-03", "E. Muster", Some("agreement.date")),
            (Ground::Agreement, "BV", "1.3.2026", "E. Muster", Some("agreement.date")),
            (Ground::Agreement, "BV", "2026-02-30", "E. Muster", Some("agreement.date")),
            (Ground::NoWorksCouncil, "", "2026-03-01", " ", Some("agreement.by")),
        ];
        for (ground, reference, date, by, wrong) in cases {
            let checked = agreement(ground, reference, date, by).check(NOW);
            let field = checked.err().map(|error| error.fields["field"].clone());
            assert_eq!(field, wrong.map(Into::into), "{reference} {date} {by}");
        }
    }

    #[test]
    fn consent_bears_the_day_it_was_given() {
        let member = ruma::user_id!("@rat:firma.example");
        let consent = Agreement::consent(7, NOW, member);
        assert_eq!((&*consent.date, &*consent.reference), ("2026-03-02", "7"));
        assert!(consent.check(NOW).is_ok());
    }
}
