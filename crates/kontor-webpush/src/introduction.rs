//! How push services know who asks (VAPID, RFC 8292).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kontor_core::{Error, Result, Secret, Timestamp};
use serde_json::json;
use url::Url;

/// How long a push service may believe what is signed; RFC 8292 allows a day.
const HOLDS: Duration = Duration::from_hours(12);

/// The key pair by which push services know one organisation. Clones share it.
#[derive(Clone)]
pub struct Introduction {
    pair: Arc<EcdsaKeyPair>,
    /// Uncompressed point in base64 for URLs.
    public_key: Arc<str>,
    /// Where a push service can complain: an address with its scheme.
    contact: Arc<str>,
}

impl Introduction {
    /// With the organisation's key, and where a push service can complain (`mailto:…` or
    /// `https://…`).
    ///
    /// # Errors
    /// `Internal` for a number that is no private key on P-256: one in 2³² is not.
    pub fn new(key: &Secret<[u8; 32]>, contact: &str) -> Result<Self> {
        let private = PrivateKey::from_private_key(&ECDH_P256, key.expose()).map_err(unusable)?;
        let public = private.compute_public_key().map_err(unusable)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let (private, public) = (key.expose(), public.as_ref());
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public);
        let pair = pair.map_err(unusable)?;
        let public_key = BASE64_URL_SAFE_NO_PAD.encode(public).into();
        Ok(Self { pair: Arc::new(pair), public_key, contact: contact.into() })
    }

    /// The public half, as a browser wants it (`applicationServerKey`).
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The header `Authorization` for the push service at `endpoint`.
    pub(crate) fn authorization(&self, endpoint: &Url, now: Timestamp) -> Result<String> {
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.plus(HOLDS).0 / 1_000,
            "sub": &*self.contact,
        });
        let encode = |text: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(text);
        let head = encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", encode(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| Error::internal("the push key does not sign"))?;
        Ok(format!("vapid t={signed}.{}, k={}", encode(signature.as_ref()), self.public_key))
    }
}

impl std::fmt::Debug for Introduction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Introduction({})", self.public_key)
    }
}

fn unusable<T>(_: T) -> Error {
    Error::internal("the push key is none on P-256")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_push_service_can_check_who_asks() {
        let key = Secret::new([7; 32]);
        let introduction = Introduction::new(&key, "mailto:admin@firma.example").unwrap();
        let endpoint = Url::parse("https://push.example:8443/send/abc").unwrap();
        let now = Timestamp(1_767_225_600_000);
        let header = introduction.authorization(&endpoint, now).unwrap();
        let (token, public) =
            header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).unwrap();
        assert_eq!(public, introduction.public_key());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let checker = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public));
        checker.verify(signed.as_bytes(), &decode(signature)).unwrap();
        let claims: Value =
            serde_json::from_slice(&decode(signed.split_once('.').unwrap().1)).unwrap();
        let expected = json!({
            "aud": "https://push.example:8443",
            "exp": 1_767_225_600 + 43_200,
            "sub": "mailto:admin@firma.example",
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn zero_is_no_key() {
        assert!(Introduction::new(&Secret::new([0; 32]), "mailto:a@b.example").is_err());
    }
}
