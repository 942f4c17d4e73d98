//! Days and moments as people of a language write them, by the clocks of Germany.

use kontor_core::{Locale, Timestamp};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

use crate::frame::Visit;

/// A day.
pub(crate) fn day(visit: &Visit, at: Timestamp) -> String {
    let date = here(at);
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    match visit.texts.0 {
        Locale::De => format!("{day:02}.{month:02}.{year}"),
        Locale::En => format!("{year}-{month:02}-{day:02}"),
    }
}

/// A moment, to the minute, by the clocks of Germany; it says which.
pub(crate) fn moment(visit: &Visit, at: Timestamp) -> String {
    let date = here(at);
    let zone = match (visit.texts.0, date.offset().whole_hours()) {
        (Locale::De, 2) => "MESZ",
        (Locale::De, _) => "MEZ",
        (Locale::En, 2) => "CEST",
        (Locale::En, _) => "CET",
    };
    format!("{}, {:02}:{:02} {zone}", day(visit, at), date.hour(), date.minute())
}

/// The moment at which a day begins.
pub(crate) fn start_of(date: Date) -> Timestamp {
    let midnight = date.with_time(Time::MIDNIGHT).assume_utc();
    let begins = midnight.unix_timestamp() - i64::from(offset_at(midnight).whole_seconds());
    Timestamp(begins * 1000)
}

fn here(at: Timestamp) -> OffsetDateTime {
    let utc = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    let utc = utc.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    utc.to_offset(offset_at(utc))
}

/// One hour ahead of UTC; two from the last Sunday of March to the last of October, 01:00 UTC
/// (Richtlinie 2000/84/EG).
fn offset_at(utc: OffsetDateTime) -> UtcOffset {
    let summer = match (change(utc.year(), Month::March), change(utc.year(), Month::October)) {
        (Some(begins), Some(ends)) => begins <= utc && utc < ends,
        _ => false,
    };
    let hours = if summer { 2 } else { 1 };
    UtcOffset::from_hms(hours, 0, 0).unwrap_or(UtcOffset::UTC)
}

/// 01:00 UTC on the last Sunday of a month of 31 days.
fn change(year: i32, month: Month) -> Option<OffsetDateTime> {
    let last = Date::from_calendar_date(year, month, 31).ok()?;
    let sunday = 31 - last.weekday().number_days_from_sunday();
    let date = Date::from_calendar_date(year, month, sunday).ok()?;
    Some(date.with_hms(1, 0, 0).ok()?.assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(seconds: i64) -> (u8, u8, u8) {
        let date = here(Timestamp(seconds * 1000));
        (date.day(), date.hour(), date.minute())
    }

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        // 2026-03-29 and 2026-10-25, a second before and at 01:00 UTC.
        assert_eq!(clock(1_774_745_999), (29, 1, 59));
        assert_eq!(clock(1_774_746_000), (29, 3, 0));
        assert_eq!(clock(1_792_889_999), (25, 2, 59));
        assert_eq!(clock(1_792_890_000), (25, 2, 0));
    }

    #[test]
    fn a_day_begins_at_midnight_in_germany() {
        let summer = Date::from_calendar_date(2026, Month::July, 1).unwrap();
        assert_eq!(clock(start_of(summer).0 / 1000), (1, 0, 0));
        let winter = Date::from_calendar_date(2026, Month::December, 1).unwrap();
        assert_eq!(clock(start_of(winter).0 / 1000), (1, 0, 0));
    }
}
