//! Keys as clients make them.

use kontor_testkit::{Person, Value, json};
use ruma::canonical_json::CanonicalJsonObject;
use ruma::serde::{Base64, base64::Standard};
use ruma::signatures::{Ed25519KeyPair, sign_json};

/// A signing key named `ed25519:NAME`.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
}

impl Key {
    /// A new key with a name of its own, such as a device id.
    pub(crate) fn named(name: &str) -> Self {
        let document = Ed25519KeyPair::generate();
        Self { pair: Ed25519KeyPair::from_der(&document, name.to_owned()).unwrap() }
    }

    /// A new key that is named by its public part, as cross-signing keys are.
    pub(crate) fn cross_signing() -> Self {
        let document = Ed25519KeyPair::generate();
        let nameless = Ed25519KeyPair::from_der(&document, String::new()).unwrap();
        let name = base64(&nameless.public_key());
        Self { pair: Ed25519KeyPair::from_der(&document, name).unwrap() }
    }

    /// `ed25519:NAME`
    pub(crate) fn id(&self) -> String {
        format!("ed25519:{}", self.pair.version())
    }

    /// The public part in Base64.
    pub(crate) fn public(&self) -> String {
        base64(&self.pair.public_key())
    }

    /// `object` with this key's signature added in the name of `user`.
    pub(crate) fn sign(&self, user: &str, object: Value) -> Value {
        let mut object: CanonicalJsonObject = serde_json::from_value(object).unwrap();
        sign_json(user, &self.pair, &mut object).unwrap();
        serde_json::to_value(object).unwrap()
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::<Standard, _>::new(bytes).encode()
}

/// The signed identity keys of a person's device.
pub(crate) fn device_keys(person: &Person, key: &Key) -> Value {
    let (user, device) = (&person.user_id, &person.device_id);
    let keys = json!({
        "user_id": user,
        "device_id": device,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {
            format!("curve25519:{device}"): base64(&[7; 32]),
            key.id(): key.public(),
        },
    });
    key.sign(user, keys)
}

/// A signed one-time key; `number` makes it differ from others.
pub(crate) fn one_time_key(person: &Person, key: &Key, number: u8) -> Value {
    key.sign(&person.user_id, json!({ "key": base64(&[number; 32]) }))
}

/// A signed fallback key.
pub(crate) fn fallback_key(person: &Person, key: &Key, number: u8) -> Value {
    key.sign(&person.user_id, json!({ "key": base64(&[number; 32]), "fallback": true }))
}

/// One-time keys `signed_curve25519:PREFIXn`.
pub(crate) fn one_time_keys(person: &Person, key: &Key, prefix: &str, count: u8) -> Value {
    let keys = (0..count)
        .map(|n| (format!("signed_curve25519:{prefix}{n:03}"), one_time_key(person, key, n)));
    Value::Object(keys.collect())
}

/// Publishes the identity keys of a person's device; answers its signing key.
pub(crate) async fn publish(person: &Person) -> Key {
    let key = Key::named(&person.device_id);
    let body = json!({ "device_keys": device_keys(person, &key) });
    person.post("/_matrix/client/v3/keys/upload", body).await.ok();
    key
}

/// A cross-signing key, unsigned.
pub(crate) fn cross_signing_key(user: &str, usage: &str, key: &Key) -> Value {
    json!({ "user_id": user, "usage": [usage], "keys": { key.id(): key.public() } })
}
