//! What a device says about itself so that it can be woken.

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kontor_core::{Error, MatrixCode, Result};
use url::Url;

/// Longest address of a device at its push service, in bytes.
const LONGEST_ENDPOINT_BYTES: usize = 2_048;

/// A device as its push service knows it, and what a message to it is sealed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    pub(crate) endpoint: Url,
    /// Uncompressed point on P-256.
    pub(crate) public_key: [u8; 65],
    pub(crate) auth: [u8; 16],
}

impl Subscription {
    /// Takes what a browser gives out: the address of the device at the push service, the device's
    /// public key and its secret, both in base64 for URLs.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` that names the field of a pusher.
    pub fn parse(endpoint: &str, public_key: &str, auth: &str) -> Result<Self> {
        let endpoint = Url::parse(endpoint).ok().filter(|url| {
            let is_bare = url.username().is_empty() && url.password().is_none();
            is_bare && url.has_host() && url.as_str().len() <= LONGEST_ENDPOINT_BYTES
        });
        let endpoint = endpoint.ok_or_else(|| invalid("data.url: must be an https address."))?;
        let public_key = decode(public_key)
            .filter(|key: &[u8; 65]| is_on_curve(key))
            .ok_or_else(|| invalid("pushkey: must be an uncompressed point on P-256 in base64."))?;
        let auth = decode(auth).ok_or_else(|| invalid("data.auth: must be 16 bytes in base64."))?;
        Ok(Self { endpoint, public_key, auth })
    }

    /// Key from which topics for this device follow: another device has others.
    #[must_use]
    pub fn topic_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.auth)
    }

    /// Who runs the push service, for logs: nothing of the device.
    #[must_use]
    pub fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.host())
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    bytes.try_into().ok()
}

fn is_on_curve(key: &[u8; 65]) -> bool {
    let parsed = ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, key));
    key.first() == Some(&4) && parsed.is_ok()
}

fn invalid(text: &'static str) -> Error {
    Error::invalid(MatrixCode::InvalidParam, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6\
                       SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn what_no_browser_gives_out_is_refused_by_field() {
        Subscription::parse("https://push.example/x?y", KEY, AUTH).unwrap();
        Subscription::parse("https://push.example/x?y", KEY, &format!("{AUTH}==")).unwrap();
        let off_curve = KEY.replace("iw4", "iw8");
        for (endpoint, key, auth, field) in [
            ("push.example", KEY, AUTH, "data.url"),
            ("mailto:a@b.example", KEY, AUTH, "data.url"),
            ("https://a:b@push.example/", KEY, AUTH, "data.url"),
            ("https://push.example/", "", AUTH, "pushkey"),
            ("https://push.example/", AUTH, AUTH, "pushkey"),
            ("https://push.example/", &*off_curve, AUTH, "pushkey"),
            ("https://push.example/", KEY, KEY, "data.auth"),
        ] {
            let error = Subscription::parse(endpoint, key, auth).unwrap_err();
            assert!(error.public.starts_with(field), "{error}");
        }
    }
}
