//! How long entries are kept. law: R-194

use kontor_core::Timestamp;
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How long an entry is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Security: 90 days.
    A,
    /// Administration: 12 months.
    B,
    /// Decisions that must be shown: to the end of the third year after.
    C,
    /// Proof of procedure: to the end of the tenth year after.
    D,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }

    /// Entries older than this are removed at `now`.
    #[must_use]
    pub fn cutoff(self, now: Timestamp) -> Timestamp {
        match self {
            Self::A => Timestamp(now.0.saturating_sub(90 * DAY_MS)),
            // Twelve months have up to 366 days.
            Self::B => Timestamp(now.0.saturating_sub(366 * DAY_MS)),
            Self::C => start_of_year(year_of(now) - 3),
            Self::D => start_of_year(year_of(now) - 10),
        }
    }
}

/// The year (UTC) of a time.
fn year_of(at: Timestamp) -> i64 {
    // An average year is 365.2425 days; the guess is off by one at most.
    let guess = 1970 + at.0.div_euclid(DAY_MS) * 10_000 / 3_652_425;
    if start_of_year(guess) > at {
        guess - 1
    } else if start_of_year(guess + 1) <= at {
        guess + 1
    } else {
        guess
    }
}

fn start_of_year(year: i64) -> Timestamp {
    let leap_days =
        |before: i64| before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let days = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    Timestamp(days * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_begin_where_the_calendar_says() {
        for (year, begin_s) in [
            (1970, 0),
            (1972, 63_072_000),
            (2000, 946_684_800),
            (2024, 1_704_067_200),
            (2025, 1_735_689_600),
            (2101, 4_133_980_800),
        ] {
            let begin = Timestamp(begin_s * 1000);
            assert_eq!(start_of_year(year), begin);
            assert_eq!(year_of(begin), year);
            assert_eq!(year_of(Timestamp(begin.0 - 1)), year - 1);
        }
    }

    #[test]
    fn decisions_are_kept_to_the_end_of_the_third_year_after() {
        let made = Timestamp(1_735_689_600_000); // 1 January 2025
        let last = Timestamp(1_861_919_999_999); // 31 December 2028
        assert!(Class::C.cutoff(last) <= made);
        assert!(Class::C.cutoff(Timestamp(last.0 + 1)) > made);
    }

    #[test]
    fn every_class_is_kept_longer_than_the_one_before() {
        let now = Timestamp(1_800_000_000_000);
        let cutoffs = Class::ALL.map(|class| class.cutoff(now));
        assert!(cutoffs.is_sorted_by(|a, b| a > b), "{cutoffs:?}");
        assert_eq!(now.since(cutoffs[0]).as_secs(), 90 * 86_400);
    }
}
