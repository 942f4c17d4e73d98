//! Password hashing: Argon2id, bounded, off the async threads.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use kontor_core::{Error, MatrixCode, Random, Result, Secret};
use kontor_policy::Policy;
use tokio::sync::Semaphore;

use crate::guesses::{is_common, names_somebody};
use crate::new_password::PasswordRules;

/// Hashes computed at once: each takes a core and its memory for tens of milliseconds.
const AT_ONCE: usize = 2;
/// Hashes that may wait for their turn; beyond that, callers are turned away.
const LONGEST_QUEUE: usize = 256;
/// Longest password, in bytes.
const LONGEST_PASSWORD_BYTES: usize = 512;

/// What one hash costs. law: R-043.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// OWASP's first choice for Argon2id with 19 MiB.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// Hashes and checks passwords on a bounded number of blocking threads. Clones share the bound.
#[derive(Clone)]
pub struct Hasher {
    cost: PasswordCost,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Hasher {
    /// A hasher whose new hashes cost `cost`.
    pub fn new(cost: PasswordCost) -> Self {
        Self {
            cost,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(LONGEST_QUEUE)),
        }
    }

    /// Hash of `password` as a PHC string, keyed with `pepper`.
    pub(crate) async fn hash(
        &self,
        password: Secret<String>,
        pepper: Secret<[u8; 32]>,
        random: &Random,
    ) -> Result<String> {
        let salt: [u8; 16] = random.bytes()?;
        let cost = self.cost;
        self.run(move || hash(&password, &pepper, cost, &salt)).await
    }

    /// Whether `password` is the one hashed as `stored`. Without `stored` it takes the same time
    /// and answers `false`.
    pub(crate) async fn verify(
        &self,
        password: Secret<String>,
        pepper: Secret<[u8; 32]>,
        stored: Option<String>,
    ) -> Result<bool> {
        let cost = self.cost;
        self.run(move || match stored {
            Some(stored) => verify(&password, &pepper, cost, &stored),
            None => hash(&password, &pepper, cost, &[0; 16]).map(|_| false),
        })
        .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let text = "Too many people sign in at this moment.";
            return Err(
                Error::limited(MatrixCode::LimitExceeded, text).with_field("retry_after_ms", 2000)
            );
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        #[expect(clippy::disallowed_methods, reason = "password hashing may block, and is bounded")]
        let task = tokio::task::spawn_blocking(move || {
            // Held by the thread, not by the caller: a caller that leaves frees no turn.
            let (_place, _turn) = (place, turn);
            work()
        });
        task.await.map_err(Error::internal)?
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new(PasswordCost::default())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}

fn argon(pepper: &[u8; 32], cost: PasswordCost) -> Result<Argon2<'_>> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
        .map_err(|e| Error::internal(format!("cost of passwords: {e}")))?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
        .map_err(|e| Error::internal(format!("pepper of passwords: {e}")))
}

fn hash(
    password: &Secret<String>,
    pepper: &Secret<[u8; 32]>,
    cost: PasswordCost,
    salt: &[u8; 16],
) -> Result<String> {
    let salt = SaltString::encode_b64(salt).map_err(|e| Error::internal(e.to_string()))?;
    argon(pepper.expose(), cost)?
        .hash_password(password.expose().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|e| Error::internal(format!("hashing a password: {e}")))
}

/// The cost is that of `stored`.
fn verify(
    password: &Secret<String>,
    pepper: &Secret<[u8; 32]>,
    cost: PasswordCost,
    stored: &str,
) -> Result<bool> {
    let stored = PasswordHash::new(stored)
        .map_err(|e| Error::internal(format!("password.hash is no PHC string: {e}")))?;
    match argon(pepper.expose(), cost)?.verify_password(password.expose().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(e) => Err(Error::internal(format!("checking a password: {e}"))),
    }
}

/// Who is to have a new password.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// She has a second factor, so that a shorter password will do.
    pub(crate) second_factor: bool,
    /// Names that must not occur in it.
    pub(crate) names: Vec<String>,
}

/// Refuses a new password that breaks the rules. law: R-043; no rule forces changes.
///
/// # Errors
/// `Invalid` with the fields `field` and `reason`: `M_WEAK_PASSWORD` if it is `too_short` (with
/// `least`), `too_uniform` (with `least`), `common` or has a `name` in it; `M_INVALID_PARAM` if it is
/// `too_long`.
pub(crate) fn check_new_password(
    password: &Secret<String>,
    policy: &Policy,
    owner: &Owner,
) -> Result<()> {
    let PasswordRules { least, classes } = PasswordRules::of(policy, owner.second_factor);
    if password.expose().chars().count() < least {
        let text = format!("A password needs at least {least} characters.");
        return Err(weak("too_short", text).with_field("least", least));
    }
    if classes_of(password) < classes {
        let text = format!(
            "A password needs at least {classes} of these: small letters, capital letters, \
             digits, other characters."
        );
        return Err(weak("too_uniform", text).with_field("least", classes));
    }
    if is_overlong(password) {
        let text = format!("A password has at most {LONGEST_PASSWORD_BYTES} bytes.");
        let error = Error::invalid(MatrixCode::InvalidParam, text);
        return Err(error.with_field("field", "password").with_field("reason", "too_long"));
    }
    if policy.weak_passwords_refused {
        if is_common(password.expose()) {
            let text = "This password is one of the first that others would try.";
            return Err(weak("common", text.to_owned()));
        }
        if names_somebody(password.expose(), &owner.names) {
            let text = "A password contains neither a name of yours nor the organisation's.";
            return Err(weak("name", text.to_owned()));
        }
    }
    Ok(())
}

/// That a password breaks the rule called `reason`; surfaces say so in words.
pub(crate) fn weak(reason: &'static str, text: String) -> Error {
    let error = Error::invalid(MatrixCode::WeakPassword, text);
    error.with_field("field", "password").with_field("reason", reason)
}

/// How many of the four kinds of characters occur.
fn classes_of(password: &Secret<String>) -> usize {
    let classes: BTreeSet<u8> = password
        .expose()
        .chars()
        .map(|character| match character {
            _ if character.is_lowercase() => 0,
            _ if character.is_uppercase() => 1,
            _ if character.is_numeric() => 2,
            _ => 3,
        })
        .collect();
    classes.len()
}

/// Whether nobody can have this password.
pub(crate) fn is_overlong(password: &Secret<String>) -> bool {
    password.expose().len() > LONGEST_PASSWORD_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1, lanes: 1 };

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_and_pepper_match() {
        let hasher = Hasher::new(CHEAP);
        let pepper = Secret::new([1; 32]);
        let hash = hasher.hash(secret("right"), pepper.clone(), &Random::seeded(1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let cases =
            [("right", [1; 32], true), ("wrong", [1; 32], false), ("right", [2; 32], false)];
        for (password, pepper, expected) in cases {
            let answer =
                hasher.verify(secret(password), Secret::new(pepper), Some(hash.clone())).await;
            assert_eq!(answer.unwrap(), expected);
        }
        assert!(!hasher.verify(secret("right"), pepper, None).await.unwrap());
    }

    #[test]
    fn short_and_overlong_passwords_are_refused() {
        let policy = Policy::strict();
        let code = |text: &str| {
            check_new_password(&secret(text), &policy, &Owner::default()).err().unwrap().code
        };
        assert_eq!(code("nur neunzehnzeichen"), Some(MatrixCode::WeakPassword));
        assert_eq!(code(&"x ".repeat(257)), Some(MatrixCode::InvalidParam));
        assert!(
            check_new_password(&secret("schon zwanzigzeichen"), &policy, &Owner::default()).is_ok()
        );
    }

    #[test]
    fn twelve_characters_are_enough_with_a_second_factor_only() {
        let policy = Policy::strict();
        let with = Owner { second_factor: true, names: Vec::new() };
        assert!(check_new_password(&secret("zwölf zeiche"), &policy, &with).is_ok());
        assert!(check_new_password(&secret("elf zeichen"), &policy, &with).is_err());
        assert!(check_new_password(&secret("zwölf zeiche"), &policy, &Owner::default()).is_err());
    }

    #[test]
    fn common_passwords_and_names_are_refused_with_the_reason() {
        let policy = Policy::strict();
        let owner = Owner { second_factor: true, names: vec!["erika.muster".to_owned()] };
        let text = |text: &str| {
            let error = check_new_password(&secret(text), &policy, &owner).unwrap_err();
            assert_eq!(error.code, Some(MatrixCode::WeakPassword));
            assert_eq!(error.fields.get("field"), Some(&"password".into()));
            error.public.to_string()
        };
        assert!(text("Passwort2026!").contains("first that others"));
        assert!(text("muster und co.").contains("name"));
        assert!(text("Sommer2026!").contains("12 characters"));
        let lab = Policy::lab();
        assert!(check_new_password(&secret("password"), &lab, &owner).is_ok());
    }

    #[test]
    fn uniform_passwords_are_refused() {
        let policy = Policy::strict();
        let accepted =
            |text: &str| check_new_password(&secret(text), &policy, &Owner::default()).is_ok();
        assert!(!accepted("vierundzwanzigkleineäöü"));
        assert!(!accepted("11111111111111111111111"));
        assert!(accepted("vierundzwanzigkleine1äöü"));
        assert!(accepted("Vierundzwanzigkleineäöü"));
        assert!(accepted("vierundzwanzig kleine"));
    }
}
