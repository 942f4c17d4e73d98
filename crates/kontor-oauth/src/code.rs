//! Codes: what they look like and what proves that one is shown by whom it was given to.

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kontor_core::{Random, Result};

/// Random letters of a code that a program keeps: 200 bits.
const CODE_LETTERS: usize = 40;
/// Letters of a code that a person types: 8 of 20, 34 bits. Few enough to be typed, and enough
/// against guessing, because tries are counted.
const USER_CODE_LETTERS: usize = 8;
/// Consonants only: no words come out of them (RFC 8628 §6.1).
const USER_CODE_ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Shortest and longest verifier (RFC 7636 §4.1).
const VERIFIER_BYTES: std::ops::RangeInclusive<usize> = 43..=128;

/// A code for a program. `prefix` says what it is to whoever finds one in a log.
pub(crate) fn program_code(random: &Random, prefix: &str) -> Result<String> {
    Ok(format!("{prefix}{}", random.word(CODE_LETTERS)?))
}

/// A code for a person, `BCDF-GHJK`.
pub(crate) fn user_code(random: &Random) -> Result<String> {
    let mut code = String::with_capacity(USER_CODE_LETTERS + 1);
    while code.len() <= USER_CODE_LETTERS {
        let [byte] = random.bytes()?;
        // 240 is the largest multiple of 20 in a byte: no letter is likelier than another.
        if byte < 240
            && let Some(letter) = USER_CODE_ALPHABET.get(usize::from(byte % 20))
        {
            code.push(char::from(*letter));
            if code.len() == USER_CODE_LETTERS / 2 {
                code.push('-');
            }
        }
    }
    Ok(code)
}

/// A person's code however it was typed: small letters, spaces, no hyphen. `None` if it cannot be
/// one.
pub(crate) fn typed_user_code(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .take(USER_CODE_LETTERS + 1)
        .collect();
    let is_code = letters.len() == USER_CODE_LETTERS
        && letters.bytes().all(|byte| USER_CODE_ALPHABET.contains(&byte));
    let (first, second) = letters.split_at_checked(USER_CODE_LETTERS / 2)?;
    is_code.then(|| format!("{first}-{second}"))
}

/// Whether a challenge can be the hash of a verifier (RFC 7636 §4.2, `S256`).
pub(crate) fn is_challenge(challenge: &str) -> bool {
    URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|hash| hash.len() == digest::SHA256_OUTPUT_LEN)
}

/// Whether a verifier belongs to a challenge (RFC 7636 §4.6). Takes the same time either way.
pub(crate) fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
    let is_equal = constant_time::verify_slices_are_equal(
        URL_SAFE_NO_PAD.encode(hash).as_bytes(),
        challenge.as_bytes(),
    );
    VERIFIER_BYTES.contains(&verifier.len()) && verifier.bytes().all(unreserved) && is_equal.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_verifier_belongs_to_its_challenge() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(is_challenge(challenge));
        assert!(verifies(verifier, challenge));
        assert!(!verifies(challenge, challenge));
        assert!(!verifies(verifier, verifier));
        assert!(!is_challenge("short") && !is_challenge(""));
    }

    #[test]
    fn verifiers_have_the_length_and_letters_of_the_rfc() {
        for verifier in ["x".repeat(42), "x".repeat(129), "ä".repeat(30)] {
            let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
            assert!(!verifies(&verifier, &URL_SAFE_NO_PAD.encode(hash)), "{verifier}");
        }
    }

    #[test]
    fn a_persons_code_may_be_typed_in_any_way() {
        let code = user_code(&Random::seeded(1)).unwrap();
        assert_eq!(code.len(), 9);
        let small = code.to_lowercase().replace('-', " ");
        assert_eq!(typed_user_code(&small), Some(code.clone()));
        assert_eq!(typed_user_code(&format!(" {code} ")), Some(code));
        for wrong in ["", "BCDF", "BCDF-GHJA", "BCDFGHJKL", "BCDF-GHÄJ"] {
            assert_eq!(typed_user_code(wrong), None, "{wrong}");
        }
    }
}
