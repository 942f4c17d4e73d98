//! The server that relays calls (TURN), and how devices get in there.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_config::Turn;
use kontor_core::{Cx, Result};

/// Random letters in the name by which the relay knows a device.
const NAME_LETTERS: usize = 12;

/// The server that relays calls where devices do not reach each other.
#[derive(Clone, Debug)]
pub struct Relay {
    turn: Turn,
}

/// What opens the relay for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// When it ends, and a name that is new each time: the relay does not learn who it is.
    pub name: String,
    /// Follows from the name and the secret that the relay shares.
    pub password: String,
    /// Addresses of the relay.
    pub uris: Vec<String>,
    /// How long it holds.
    pub lifetime: Duration,
}

impl Relay {
    /// The relay as configured.
    #[must_use]
    pub const fn new(turn: Turn) -> Self {
        Self { turn }
    }

    /// A pass for the caller (draft-uberti-behave-turn-rest, as coturn and others know it).
    ///
    /// # Errors
    /// `Unauthenticated` if nobody is signed in.
    pub fn pass(&self, cx: &Cx) -> Result<Pass> {
        cx.user()?;
        let ends_s = cx.now.plus(self.turn.lifetime).0 / 1_000;
        let name = format!("{ends_s}:{}", cx.random.word(NAME_LETTERS)?);
        let secret = self.turn.secret.expose().as_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
        let password = BASE64_STANDARD.encode(hmac::sign(&key, name.as_bytes()));
        Ok(Pass { name, password, uris: self.turn.uris.clone(), lifetime: self.turn.lifetime })
    }
}
