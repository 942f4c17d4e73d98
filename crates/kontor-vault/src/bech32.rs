//! Bech32 (BIP 173), as far as age writes its keys in it.

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
/// Digits of five bits that hold 32 bytes, and those of the checksum.
const KEY_DIGITS: usize = 52;
const CHECK_DIGITS: usize = 6;

/// `key` behind `prefix`, in lower case.
pub(crate) fn encode(prefix: &str, key: &[u8; 32]) -> String {
    let mut digits = Vec::with_capacity(KEY_DIGITS + CHECK_DIGITS);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in key {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            digits.push(low_digit(held >> bits));
        }
    }
    digits.push(low_digit(held << (5 - bits)));
    let mut checked = digits.clone();
    checked.extend([0; CHECK_DIGITS]);
    let check = checksum(prefix, &checked) ^ 1;
    digits.extend((0..CHECK_DIGITS).rev().map(|place| low_digit(check >> (5 * place))));
    let letter = |digit: &u8| DIGITS.get(usize::from(*digit)).copied().map_or('?', char::from);
    format!("{prefix}1{}", digits.iter().map(letter).collect::<String>())
}

/// The 32 bytes behind `prefix` in `text`; `None` if it is anything else. Upper case throughout is
/// as good as lower case.
pub(crate) fn decode(prefix: &str, text: &str) -> Option<[u8; 32]> {
    let is_mixed = text.bytes().any(|b| b.is_ascii_lowercase())
        && text.bytes().any(|b| b.is_ascii_uppercase());
    let text = text.to_ascii_lowercase();
    let rest = text.strip_prefix(prefix)?.strip_prefix('1').filter(|_| !is_mixed)?;
    let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte);
    let digits: Vec<u8> =
        rest.bytes().map(|b| u8::try_from(value(b)?).ok()).collect::<Option<_>>()?;
    if digits.len() != KEY_DIGITS + CHECK_DIGITS || checksum(prefix, &digits) != 1 {
        return None;
    }
    let (mut held, mut bits, mut bytes) = (0_u32, 0, Vec::with_capacity(32));
    for digit in digits.iter().take(KEY_DIGITS) {
        held = ((held & 0xff) << 5) | u32::from(*digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap_or_default());
        }
    }
    // What is left over is padding, of zeros.
    let padding = held & ((1 << bits) - 1);
    bytes.try_into().ok().filter(|_| padding == 0)
}

fn checksum(prefix: &str, digits: &[u8]) -> u32 {
    let prefix = prefix.as_bytes();
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    let all = high.chain([0]).chain(low).chain(digits.iter().copied());
    all.fold(1, |sum, digit| {
        let top = sum >> 25;
        let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(digit);
        let terms = GENERATOR.iter().enumerate().filter(|(bit, _)| (top >> bit) & 1 == 1);
        terms.fold(sum, |sum, (_, term)| sum ^ term)
    })
}

fn low_digit(bits: u32) -> u8 {
    u8::try_from(bits & 31).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_a_changed_letter_is_noticed() {
        let key: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7 % 256).unwrap());
        let text = encode("age", &key);
        assert_eq!(text.len(), 62);
        assert_eq!(decode("age", &text), Some(key));
        assert_eq!(decode("age", &text.to_uppercase()), Some(key));
        assert_eq!(decode("age-secret-key-", &text), None);
        for at in 4..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'q' { b'p' } else { b'q' };
            assert_eq!(decode("age", &String::from_utf8(changed).unwrap()), None, "{at}");
        }
        assert_eq!(decode("age", &text.replacen('a', "A", 1)), None);
    }
}
