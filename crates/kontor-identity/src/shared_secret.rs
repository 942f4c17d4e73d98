//! Creating accounts, administrators too, by proof of a secret the operator configured.
//!
//! The protocol is Synapse's, so that its `register_new_matrix_user` and others work.

use std::collections::VecDeque;
use std::time::Duration;

use aws_lc_rs::hmac;
use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Result, Roles, Secret, Timestamp};
use parking_lot::Mutex;

use crate::accounts::user_created;
use crate::proof::ProofMethod;
use crate::roles::author;
use crate::{Identity, NewDevice, NewUser, SignedIn};

/// How long a nonce is good.
const LIFETIME: Duration = Duration::from_mins(1);
/// Nonces kept; the oldest give way.
const MOST_NONCES: usize = 1000;
/// Random letters of a nonce: 160 bits.
const NONCE_LETTERS: usize = 32;

/// Nonces given out and not used yet, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Nonces(Mutex<VecDeque<(Timestamp, String)>>);

/// An account asked for with the shared secret.
#[derive(Clone, Debug)]
pub struct SharedSecretRegistration {
    /// From [`Identity::registration_nonce`].
    pub nonce: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: Secret<String>,
    /// Name shown to others.
    pub display_name: Option<String>,
    /// Kind of user, part of the proof if given; has no other meaning here.
    pub user_type: Option<String>,
    /// Whether to hold [`Roles::ADMINISTRATOR`].
    pub admin: bool,
    /// HMAC-SHA1 in hexadecimal over nonce, user name, password, `admin` or `notadmin`, and the
    /// user type if given, separated by NUL, with the shared secret as key.
    pub mac: String,
}

impl Identity {
    /// A nonce, good for one registration within a minute.
    ///
    /// # Errors
    /// `NotFound` (`M_UNRECOGNIZED`) if no shared secret is configured.
    pub fn registration_nonce(&self, cx: &Cx) -> Result<String> {
        self.registration_secret()?;
        let nonce = cx.random.word(NONCE_LETTERS)?;
        self.inner.nonces.remember(nonce.clone(), cx.now);
        Ok(nonce)
    }

    /// Creates an account by the shared secret and signs it in.
    ///
    /// # Errors
    /// `NotFound` (`M_UNRECOGNIZED`) if no shared secret is configured; `Invalid` for an unknown
    /// or used nonce; `Forbidden` for a wrong `mac`; those of [`Identity::create_user`].
    pub async fn register_by_shared_secret(
        &self,
        cx: &Cx,
        wish: SharedSecretRegistration,
    ) -> Result<SignedIn> {
        let secret = self.registration_secret()?;
        if !self.inner.nonces.spend(&wish.nonce, cx.now) {
            return Err(Error::invalid(MatrixCode::Unknown, "This nonce is unknown or used."));
        }
        if !wish.proves(secret) {
            self.inner.audit.note(cx, Event::refused(Action::SharedSecretRefused));
            return Err(Error::forbidden("The HMAC is wrong."));
        }
        let roles = if wish.admin { Roles::ADMINISTRATOR } else { Roles::NONE };
        let new = NewUser {
            username: Some(wish.username),
            password: Some(wish.password),
            display_name: wish.display_name,
            roles,
        };
        let mut prepared = self.prepare_user(cx, new).await?;
        prepared.prove(cx, ProofMethod::Created, author(cx));
        let user = prepared.account.user_id.clone();
        let opening = self.open_session(cx, NewDevice::default())?;
        let answer = opening.answer(user.clone());
        let event = user_created(&user, roles);
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            this.people_change(tx, &user);
            prepared.store(tx)?;
            opening.store(tx, &this, &user)
        });
        // Nobody is signed in, but whoever knows the secret acts for the operator.
        let keeper = cx.acting_as(Actor::Job("shared secret"));
        self.inner.audit.act(&keeper, event, write).await?;
        Ok(answer)
    }

    fn registration_secret(&self) -> Result<&Secret<String>> {
        self.inner.shared_secret.as_ref().ok_or_else(|| {
            Error::not_found("Unrecognized request.").with_code(MatrixCode::Unrecognized)
        })
    }
}

impl SharedSecretRegistration {
    fn proves(&self, secret: &Secret<String>) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.expose().as_bytes());
        let role = if self.admin { "admin" } else { "notadmin" };
        let mut parts = vec![&*self.nonce, &*self.username, &**self.password.expose(), role];
        parts.extend(self.user_type.as_deref());
        let message = Secret::new(parts.join("\0"));
        from_hex(&self.mac)
            .is_some_and(|mac| hmac::verify(&key, message.expose().as_bytes(), &mac).is_ok())
    }
}

impl Nonces {
    fn remember(&self, nonce: String, now: Timestamp) {
        let mut nonces = self.0.lock();
        while let Some((ends, _)) = nonces.front()
            && (*ends <= now || nonces.len() >= MOST_NONCES)
        {
            nonces.pop_front();
        }
        nonces.push_back((now.plus(LIFETIME), nonce));
    }

    /// `false` if it was never given, is used or has run out.
    fn spend(&self, nonce: &str, now: Timestamp) -> bool {
        let mut nonces = self.0.lock();
        let place = nonces.iter().position(|(ends, known)| known == nonce && *ends > now);
        place.and_then(|place| nonces.remove(place)).is_some()
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(mac: &str) -> SharedSecretRegistration {
        SharedSecretRegistration {
            nonce: "thisisanonce".to_owned(),
            username: "pepper_roni".to_owned(),
            password: Secret::new("pizza".to_owned()),
            display_name: None,
            user_type: None,
            admin: true,
            mac: mac.to_owned(),
        }
    }

    /// Computed with Python's `hmac.new(b"shared_secret", …, hashlib.sha1)` as Synapse documents.
    #[test]
    fn the_mac_is_synapses() {
        let secret = Secret::new("shared_secret".to_owned());
        let right = "48715842ad67d5dc9a9ee938a3bda4fcfae8d7c7";
        assert!(wish(right).proves(&secret));
        assert!(wish(&right.to_uppercase()).proves(&secret));
        let not_admin = SharedSecretRegistration { admin: false, ..wish(right) };
        assert!(!not_admin.proves(&secret));
        let typed = SharedSecretRegistration { user_type: Some("bot".into()), ..wish(right) };
        assert!(!typed.proves(&secret));
        for mac in ["", "00", "xyz", "ä"] {
            assert!(!wish(mac).proves(&secret), "{mac}");
        }
    }

    #[test]
    fn a_nonce_is_good_once_and_for_a_minute() {
        let nonces = Nonces::default();
        nonces.remember("a".to_owned(), Timestamp(0));
        nonces.remember("b".to_owned(), Timestamp(0));
        assert!(nonces.spend("a", Timestamp(59_999)));
        assert!(!nonces.spend("a", Timestamp(59_999)));
        assert!(!nonces.spend("b", Timestamp(60_000)));
        for i in 0..2 * MOST_NONCES {
            nonces.remember(i.to_string(), Timestamp(0));
        }
        assert!(nonces.0.lock().len() <= MOST_NONCES);
    }
}
