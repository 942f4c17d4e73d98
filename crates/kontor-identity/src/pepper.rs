//! Keyed hashes of secrets and of names.

use std::fmt;

use aws_lc_rs::hmac;
use kontor_core::{Random, Result, Secret};
use kontor_store::access_token::TokenHash;

/// Prefix of access tokens, so that scanners recognise a leaked one.
const ACCESS_PREFIX: &str = "kt_";
/// Prefix of refresh tokens.
const REFRESH_PREFIX: &str = "kr_";
/// Prefix of browsers' cookies.
const BROWSER_PREFIX: &str = "kb_";
/// Random letters of a token: 200 bits.
const TOKEN_LETTERS: usize = 40;

/// The organisation's secret key for hashes: a stolen database alone tells neither tokens nor
/// names, and cannot be searched for known ones.
pub(crate) struct Pepper {
    mac: hmac::Key,
    key: Secret<[u8; 32]>,
}

/// What a hash stands for; hashes of different purposes never match.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    AccessToken,
    RefreshToken,
    RegistrationToken,
    LoginName,
    LoginFailure,
    BrowserSession,
    FormToken,
    OAuthCode,
    FactorFailure,
    RecoveryCode,
    Passkey,
    PasskeyOwner,
    Link,
    AppPassword,
    MailAddress,
    Forgotten,
    Erased,
}

/// A fresh token and its hash.
pub(crate) struct Minted {
    pub(crate) token: String,
    pub(crate) hash: TokenHash,
}

impl Pepper {
    pub(crate) fn new(key: Secret<[u8; 32]>) -> Self {
        Self { mac: hmac::Key::new(hmac::HMAC_SHA256, key.expose()), key }
    }

    /// The key itself, for password hashes.
    pub(crate) const fn key(&self) -> &Secret<[u8; 32]> {
        &self.key
    }

    /// Keyed hash of `value`. About a microsecond.
    pub(crate) fn hash(&self, purpose: Purpose, value: &str) -> TokenHash {
        self.hash_bytes(purpose, value.as_bytes())
    }

    /// As [`Self::hash`], of bytes.
    pub(crate) fn hash_bytes(&self, purpose: Purpose, value: &[u8]) -> TokenHash {
        let mut context = hmac::Context::with_key(&self.mac);
        context.update(purpose.label());
        context.update(value);
        let mut hash = TokenHash::default();
        for (to, from) in hash.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        hash
    }

    pub(crate) fn mint_access(&self, random: &Random) -> Result<Minted> {
        self.mint(Purpose::AccessToken, ACCESS_PREFIX, random)
    }

    pub(crate) fn mint_refresh(&self, random: &Random) -> Result<Minted> {
        self.mint(Purpose::RefreshToken, REFRESH_PREFIX, random)
    }

    pub(crate) fn mint_browser(&self, random: &Random) -> Result<Minted> {
        self.mint(Purpose::BrowserSession, BROWSER_PREFIX, random)
    }

    fn mint(&self, purpose: Purpose, prefix: &str, random: &Random) -> Result<Minted> {
        let token = format!("{prefix}{}", random.word(TOKEN_LETTERS)?);
        let hash = self.hash(purpose, &token);
        Ok(Minted { token, hash })
    }
}

impl Purpose {
    /// Ends in NUL, so that no label is the start of another with its value.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::AccessToken => b"access token\0",
            Self::RefreshToken => b"refresh token\0",
            Self::RegistrationToken => b"registration token\0",
            Self::LoginName => b"login name\0",
            Self::LoginFailure => b"login failure\0",
            Self::BrowserSession => b"browser session\0",
            Self::FormToken => b"form token\0",
            Self::OAuthCode => b"oauth code\0",
            Self::FactorFailure => b"second factor failure\0",
            Self::RecoveryCode => b"recovery code\0",
            Self::Passkey => b"passkey\0",
            Self::PasskeyOwner => b"passkey owner\0",
            Self::Link => b"link\0",
            Self::AppPassword => b"app password\0",
            Self::MailAddress => b"mail address\0",
            Self::Forgotten => b"forgotten\0",
            Self::Erased => b"erased\0",
        }
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_key_purpose_and_value() {
        let one = Pepper::new(Secret::new([1; 32]));
        let two = Pepper::new(Secret::new([2; 32]));
        let hash = one.hash(Purpose::AccessToken, "a");
        assert_eq!(hash, one.hash(Purpose::AccessToken, "a"));
        assert_ne!(hash, two.hash(Purpose::AccessToken, "a"));
        assert_ne!(hash, one.hash(Purpose::RefreshToken, "a"));
        assert_ne!(hash, one.hash(Purpose::AccessToken, "b"));
    }
}
