//! Days and moments as people of a language write them.

use kontor_core::{Locale, Timestamp};
use time::OffsetDateTime;

use crate::frame::Visit;

/// A day.
pub(crate) fn day(visit: &Visit, at: Timestamp) -> String {
    let date = of(at);
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    match visit.texts.0 {
        Locale::De => format!("{day:02}.{month:02}.{year}"),
        Locale::En => format!("{year}-{month:02}-{day:02}"),
    }
}

/// A moment, to the minute. In UTC, and saying so: the server does not know where its readers are.
pub(crate) fn moment(visit: &Visit, at: Timestamp) -> String {
    let date = of(at);
    format!("{}, {:02}:{:02} UTC", day(visit, at), date.hour(), date.minute())
}

fn of(at: Timestamp) -> OffsetDateTime {
    let date = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    date.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
