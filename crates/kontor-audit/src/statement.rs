//! Statements beside the log that its key vouches for, such as certificates of deletion. Whoever has
//! one checks it with nothing but itself, and by the key's fingerprint against the log.

use std::collections::BTreeMap;

use kontor_core::{Error, Result};
use serde_json::{Map, Value};

use crate::Audit;
use crate::keys::PublicKey;

/// The field of the key that signed.
const KEY: &str = "public_key";
/// The field of the signature: Ed25519 over the rest, keys sorted, no blanks.
const SIGNATURE: &str = "signature";

impl Audit {
    /// `statement` with the key of the log and its signature.
    ///
    /// # Errors
    /// `Internal` if it has one of these fields already.
    pub fn sign_statement(&self, mut statement: Map<String, Value>) -> Result<Map<String, Value>> {
        if statement.contains_key(KEY) || statement.contains_key(SIGNATURE) {
            return Err(Error::internal("a statement is signed once"));
        }
        let signer = &self.inner.keys.signer;
        statement.insert(KEY.to_owned(), signer.public_key().into());
        let signature = signer.sign_text(&sorted(&statement)?);
        statement.insert(SIGNATURE.to_owned(), signature.into());
        Ok(statement)
    }
}

/// The fingerprint of the key that has signed `statement`; `None` if it is not as signed.
#[must_use]
pub fn verify_statement(statement: &Map<String, Value>) -> Option<String> {
    let mut signed = statement.clone();
    let signature = signed.remove(SIGNATURE)?;
    let key = PublicKey::parse(signed.get(KEY)?.as_str()?)?;
    let text = sorted(&signed).ok()?;
    key.has_signed_text(&text, signature.as_str()?).then(|| key.fingerprint())
}

fn sorted(statement: &Map<String, Value>) -> Result<String> {
    let fields: BTreeMap<&String, &Value> = statement.iter().collect();
    serde_json::to_string(&fields).map_err(Error::internal)
}
