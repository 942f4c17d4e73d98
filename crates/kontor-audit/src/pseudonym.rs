//! Pseudonyms of ordinary people. law: R-192

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use kontor_core::{Error, MatrixCode, Random, Result, Secret, Timestamp};
use kontor_db::Tx;
use kontor_store::audit_pseudonym::{find_pseudonym_secret, insert_pseudonym_secret};
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

/// Makes pseudonyms. Each person's are made with a secret of their own, kept in the log's store:
/// once it is destroyed, nobody can tell whose they are. law: R-128
pub(crate) struct Pseudonyms(hmac::Key);

/// What a person's pseudonyms are made with.
pub(crate) type PersonalSecret = [u8; 32];

impl Pseudonyms {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// The pseudonym of `user` at a time; makes their secret if they have none.
    pub(crate) fn at(
        &self,
        tx: &mut Tx<'_>,
        random: &Random,
        (user, at): (&UserId, Timestamp),
    ) -> Result<Pseudonym> {
        let period = at.0.div_euclid(PERIOD_MS);
        if let Some(secret) = self.secret_of(tx, user)? {
            return Ok(self.in_period(&secret, period));
        }
        let secret: PersonalSecret = random.bytes()?;
        insert_pseudonym_secret(tx, &self.person(user), &secret)?;
        Ok(self.in_period(&secret, period))
    }

    /// Whether `pseudonym` is that of `user`.
    pub(crate) fn fits(
        &self,
        tx: &mut Tx<'_>,
        pseudonym: &Pseudonym,
        user: &UserId,
    ) -> Result<bool> {
        let secret = self.secret_of(tx, user)?;
        Ok(secret.is_some_and(|secret| self.in_period(&secret, pseudonym.period) == *pseudonym))
    }

    /// How the log names `user`, now and in `periods` periods before, the newest first.
    pub(crate) fn names_of(
        &self,
        tx: &mut Tx<'_>,
        (user, now): (&UserId, Timestamp),
        periods: i64,
    ) -> Result<Vec<String>> {
        let Some(secret) = self.secret_of(tx, user)? else { return Ok(Vec::new()) };
        let newest = now.0.div_euclid(PERIOD_MS);
        let name = |ago| format!("user:{}", self.in_period(&secret, newest - ago));
        Ok((0..=periods).map(name).collect())
    }

    /// Keyed hash by which a person's secret is found.
    pub(crate) fn person(&self, user: &UserId) -> [u8; 32] {
        let mut hash = [0; 32];
        let tag = hmac::sign(&self.0, format!("person\0{user}").as_bytes());
        if let Some(bytes) = tag.as_ref().get(..32) {
            hash.copy_from_slice(bytes);
        }
        hash
    }

    fn secret_of(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<Option<PersonalSecret>> {
        let stored = find_pseudonym_secret(tx, &self.person(user))?;
        let secret = stored.map(PersonalSecret::try_from).transpose();
        secret.map_err(|_| Error::internal("audit_pseudonym.secret: 32 bytes are expected"))
    }

    fn in_period(&self, secret: &PersonalSecret, period: i64) -> Pseudonym {
        let period_key = hmac::sign(&self.0, &period.to_be_bytes());
        let period_key = hmac::Key::new(hmac::HMAC_SHA256, period_key.as_ref());
        let tag = hmac::sign(&period_key, secret);
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
    fn pseudonyms_differ_by_secret_key_and_period() {
        let one = Pseudonyms::new(&Secret::new([1; 32]));
        let two = Pseudonyms::new(&Secret::new([2; 32]));
        let name = one.in_period(&[7; 32], 7);
        assert_eq!(name, one.in_period(&[7; 32], 7));
        let others = [(&one, [8; 32], 7), (&two, [7; 32], 7), (&one, [7; 32], 8)];
        for (key, secret, period) in others {
            assert_ne!(name, key.in_period(&secret, period));
        }
        let (anna, ben) = (user_id!("@anna:a.example"), user_id!("@ben:a.example"));
        assert_ne!(one.person(anna), one.person(ben));
        assert_ne!(one.person(anna), two.person(anna));
    }

    #[test]
    fn only_pseudonyms_are_read_as_such() {
        let name = Pseudonyms::new(&Secret::new([1; 32])).in_period(&[7; 32], -1);
        assert_eq!(name.to_string().parse::<Pseudonym>().unwrap(), name);
        for text in ["", "p", "p1", "p1-", "p1-xyz", "@a:b", "p01-0123456789abcdef0123456789abcdef"]
        {
            assert!(text.parse::<Pseudonym>().is_err(), "{text}");
        }
    }
}
