//! JSON objects with signatures (spec: appendices, "Signing JSON").

use std::collections::BTreeMap;

use kontor_core::{Error, MatrixCode, Result};
use ruma::canonical_json::{CanonicalJsonObject, CanonicalJsonValue};
use ruma::serde::{Base64, base64::Standard};
use ruma::signatures::{SigningKeyAlgorithm, verify_canonical_json_bytes};
use serde_json::value::RawValue;

use crate::limits::{KEY_DEPTH, check_json};

/// A JSON object whose signatures can be checked and added to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SignedJson {
    /// What the signatures cover.
    object: CanonicalJsonObject,
    /// Signer → key id → signature.
    signatures: BTreeMap<String, BTreeMap<String, String>>,
}

impl SignedJson {
    /// Reads what a client sent; `what` names it in errors.
    ///
    /// `unsigned` is dropped: it is the server's to fill. So are signatures of the wrong shape.
    pub(crate) fn from_client(what: &str, raw: &RawValue, bytes: usize) -> Result<Self> {
        check_json(what, raw.get(), bytes, KEY_DEPTH)?;
        let mut object: CanonicalJsonObject = serde_json::from_str(raw.get())
            .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("{what}: {e}")))?;
        object.remove("unsigned");
        Ok(Self::from_object(object))
    }

    /// Reads what the database holds.
    pub(crate) fn stored(json: &str) -> Result<Self> {
        serde_json::from_str(json).map(Self::from_object).map_err(Error::internal)
    }

    fn from_object(mut object: CanonicalJsonObject) -> Self {
        let mut signatures: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        if let Some(CanonicalJsonValue::Object(found)) = object.remove("signatures") {
            for (signer, of_signer) in found {
                let CanonicalJsonValue::Object(of_signer) = of_signer else { continue };
                let pairs = of_signer.into_iter().filter_map(|(id, signature)| match signature {
                    CanonicalJsonValue::String(signature) => Some((id, signature)),
                    _ => None,
                });
                signatures.insert(signer, pairs.collect());
            }
        }
        Self { object, signatures }
    }

    /// The canonical text, signatures included.
    pub(crate) fn text(&self) -> Result<String> {
        let mut object = self.object.clone();
        if !self.signatures.is_empty() {
            let signers = self.signatures.iter().map(|(signer, of_signer)| {
                let pairs = of_signer
                    .iter()
                    .map(|(id, text)| (id.clone(), CanonicalJsonValue::String(text.clone())));
                (signer.clone(), CanonicalJsonValue::Object(pairs.collect()))
            });
            object.insert("signatures".to_owned(), CanonicalJsonValue::Object(signers.collect()));
        }
        serde_json::to_string(&object).map_err(Error::internal)
    }

    /// Whether both say the same, signatures aside.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.object == other.object
    }

    /// A text field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.object.get(name)?.as_str()
    }

    /// Entries of `keys` whose values are text: key id, public key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.object.get("keys").and_then(CanonicalJsonValue::as_object);
        let pairs = keys.into_iter().flatten();
        pairs.filter_map(|(id, key)| Some((id.as_str(), key.as_str()?)))
    }

    /// The public key under this id, decoded.
    pub(crate) fn public_key(&self, id: &str) -> Option<[u8; 32]> {
        let (_, text) = self.keys().find(|(found, _)| *found == id)?;
        public_key(text)
    }

    /// Whether the list `name` contains `entry`.
    pub(crate) fn lists(&self, name: &str, entry: &str) -> bool {
        let list = self.object.get(name).and_then(CanonicalJsonValue::as_array);
        list.is_some_and(|list| list.iter().any(|found| found.as_str() == Some(entry)))
    }

    /// The signature of `signer` by the key `id`.
    pub(crate) fn signature(&self, signer: &str, id: &str) -> Option<&str> {
        Some(self.signatures.get(signer)?.get(id)?)
    }

    /// Signatures of `signer`: key id, signature.
    pub(crate) fn signatures_of(&self, signer: &str) -> impl Iterator<Item = (&str, &str)> {
        let of_signer = self.signatures.get(signer).into_iter().flatten();
        of_signer.map(|(id, signature)| (id.as_str(), signature.as_str()))
    }

    /// Whether `signer` signed with the key `id`, which has this public key.
    pub(crate) fn is_signed(&self, signer: &str, id: &str, public_key: &[u8; 32]) -> bool {
        let signature =
            self.signature(signer, id).and_then(|text| Base64::<Standard>::parse(text).ok());
        let payload = serde_json::to_string(&self.object).ok();
        signature.zip(payload).is_some_and(|(signature, payload)| {
            verify_canonical_json_bytes(
                &SigningKeyAlgorithm::Ed25519,
                public_key,
                signature.as_bytes(),
                payload.as_bytes(),
            )
            .is_ok()
        })
    }

    /// Adds a signature; `false` if it was there already.
    pub(crate) fn sign(&mut self, signer: &str, id: &str, signature: &str) -> bool {
        if self.signature(signer, id) == Some(signature) {
            return false;
        }
        let of_signer = self.signatures.entry(signer.to_owned()).or_default();
        of_signer.insert(id.to_owned(), signature.to_owned());
        true
    }

    /// Keeps the signatures of `signer` that `keep` (key id) approves, and no other.
    pub(crate) fn keep_signatures(&mut self, signer: &str, keep: impl Fn(&str) -> bool) {
        let mut of_signer = self.signatures.remove(signer).unwrap_or_default();
        of_signer.retain(|id, _| keep(id));
        self.signatures.clear();
        if !of_signer.is_empty() {
            self.signatures.insert(signer.to_owned(), of_signer);
        }
    }
}

/// A 32-byte key in Base64.
pub(crate) fn public_key(text: &str) -> Option<[u8; 32]> {
    Base64::<Standard>::parse(text).ok()?.as_bytes().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> SignedJson {
        SignedJson::stored(json).unwrap()
    }

    #[test]
    fn signatures_and_unsigned_do_not_change_what_is_said() {
        let raw = RawValue::from_string(
            r#"{"b":1,"a":"x","unsigned":{"age":1},"signatures":{"@a:x":{"ed25519:D":"s","n":1}}}"#
                .to_owned(),
        );
        let sent = SignedJson::from_client("x", &raw.unwrap(), 1000).unwrap();
        assert!(sent.says_the_same(&read(r#"{"a":"x","b":1}"#)));
        assert_eq!(
            sent.text().unwrap(),
            r#"{"a":"x","b":1,"signatures":{"@a:x":{"ed25519:D":"s"}}}"#
        );
    }

    #[test]
    fn a_signature_is_added_once() {
        let mut json = read("{}");
        assert!(json.sign("@a:x", "ed25519:D", "s"));
        assert!(!json.sign("@a:x", "ed25519:D", "s"));
        assert!(json.sign("@a:x", "ed25519:D", "t"));
        assert_eq!(json.signature("@a:x", "ed25519:D"), Some("t"));
    }

    #[test]
    fn floats_are_no_canonical_json() {
        let raw = RawValue::from_string(r#"{"a":1.5}"#.to_owned()).unwrap();
        let error = SignedJson::from_client("x", &raw, 100).unwrap_err();
        assert_eq!(error.code, Some(MatrixCode::BadJson));
    }
}
