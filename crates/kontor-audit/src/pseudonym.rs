//! Pseudonyms of ordinary people. law: R-192

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use kontor_core::{Error, MatrixCode, Result, Secret, Timestamp};
use ruma::UserId;

use crate::digest::hex;

/// The key changes this often: entries further apart cannot be told to be of one person.
const PERIOD_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// What stands in the log for a person's user id, for 90 days: `p228-` and 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pseudonym {
    period: i64,
    tag: String,
}

/// Makes pseudonyms.
pub(crate) struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// The pseudonym of `user` at a time.
    pub(crate) fn at(&self, user: &UserId, at: Timestamp) -> Pseudonym {
        self.in_period(user, at.0.div_euclid(PERIOD_MS))
    }

    /// Whether `pseudonym` is that of `user`.
    pub(crate) fn fits(&self, pseudonym: &Pseudonym, user: &UserId) -> bool {
        self.in_period(user, pseudonym.period) == *pseudonym
    }

    /// How the log names `user`, now and in `periods` periods before, the newest first.
    pub(crate) fn names_of(&self, user: &UserId, now: Timestamp, periods: i64) -> Vec<String> {
        let newest = now.0.div_euclid(PERIOD_MS);
        let back = 0..=periods;
        back.map(|ago| format!("user:{}", self.in_period(user, newest - ago))).collect()
    }

    fn in_period(&self, user: &UserId, period: i64) -> Pseudonym {
        let period_key = hmac::sign(&self.0, &period.to_be_bytes());
        let period_key = hmac::Key::new(hmac::HMAC_SHA256, period_key.as_ref());
        let tag = hmac::sign(&period_key, user.as_bytes());
        Pseudonym { period, tag: hex(tag.as_ref().get(..16).unwrap_or_default()) }
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}-{}", self.period, self.tag)
    }
}

impl FromStr for Pseudonym {
    type Err = Error;

    /// # Errors
    /// `Invalid` for anything that no log contains.
    fn from_str(text: &str) -> Result<Self> {
        let parts = text.strip_prefix('p').and_then(|rest| rest.rsplit_once('-'));
        let pseudonym = parts.and_then(|(period, tag)| {
            Some(Self { period: period.parse().ok()?, tag: tag.to_owned() })
        });
        let pseudonym = pseudonym.filter(|it| {
            it.to_string() == text
                && it.tag.len() == 32
                && it.tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });
        pseudonym.ok_or_else(|| {
            let text = "A pseudonym looks like p228-0123456789abcdef0123456789abcdef.";
            Error::invalid(MatrixCode::InvalidParam, text)
        })
    }
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    #[test]
    fn pseudonyms_differ_by_person_key_and_period() {
        let one = Pseudonyms::new(&Secret::new([1; 32]));
        let two = Pseudonyms::new(&Secret::new([2; 32]));
        let (anna, ben) = (user_id!("@anna:a.example"), user_id!("@ben:a.example"));
        let at = Timestamp(PERIOD_MS * 7);
        let name = one.at(anna, at);
        assert_eq!(name, one.at(anna, Timestamp(PERIOD_MS * 8 - 1)));
        for other in [one.at(ben, at), two.at(anna, at), one.at(anna, Timestamp(PERIOD_MS * 8))] {
            assert_ne!(name, other);
        }
        assert!(one.fits(&name, anna) && !one.fits(&name, ben) && !two.fits(&name, anna));
        assert!(!name.to_string().contains("anna"));
    }

    #[test]
    fn only_pseudonyms_are_read_as_such() {
        let name = Pseudonyms::new(&Secret::new([1; 32])).at(user_id!("@a:b"), Timestamp(-1));
        assert_eq!(name.to_string().parse::<Pseudonym>().unwrap(), name);
        for text in ["", "p", "p1", "p1-", "p1-xyz", "@a:b", "p01-0123456789abcdef0123456789abcdef"]
        {
            assert!(text.parse::<Pseudonym>().is_err(), "{text}");
        }
    }
}
