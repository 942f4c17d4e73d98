//! Times for people.

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970 as `2026-01-31 12:00:00 UTC`; the number itself beyond year 9999.
pub(crate) fn utc(ms: i64) -> String {
    let (mut days, rest) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS) / 1000);
    let mut year = 1970;
    if !(0..=2_932_896).contains(&days) {
        return format!("{ms} ms after 1970");
    }
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let mut month = 1;
    for length in months(year) {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC", days + 1)
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn months(year: i64) -> [i64; 12] {
    let february = if is_leap(year) { 29 } else { 28 };
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (ms, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399_999, "2000-02-28 23:59:59 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (1_735_689_599_000, "2024-12-31 23:59:59 UTC"),
            (-1, "-1 ms after 1970"),
        ] {
            assert_eq!(utc(ms), text);
        }
    }
}
