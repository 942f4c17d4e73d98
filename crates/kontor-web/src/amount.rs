//! Numbers and sizes as people of a language write them.

use kontor_core::Locale;

use crate::texts::Texts;

const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// A whole number, in groups of three digits.
pub(crate) fn count(texts: Texts, number: u64) -> String {
    let (group, _) = marks(texts);
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    text
}

/// A size in bytes, in the unit that makes it short, with one decimal.
pub(crate) fn bytes(texts: Texts, size: u64) -> String {
    let (mut tenths, mut unit) = (size.saturating_mul(10), 0);
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    let whole = count(texts, tenths / 10);
    if unit == 0 {
        return format!("{whole} {name}");
    }
    let (_, point) = marks(texts);
    format!("{whole}{point}{} {name}", tenths % 10)
}

/// Between groups of digits, and before decimals.
const fn marks(texts: Texts) -> (char, char) {
    match texts.0 {
        Locale::De => ('.', ','),
        Locale::En => (',', '.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let told = [0, 999, 1_000, 1_234_567].map(|number| count(Texts(Locale::De), number));
        assert_eq!(told, ["0", "999", "1.000", "1.234.567"]);
        assert_eq!(count(Texts(Locale::En), 20_000), "20,000");
    }

    #[test]
    fn sizes_are_short() {
        let told = [0, 1023, 1536, 5 << 20, 3 << 40].map(|size| bytes(Texts(Locale::De), size));
        assert_eq!(told, ["0 B", "1.023 B", "1,5 KiB", "5,0 MiB", "3,0 TiB"]);
    }
}
