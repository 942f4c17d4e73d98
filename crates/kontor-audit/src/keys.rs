//! The keys of one organisation's log, all derived from one key of the vault.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, Result, Secret};
use kontor_db::DatabaseKeys;

use crate::canonical::without;
use crate::digest::hex;
use crate::pseudonym::Pseudonyms;
use crate::{Digest, Line};

/// The keys of one organisation's log.
pub struct AuditKeys {
    pub(crate) database: DatabaseKeys,
    pub(crate) signer: Signer,
    pub(crate) pseudonyms: Pseudonyms,
}

impl AuditKeys {
    /// Derives them from the vault's key for this log.
    pub fn derive(root: &Secret<[u8; 32]>) -> Result<Self> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, root.expose());
        let key = |label: &str| {
            let tag = hmac::sign(&root, format!("kontor audit v1 {label}").as_bytes());
            let mut key = Secret::new([0; 32]);
            if tag.as_ref().len() == 32 {
                let mut bytes = [0; 32];
                bytes.copy_from_slice(tag.as_ref());
                key = Secret::new(bytes);
            }
            key
        };
        Ok(Self {
            database: DatabaseKeys { cipher_key: key("database"), seal_key: key("columns") },
            signer: Signer::new(&key("signatures"))?,
            pseudonyms: Pseudonyms::new(&key("pseudonyms")),
        })
    }

    /// Fingerprint of the key that signs.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.signer.fingerprint()
    }

    /// The keys of the store.
    #[must_use]
    pub const fn database(&self) -> &DatabaseKeys {
        &self.database
    }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKeys(…)")
    }
}

/// Signs checkpoints, gaps and ends.
pub(crate) struct Signer(Ed25519KeyPair);

impl Signer {
    fn new(seed: &Secret<[u8; 32]>) -> Result<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed.expose())
            .map(Self)
            .map_err(|_| Error::internal("the audit key is not an Ed25519 seed"))
    }

    /// The public key as it stands in a header.
    pub(crate) fn public_key(&self) -> String {
        BASE64_STANDARD.encode(self.0.public_key().as_ref())
    }

    /// A short name of the public key for people, as [`PublicKey::fingerprint`].
    pub(crate) fn fingerprint(&self) -> String {
        PublicKey(self.0.public_key().as_ref().to_vec()).fingerprint()
    }

    /// The signature of a line, over everything but its field `signature`.
    pub(crate) fn sign(&self, line: &Line) -> Result<String> {
        Ok(self.sign_text(&without(line, "signature")?))
    }

    /// The signature of a text.
    pub(crate) fn sign_text(&self, text: &str) -> String {
        BASE64_STANDARD.encode(self.0.sign(text.as_bytes()).as_ref())
    }
}

/// Checks signatures.
pub(crate) struct PublicKey(Vec<u8>);

impl PublicKey {
    /// The key of a header; `None` if that is no key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = BASE64_STANDARD.decode(text).ok()?;
        (key.len() == 32).then_some(Self(key))
    }

    /// A short name for people: the start of its digest.
    pub(crate) fn fingerprint(&self) -> String {
        hex(Digest::of(&self.0).0.get(..16).unwrap_or_default())
    }

    /// Whether `line` carries this key's signature.
    pub(crate) fn has_signed(&self, line: &Line, signature: &str) -> bool {
        without(line, "signature").is_ok_and(|text| self.has_signed_text(&text, signature))
    }

    /// Whether `signature` is this key's under a text.
    pub(crate) fn has_signed_text(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = BASE64_STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.0).verify(text.as_bytes(), &signature).is_ok()
    }
}
