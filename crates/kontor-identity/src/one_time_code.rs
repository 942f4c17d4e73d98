//! Codes of authenticator apps (RFC 6238: HMAC-SHA1, six digits, thirty seconds, as all apps do).

use aws_lc_rs::{constant_time, hmac};
use kontor_core::Timestamp;

const STEP_MS: i64 = 30_000;
const DIGITS: usize = 6;
/// Steps that a clock may be off.
const TOLERANCE: i64 = 1;
/// Alphabet of RFC 4648, which apps expect.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step, later than `last_step`, whose code `typed` is. Spaces in `typed` do not count.
pub(crate) fn accepted_step(
    secret: &[u8],
    typed: &str,
    (now, last_step): (Timestamp, i64),
) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let step = now.0.div_euclid(STEP_MS);
    // Every step is computed, so that the time tells nothing.
    (-TOLERANCE..=TOLERANCE)
        .map(|offset| step + offset)
        .filter(|step| is_same(&code(secret, *step), &typed))
        .filter(|step| *step > last_step)
        .max()
}

fn is_same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// The code of a time step.
pub(crate) fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let number =
        bytes.iter().skip(offset).take(4).fold(0_u32, |all, byte| (all << 8) | u32::from(*byte));
    format!("{:0DIGITS$}", (number & 0x7fff_ffff) % 1_000_000)
}

/// `bytes` in letters and digits, as people type a secret into an app.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        for (to, from) in block.iter_mut().skip(3).zip(chunk) {
            *to = *from;
        }
        let number = u64::from_be_bytes(block);
        let letters = (chunk.len() * 8).div_ceil(5);
        let places = (0..letters).map(|place| 35 - 5 * place);
        let indices = places.filter_map(|shift| usize::try_from((number >> shift) & 31).ok());
        text.extend(indices.filter_map(|i| BASE32.get(i)).map(|b| char::from(*b)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / 30), expected, "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_off_by_half_a_minute_and_no_code_is_good_twice() {
        let (secret, now) = (b"12345678901234567890", Timestamp(3_000_000));
        let step = now.0 / STEP_MS;
        for (offset, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(secret, step + offset);
            let accepted = accepted_step(secret, &typed, (now, 0));
            assert_eq!(accepted, good.then_some(step + offset), "{offset}");
        }
        let typed = code(secret, step);
        assert_eq!(accepted_step(secret, &typed, (now, step)), None);
        let (left, right) = typed.split_at(3);
        let spaced = format!(" {left} {right}");
        assert_eq!(accepted_step(secret, &spaced, (now, 0)), Some(step));
        for wrong in ["", "000000", "12345", "abcdef", "１２３４５６"] {
            assert_eq!(accepted_step(secret, wrong, (now, 0)), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn secrets_are_written_in_base32() {
        let cases = [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ")];
        for (text, expected) in cases.into_iter().chain([("foobar", "MZXW6YTBOI")]) {
            assert_eq!(base32(text.as_bytes()), expected);
        }
    }
}
