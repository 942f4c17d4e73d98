//! A passkey in software: what a phone or a security key would answer.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// One passkey, made for one person at one place.
pub(crate) struct Authenticator {
    keys: EcdsaKeyPair,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) origin: &'static str,
    pub(crate) rp_id: &'static str,
    handle: Vec<u8>,
    pub(crate) counter: u32,
    /// Whether it asks for a finger or a PIN.
    pub(crate) verifies: bool,
}

impl Authenticator {
    pub(crate) fn new(id: u8) -> Self {
        Self {
            keys: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            credential_id: vec![id; 32],
            origin: "https://firma.example",
            rp_id: "firma.example",
            handle: Vec::new(),
            counter: 1,
            verifies: true,
        }
    }

    /// Answers `navigator.credentials.create`.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.handle = bytes(&options["user"]["id"]);
        let client = self.client("webauthn.create", options);
        let mut authenticator = self.authenticator_bytes(HAS_CREDENTIAL);
        authenticator.extend([0; 16]);
        authenticator.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        authenticator.extend(&self.credential_id);
        // COSE: EC2, ES256, P-256, x, y.
        let point = self.keys.public_key().as_ref();
        authenticator.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        authenticator.extend(&point[1..33]);
        authenticator.extend([0x22, 0x58, 0x20]);
        authenticator.extend(&point[33..65]);
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(authenticator.len()).unwrap());
        attestation.extend(authenticator);
        json!({
            "id": text(&self.credential_id), "rawId": text(&self.credential_id),
            "type": "public-key", "extensions": {},
            "response": { "attestationObject": text(&attestation), "clientDataJSON": text(&client) },
        })
    }

    /// Answers `navigator.credentials.get`.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client = self.client("webauthn.get", &options["publicKey"]);
        let authenticator = self.authenticator_bytes(0);
        let mut signed = authenticator.clone();
        signed.extend(digest::digest(&digest::SHA256, &client).as_ref());
        let signature = self.keys.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": text(&self.credential_id), "rawId": text(&self.credential_id),
            "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": text(&authenticator), "clientDataJSON": text(&client),
                "signature": text(signature.as_ref()), "userHandle": text(&self.handle),
            },
        })
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let client = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": false,
        });
        client.to_string().into_bytes()
    }

    fn authenticator_bytes(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut out = digest::digest(&digest::SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        out.push(USER_PRESENT | verified | flags);
        out.extend(self.counter.to_be_bytes());
        out
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
