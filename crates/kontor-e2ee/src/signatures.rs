//! Publishing signatures over keys (spec: `POST /keys/signatures/upload`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_db::{Param, Tx};
use kontor_store::cross_signing_key::CrossSigningKeyRow;
use kontor_store::key_signature::KeySignatureRow;
use kontor_store::{cross_signing_key, device_key, key_signature};
use ruma::{DeviceId, OwnedUserId, UserId};
use serde_json::value::RawValue;

use crate::E2ee;
use crate::cross_signing::own_device_keys;
use crate::limits::KEY_BYTES;
use crate::signed_json::{SignedJson, public_key};

/// Signed keys by user and key: the device id, or the public key of a cross-signing key.
type SignedKeys = BTreeMap<OwnedUserId, BTreeMap<String, Box<RawValue>>>;

/// Why a signature was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureFailure {
    /// Matrix error code.
    pub code: MatrixCode,
    /// Text for the client.
    pub text: String,
}

/// Signatures that were not taken, by user and key.
pub type FailedSignatures = BTreeMap<OwnedUserId, BTreeMap<String, SignatureFailure>>;

/// The keys the caller may sign with, and the keys that may be signed.
struct Keyring {
    signer: OwnedUserId,
    /// By user and usage.
    cross_signing: HashMap<(OwnedUserId, String), CrossSigningKeyRow>,
    /// `ed25519:DEVICE` → public key.
    own_devices: HashMap<String, [u8; 32]>,
}

impl E2ee {
    /// Publishes the caller's signatures over own devices, the own master key and the master keys
    /// of others. Each is taken or refused by itself.
    pub async fn upload_signatures(&self, cx: &Cx, signed: SignedKeys) -> Result<FailedSignatures> {
        let signer = cx.user()?.to_owned();
        let watchers = match signed.contains_key(&signer) {
            true => self.watchers(cx, &signer).await?,
            false => vec![signer.clone()],
        };
        let service = self.clone();
        self.db
            .write(cx, move |tx| {
                let (failed, changed) = store_signatures(tx, &signer, signed)?;
                for user in &changed {
                    // Nobody else sees what the caller thinks of other people.
                    let viewer = (*user != signer).then_some(&*signer);
                    service.note_change(tx, user, viewer)?;
                }
                if !changed.is_empty() {
                    service.wake_after(tx, watchers);
                }
                Ok(failed)
            })
            .await
    }
}

fn store_signatures(
    tx: &mut Tx<'_>,
    signer: &UserId,
    signed: SignedKeys,
) -> Result<(FailedSignatures, BTreeSet<OwnedUserId>)> {
    let keyring = Keyring::read(tx, signer, &signed)?;
    let (mut failed, mut changed) = (FailedSignatures::new(), BTreeSet::new());
    for (user, keys) in signed {
        for (key, json) in keys {
            let taken = if user == signer {
                keyring.sign_own(tx, &key, &json)
            } else {
                keyring.sign_other(tx, &user, &key, &json)
            };
            match taken {
                Ok(true) => drop(changed.insert(user.clone())),
                Ok(false) => {}
                Err(Refusal::Failed(failure)) => {
                    failed.entry(user.clone()).or_default().insert(key, failure);
                }
                Err(Refusal::Broken(error)) => return Err(error),
            }
        }
    }
    Ok((failed, changed))
}

/// Why one signature is not taken, or why nothing goes on.
enum Refusal {
    Failed(SignatureFailure),
    Broken(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

fn refused(code: MatrixCode, text: &str) -> Refusal {
    Refusal::Failed(SignatureFailure { code, text: text.to_owned() })
}

fn wrong(text: &str) -> Refusal {
    refused(MatrixCode::InvalidSignature, text)
}

fn unknown() -> Refusal {
    refused(MatrixCode::NotFound, "There is no such key.")
}

fn read_sent(json: &RawValue) -> Result<SignedJson, Refusal> {
    SignedJson::from_client("A signed key", json, KEY_BYTES).map_err(|error| {
        let code = error.code.unwrap_or(MatrixCode::BadJson);
        Refusal::Failed(SignatureFailure { code, text: error.public.into_owned() })
    })
}

impl Keyring {
    fn read(tx: &mut Tx<'_>, signer: &UserId, signed: &SignedKeys) -> Result<Self> {
        let mut users: BTreeSet<&UserId> = signed.keys().map(AsRef::as_ref).collect();
        users.insert(signer);
        let users: Vec<Param<'_>> = users.into_iter().map(Param::from).collect();
        let rows = cross_signing_key::list_cross_signing_keys(tx, &users)?;
        let cross_signing =
            rows.into_iter().map(|row| ((row.user_id.clone(), row.usage.clone()), row)).collect();
        let own_devices = own_device_keys(tx, signer)?;
        Ok(Self { signer: signer.to_owned(), cross_signing, own_devices })
    }

    fn cross_signing(&self, user: &UserId, usage: &str) -> Option<&CrossSigningKeyRow> {
        self.cross_signing.get(&(user.to_owned(), usage.to_owned()))
    }

    /// Id and public key of one of the caller's cross-signing keys.
    fn signing_key(&self, usage: &str) -> Option<(String, [u8; 32])> {
        let row = self.cross_signing(&self.signer, usage)?;
        Some((format!("ed25519:{}", row.public_key), public_key(&row.public_key)?))
    }

    /// Signatures over an own device or the own master key; everybody may see them, so they join
    /// the key itself. `false` if that changes nothing.
    fn sign_own(&self, tx: &mut Tx<'_>, key: &str, json: &RawValue) -> Result<bool, Refusal> {
        if let Some(master) =
            self.cross_signing(&self.signer, "master").filter(|row| row.public_key == key)
        {
            let mut stored = SignedJson::stored(&master.json)?;
            if !self.take(&mut stored, &read_sent(json)?, &self.own_devices)? {
                return Ok(false);
            }
            let row = CrossSigningKeyRow { json: stored.text()?, ..master.clone() };
            cross_signing_key::upsert_cross_signing_key(tx, &row)?;
            return Ok(true);
        }
        let device = <&DeviceId>::from(key);
        let stored = device_key::find_device_key(tx, &self.signer, device)?;
        let mut stored = SignedJson::stored(&stored.ok_or_else(unknown)?)?;
        let signing = self.signing_key("self_signing").into_iter().collect();
        if !self.take(&mut stored, &read_sent(json)?, &signing)? {
            return Ok(false);
        }
        device_key::upsert_device_key(tx, &self.signer, device, &stored.text()?)?;
        Ok(true)
    }

    /// Copies true signatures by one of `keys` from `sent` to `stored`; `false` if all of them
    /// were there before.
    fn take(
        &self,
        stored: &mut SignedJson,
        sent: &SignedJson,
        keys: &HashMap<String, [u8; 32]>,
    ) -> Result<bool, Refusal> {
        if !stored.says_the_same(sent) {
            return Err(wrong("The signed key is not the one that was published."));
        }
        let signer = self.signer.as_str();
        let (mut found, mut news) = (false, false);
        for (id, signature) in sent.signatures_of(signer) {
            let Some(key) = keys.get(id) else { continue };
            if !sent.is_signed(signer, id, key) {
                return Err(wrong("Invalid signature."));
            }
            found = true;
            news |= stored.sign(signer, id, signature);
        }
        if found { Ok(news) } else { Err(wrong("There is no signature by a fitting key.")) }
    }

    /// A signature of the caller's user-signing key over somebody's master key; only the caller
    /// sees it.
    fn sign_other(
        &self,
        tx: &mut Tx<'_>,
        target: &UserId,
        key: &str,
        json: &RawValue,
    ) -> Result<bool, Refusal> {
        let master = self.cross_signing(target, "master").filter(|row| row.public_key == key);
        let master = master.ok_or_else(unknown)?;
        let (id, signing) = self
            .signing_key("user_signing")
            .ok_or_else(|| wrong("You have no user-signing key."))?;
        let sent = read_sent(json)?;
        if !SignedJson::stored(&master.json)?.says_the_same(&sent) {
            return Err(wrong("The signed key is not the one that was published."));
        }
        let signature = sent.signature(self.signer.as_str(), &id);
        let signature = signature.filter(|_| sent.is_signed(self.signer.as_str(), &id, &signing));
        let row = KeySignatureRow {
            target: target.to_owned(),
            target_key: master.public_key.clone(),
            signing_key: id.clone(),
            signature: signature.ok_or_else(|| wrong("Invalid signature."))?.to_owned(),
        };
        key_signature::upsert_signature(tx, &self.signer, &row)?;
        Ok(true)
    }
}
