//! Key pairs of those who may read a backup.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use kontor_core::{Error, MatrixCode, Random, Result, Secret};

use crate::bech32;

const PUBLIC: &str = "age";
const PRIVATE: &str = "age-secret-key-";

/// A public key: whoever has the private one can read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipient(pub(super) [u8; 32]);

/// A private key. Not for the server.
#[derive(Clone)]
pub struct Identity(Secret<[u8; 32]>);

impl Identity {
    /// A new key pair.
    pub fn generate(random: &Random) -> Result<Self> {
        Ok(Self(Secret::new(random.bytes()?)))
    }

    /// Every private key in the text of a key file; lines with `#` are comments.
    ///
    /// # Errors
    /// `Invalid`, with the line, for anything else, and if there is none.
    pub fn parse_file(text: &str) -> Result<Vec<Self>> {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = keys.map(|(at, line)| {
            let key = bech32::decode(PRIVATE, line).map(|key| Self(Secret::new(key)));
            key.ok_or_else(|| {
                let text = format!("line {at}: this is no private key (AGE-SECRET-KEY-1…).");
                Error::invalid(MatrixCode::InvalidParam, text)
            })
        });
        let keys = keys.collect::<Result<Vec<_>>>()?;
        if keys.is_empty() {
            let text = "there is no private key (AGE-SECRET-KEY-1…) in it.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        Ok(keys)
    }

    /// The public half.
    pub fn recipient(&self) -> Result<Recipient> {
        let public = self.private()?.compute_public_key().map_err(|_| broken())?;
        public.as_ref().try_into().map(Recipient).map_err(Error::internal)
    }

    /// `AGE-SECRET-KEY-1…`, for the one time that it is shown.
    #[must_use]
    pub fn to_text(&self) -> Secret<String> {
        let mut text = bech32::encode(PRIVATE, self.0.expose());
        text.make_ascii_uppercase();
        Secret::new(text)
    }

    /// What this private key and a public one have in common.
    pub(super) fn shared_with(&self, public: &[u8; 32]) -> Result<Secret<[u8; 32]>> {
        let public = UnparsedPublicKey::new(&X25519, public);
        agree(&self.private()?, public, broken(), |shared| {
            shared.try_into().map(Secret::new).map_err(Error::internal)
        })
    }

    fn private(&self) -> Result<PrivateKey> {
        PrivateKey::from_private_key(&X25519, self.0.expose()).map_err(|_| broken())
    }
}

fn broken() -> Error {
    Error::internal("a key for backups cannot be used")
}

impl FromStr for Recipient {
    type Err = Error;

    /// # Errors
    /// `Invalid` for anything but `age1…` with its checksum.
    fn from_str(text: &str) -> Result<Self> {
        bech32::decode(PUBLIC, text).map(Self).ok_or_else(|| {
            let text = format!("{text}: no public key of a backup (age1…), or mistyped.");
            Error::invalid(MatrixCode::InvalidParam, text)
        })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(PUBLIC, &self.0))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}
