//! Publishing cross-signing keys (spec: `POST /keys/device_signing/upload`).

use std::collections::HashMap;

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_db::{Param, Tx};
use kontor_store::cross_signing_key::CrossSigningKeyRow;
use kontor_store::{cross_signing_key, device_key, key_signature, to_device};
use ruma::UserId;
use ruma::encryption::CrossSigningKey;
use ruma::serde::Raw;

use crate::E2ee;
use crate::limits::KEY_BYTES;
use crate::signed_json::{SignedJson, public_key};

/// The cross-signing keys a person publishes.
#[derive(Clone, Debug, Default)]
pub struct SigningKeyUpload {
    /// The key that stands for the person.
    pub master: Option<Raw<CrossSigningKey>>,
    /// The key that signs the person's devices.
    pub self_signing: Option<Raw<CrossSigningKey>>,
    /// The key that signs other people.
    pub user_signing: Option<Raw<CrossSigningKey>>,
}

/// Whether the caller has just authenticated once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// No.
    No,
    /// Yes.
    Yes,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKeysOutcome {
    /// The keys are stored, or were before.
    Stored,
    /// Nothing happened: to replace keys, the caller must authenticate once more.
    MustConfirm,
}

/// A checked key.
struct CheckedKey {
    usage: &'static str,
    public_key: String,
    bytes: [u8; 32],
    json: SignedJson,
}

impl CheckedKey {
    fn id(&self) -> String {
        format!("ed25519:{}", self.public_key)
    }

    fn is_stored(&self, stored: &HashMap<String, CrossSigningKeyRow>) -> Result<bool> {
        let Some(row) = stored.get(self.usage).filter(|row| row.public_key == self.public_key)
        else {
            return Ok(false);
        };
        Ok(SignedJson::stored(&row.json)?.says_the_same(&self.json))
    }
}

impl E2ee {
    /// Publishes the caller's cross-signing keys.
    ///
    /// The first keys, and the same keys again, need no confirmation; new ones in place of others
    /// do.
    ///
    /// # Errors
    /// `Invalid`: `M_MISSING_PARAM` without master key, `M_INVALID_SIGNATURE` if the master key
    /// did not sign the others; `Forbidden` if a key is named like one of the caller's devices.
    pub async fn upload_signing_keys(
        &self,
        cx: &Cx,
        upload: SigningKeyUpload,
        confirmed: Confirmed,
    ) -> Result<SigningKeysOutcome> {
        let user = cx.user()?.to_owned();
        let keys: Vec<CheckedKey> = [
            check_key(&user, "master", upload.master.as_ref())?,
            check_key(&user, "self_signing", upload.self_signing.as_ref())?,
            check_key(&user, "user_signing", upload.user_signing.as_ref())?,
        ]
        .into_iter()
        .flatten()
        .collect();
        let watchers = self.watchers(cx, &user).await?;
        let service = self.clone();
        self.db
            .write(cx, move |tx| {
                let (outcome, change) = store_keys(tx, &user, keys, confirmed)?;
                match change {
                    Change::Nothing => {}
                    Change::OwnView => {
                        service.note_change(tx, &user, Some(&user))?;
                        service.wake_after(tx, vec![user]);
                    }
                    Change::EverybodysView => {
                        service.note_change(tx, &user, None)?;
                        service.wake_after(tx, watchers);
                    }
                }
                Ok(outcome)
            })
            .await
    }
}

/// Who sees that something changed.
enum Change {
    Nothing,
    OwnView,
    EverybodysView,
}

fn check_key(
    user: &UserId,
    usage: &'static str,
    raw: Option<&Raw<CrossSigningKey>>,
) -> Result<Option<CheckedKey>> {
    let Some(raw) = raw else { return Ok(None) };
    let name = format!("{usage}_key");
    let json = SignedJson::from_client(&name, raw.json(), KEY_BYTES)?;
    raw.deserialize().map_err(|e| Error::invalid(MatrixCode::BadJson, format!("{name}: {e}")))?;
    let invalid = |what: &str| Error::invalid(MatrixCode::InvalidParam, format!("{name}: {what}"));
    if json.field("user_id") != Some(user.as_str()) {
        return Err(invalid("user_id is not yours."));
    }
    if !json.lists("usage", usage) {
        return Err(invalid("usage does not fit."));
    }
    let mut keys = json.keys();
    let (Some((id, key)), None) = (keys.next(), keys.next()) else {
        return Err(invalid("there must be exactly one key."));
    };
    if id.strip_prefix("ed25519:") != Some(key) {
        return Err(invalid("the name of the key must be ed25519: and the key itself."));
    }
    let bytes = public_key(key).ok_or_else(|| invalid("the key is not 32 bytes long."))?;
    let public_key = key.to_owned();
    drop(keys);
    Ok(Some(CheckedKey { usage, public_key, bytes, json }))
}

fn store_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    keys: Vec<CheckedKey>,
    confirmed: Confirmed,
) -> Result<(SigningKeysOutcome, Change)> {
    let me = [Param::from(user)];
    let stored: HashMap<String, CrossSigningKeyRow> =
        cross_signing_key::list_cross_signing_keys(tx, &me)?
            .into_iter()
            .map(|row| (row.usage.clone(), row))
            .collect();
    let mut new_keys = Vec::new();
    let master = master_key(&keys, &stored)?;
    for key in keys {
        if !key.is_stored(&stored)? {
            new_keys.push(key);
        }
    }
    if new_keys.is_empty() {
        return Ok((SigningKeysOutcome::Stored, Change::Nothing));
    }
    check_new_keys(tx, user, &mut new_keys, &master)?;
    if stored.contains_key("master") && confirmed == Confirmed::No {
        return Ok((SigningKeysOutcome::MustConfirm, Change::Nothing));
    }
    let new = |usage: &str| new_keys.iter().any(|key| key.usage == usage);
    let replaced_master = new("master") && stored.contains_key("master");
    if replaced_master {
        // What the old master key signed means nothing any more.
        cross_signing_key::delete_of_user(tx, user)?;
    }
    if replaced_master || (new("user_signing") && stored.contains_key("user_signing")) {
        key_signature::delete_by_signer(tx, user)?;
    }
    let change =
        if new("master") || new("self_signing") { Change::EverybodysView } else { Change::OwnView };
    for key in new_keys {
        let row = CrossSigningKeyRow {
            user_id: user.to_owned(),
            usage: key.usage.to_owned(),
            json: key.json.text()?,
            public_key: key.public_key,
        };
        cross_signing_key::upsert_cross_signing_key(tx, &row)?;
    }
    Ok((SigningKeysOutcome::Stored, change))
}

/// The master key that must have signed the others: the uploaded one, else the stored one.
fn master_key(
    keys: &[CheckedKey],
    stored: &HashMap<String, CrossSigningKeyRow>,
) -> Result<(String, [u8; 32])> {
    if let Some(key) = keys.iter().find(|key| key.usage == "master") {
        return Ok((key.id(), key.bytes));
    }
    let row = stored.get("master").ok_or_else(|| {
        Error::invalid(MatrixCode::MissingParam, "There is no master signing key.")
    })?;
    let bytes = public_key(&row.public_key)
        .ok_or_else(|| Error::internal("cross_signing_key.public_key is not a key"))?;
    Ok((format!("ed25519:{}", row.public_key), bytes))
}

/// Checks what needs the database, and drops signatures that are false or not for everybody.
fn check_new_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    keys: &mut [CheckedKey],
    (master_id, master): &(String, [u8; 32]),
) -> Result<()> {
    let me = [Param::from(user)];
    let devices = to_device::list_devices_of(tx, &me)?;
    let device_keys = own_device_keys(tx, user)?;
    for key in keys {
        if devices.iter().any(|(_, device)| device.as_str() == key.public_key) {
            return Err(Error::forbidden("One of your devices has the id of the key."));
        }
        let sent = key.json.clone();
        if key.usage == "master" {
            key.json.keep_signatures(user.as_str(), |id| {
                device_keys.get(id).is_some_and(|own| sent.is_signed(user.as_str(), id, own))
            });
            continue;
        }
        if !sent.is_signed(user.as_str(), master_id, master) {
            let text = format!("{}_key: not signed by the master key.", key.usage);
            return Err(Error::invalid(MatrixCode::InvalidSignature, text));
        }
        key.json.keep_signatures(user.as_str(), |id| id == master_id);
    }
    Ok(())
}

/// The signing keys of a user's devices: key id (`ed25519:DEVICE`) → public key.
pub(crate) fn own_device_keys(tx: &mut Tx<'_>, user: &UserId) -> Result<HashMap<String, [u8; 32]>> {
    let mut keys = HashMap::new();
    for row in device_key::list_device_keys(tx, &[Param::from(user)])? {
        let id = format!("ed25519:{}", row.device_id);
        if let Some(key) = SignedJson::stored(&row.json)?.public_key(&id) {
            keys.insert(id, key);
        }
    }
    Ok(keys)
}
