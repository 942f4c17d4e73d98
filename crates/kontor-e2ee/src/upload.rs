//! Publishing the keys of a device (spec: `POST /keys/upload`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, Session, StreamPos};
use kontor_db::Tx;
use kontor_store::fallback_key::FallbackKeyRow;
use kontor_store::one_time_key::{self, OneTimeKeyRow, PoolRow};
use kontor_store::{cross_signing_key, device_key, fallback_key};
use ruma::canonical_json::CanonicalJsonValue;
use ruma::encryption::{DeviceKeys, OneTimeKey};
use ruma::serde::Raw;
use ruma::{OneTimeKeyAlgorithm, OwnedOneTimeKeyId, OwnedUserId, UInt};

use crate::E2ee;
use crate::inbox::read_counts;
use crate::limits::{
    KEY_BYTES, KEY_DEPTH, ONE_TIME_KEY_BYTES, ONE_TIME_KEYS, check_json, check_name,
};
use crate::signed_json::{SignedJson, public_key};

/// Unclaimed one-time keys by algorithm.
pub type OneTimeKeyCounts = BTreeMap<OneTimeKeyAlgorithm, UInt>;

/// The keys a device publishes.
#[derive(Clone, Debug, Default)]
pub struct KeyUpload {
    /// Identity keys.
    pub device_keys: Option<Raw<DeviceKeys>>,
    /// Keys to be handed out once each.
    pub one_time_keys: BTreeMap<OwnedOneTimeKeyId, Raw<OneTimeKey>>,
    /// Keys to be handed out when no one-time key is left; at most one per algorithm.
    pub fallback_keys: BTreeMap<OwnedOneTimeKeyId, Raw<OneTimeKey>>,
}

/// A checked one-time or fallback key.
struct CheckedKey {
    algorithm: String,
    key_id: String,
    json: String,
}

/// A checked upload.
struct Checked {
    device: Option<SignedJson>,
    one_time: Vec<CheckedKey>,
    fallback: Vec<CheckedKey>,
}

impl E2ee {
    /// Publishes keys of the caller's device; gives the number of unclaimed one-time keys.
    ///
    /// Uploading the same keys again changes nothing.
    ///
    /// # Errors
    /// `Invalid`: `M_INVALID_PARAM` for keys of somebody else, of a wrong shape, or under the id
    /// of another one-time key.
    pub async fn upload_keys(&self, cx: &Cx, upload: KeyUpload) -> Result<OneTimeKeyCounts> {
        let session = cx.session()?.clone();
        let checked = Checked {
            device: upload
                .device_keys
                .map(|keys| check_device_keys(&session, &keys))
                .transpose()?,
            one_time: check_keys(&upload.one_time_keys)?,
            fallback: check_fallback_keys(&upload.fallback_keys)?,
        };
        if checked.is_empty() {
            let counts = self.key_counts(cx, &session.user_id, &session.device_id).await?;
            return Ok(counts.one_time_keys.clone());
        }
        let watchers = match &checked.device {
            Some(_) => self.watchers(cx, &session.user_id).await?,
            None => Vec::new(),
        };
        let service = self.clone();
        self.db.write(cx, move |tx| service.store_keys(tx, &session, checked, watchers)).await
    }

    fn store_keys(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        checked: Checked,
        watchers: Vec<OwnedUserId>,
    ) -> Result<OneTimeKeyCounts> {
        if let Some(keys) = checked.device
            && store_device_keys(tx, session, keys)?
        {
            self.note_change(tx, &session.user_id, None)?;
            self.wake_after(tx, watchers);
        }
        store_one_time_keys(tx, session, checked.one_time)?;
        store_fallback_keys(tx, session, checked.fallback)?;
        let (user, device) = (session.user_id.clone(), session.device_id.clone());
        let counts = read_counts(tx, &user, &device)?;
        let shelf = Arc::clone(&self.shelf);
        tx.after_commit(move || shelf.forget(&user, &device));
        Ok(counts.one_time_keys)
    }
}

impl Checked {
    fn is_empty(&self) -> bool {
        self.device.is_none() && self.one_time.is_empty() && self.fallback.is_empty()
    }
}

fn invalid(text: impl Into<String>) -> Error {
    Error::invalid(MatrixCode::InvalidParam, text.into())
}

/// The keys must be those of the caller's device.
///
/// Whether they are genuine is for the other clients to verify: a server is not trusted with
/// that, and the specification does not ask it to.
fn check_device_keys(session: &Session, keys: &Raw<DeviceKeys>) -> Result<SignedJson> {
    let json = SignedJson::from_client("device_keys", keys.json(), KEY_BYTES)?;
    keys.deserialize()
        .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("device_keys: {e}")))?;
    if json.field("user_id") != Some(session.user_id.as_str()) {
        return Err(invalid("device_keys: user_id is not yours."));
    }
    if json.field("device_id") != Some(session.device_id.as_str()) {
        return Err(invalid("device_keys: device_id is not that of this sign-in."));
    }
    for (id, _) in json.keys() {
        let named_after_device =
            id.split_once(':').is_some_and(|(_, name)| name == session.device_id.as_str());
        if !named_after_device {
            return Err(invalid("device_keys: a key is not named after the device."));
        }
    }
    let id = format!("ed25519:{}", session.device_id);
    let named = json.keys().any(|(name, _)| name == id);
    named.then_some(json).ok_or_else(|| invalid(format!("device_keys: no {id}.")))
}

fn check_keys(keys: &BTreeMap<OwnedOneTimeKeyId, Raw<OneTimeKey>>) -> Result<Vec<CheckedKey>> {
    if keys.len() > ONE_TIME_KEYS {
        let text = format!("At most {ONE_TIME_KEYS} one-time keys are kept.");
        return Err(Error::limited(MatrixCode::TooLarge, text));
    }
    keys.iter().map(|(id, key)| check_key(id, key)).collect()
}

fn check_key(id: &OwnedOneTimeKeyId, key: &Raw<OneTimeKey>) -> Result<CheckedKey> {
    let (algorithm, key_id) = (id.algorithm().to_string(), id.key_name().to_string());
    check_name("The name of a key", &key_id)?;
    check_json("A key", key.json().get(), ONE_TIME_KEY_BYTES, KEY_DEPTH)?;
    let parsed =
        key.deserialize().map_err(|e| Error::invalid(MatrixCode::BadJson, format!("{id}: {e}")))?;
    match &parsed {
        OneTimeKey::Key(_) if id.algorithm() == OneTimeKeyAlgorithm::SignedCurve25519 => {
            return Err(invalid(format!("{id}: must be an object with a signature.")));
        }
        OneTimeKey::SignedKey(_) | OneTimeKey::Key(_) => {}
        _ => return Err(invalid(format!("{id}: unknown shape."))),
    }
    let canonical: CanonicalJsonValue = serde_json::from_str(key.json().get())
        .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("{id}: {e}")))?;
    Ok(CheckedKey { algorithm, key_id, json: canonical.to_string() })
}

fn check_fallback_keys(
    keys: &BTreeMap<OwnedOneTimeKeyId, Raw<OneTimeKey>>,
) -> Result<Vec<CheckedKey>> {
    let checked = check_keys(keys)?;
    let algorithms: HashSet<&str> = checked.iter().map(|key| key.algorithm.as_str()).collect();
    if algorithms.len() < checked.len() {
        return Err(invalid("fallback_keys: only one key per algorithm."));
    }
    Ok(checked)
}

/// Stores a device's keys; `false` if that changes nothing.
fn store_device_keys(tx: &mut Tx<'_>, session: &Session, mut keys: SignedJson) -> Result<bool> {
    let (user, device) = (&*session.user_id, &*session.device_id);
    let cross_signing = cross_signing_key::list_cross_signing_keys(tx, &[user.into()])?;
    if cross_signing.iter().any(|key| key.public_key == device.as_str()) {
        return Err(Error::forbidden("The device has the id of one of your cross-signing keys."));
    }
    let own_key = format!("ed25519:{device}");
    let self_signing =
        cross_signing.iter().filter(|key| key.usage == "self_signing").find_map(|key| {
            Some((format!("ed25519:{}", key.public_key), public_key(&key.public_key)?))
        });
    let sent = keys.clone();
    // Only signatures that are true and that others may see.
    keys.keep_signatures(user.as_str(), |id| {
        id == own_key
            || self_signing
                .as_ref()
                .is_some_and(|(name, key)| name == id && sent.is_signed(user.as_str(), id, key))
    });
    let stored = device_key::find_device_key(tx, user, device)?;
    if let Some(stored) = &stored {
        let stored = SignedJson::stored(stored)?;
        if stored.says_the_same(&keys) {
            // The device may not know of signatures that other devices have added.
            for (id, signature) in stored.signatures_of(user.as_str()) {
                if keys.signature(user.as_str(), id).is_none() {
                    keys.sign(user.as_str(), id, signature);
                }
            }
        }
    }
    let text = keys.text()?;
    if stored.is_some_and(|stored| stored == text) {
        return Ok(false);
    }
    device_key::upsert_device_key(tx, user, device, &text)?;
    Ok(true)
}

fn store_one_time_keys(tx: &mut Tx<'_>, session: &Session, keys: Vec<CheckedKey>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (user, device) = (&*session.user_id, &*session.device_id);
    let mut pools: HashMap<String, PoolRow> = HashMap::new();
    for pool in one_time_key::list_pools_of_device(tx, user, device)? {
        one_time_key::delete_claimed_keys(tx, &pool)?;
        pools.insert(pool.algorithm.clone(), pool);
    }
    let stored: HashMap<(String, String), String> =
        one_time_key::list_one_time_keys(tx, user, device)?
            .into_iter()
            .map(|(algorithm, key_id, json)| ((algorithm, key_id), json))
            .collect();
    let mut fresh = Vec::new();
    for CheckedKey { algorithm, key_id, json } in keys {
        let name = (algorithm, key_id);
        if let Some(known) = stored.get(&name) {
            if *known == json {
                continue;
            }
            let text = format!("One-time key {}:{} already exists.", name.0, name.1);
            return Err(invalid(text));
        }
        if stored.len() + fresh.len() >= ONE_TIME_KEYS {
            let text = format!("At most {ONE_TIME_KEYS} one-time keys are kept.");
            return Err(Error::limited(MatrixCode::TooLarge, text));
        }
        let (algorithm, key_id) = name;
        let pool = pools.entry(algorithm.clone()).or_insert_with(|| PoolRow {
            user_id: user.to_owned(),
            device_id: device.to_owned(),
            algorithm: algorithm.clone(),
            claimed: StreamPos::ZERO,
            unclaimed: 0,
        });
        pool.unclaimed += 1;
        fresh.push((algorithm, OneTimeKeyRow { pos: tx.next_pos(), key_id, json }));
    }
    one_time_key::insert_one_time_keys(tx, (user, device), &fresh)?;
    one_time_key::upsert_pools(tx, &pools.into_values().collect::<Vec<_>>())
}

fn store_fallback_keys(tx: &mut Tx<'_>, session: &Session, keys: Vec<CheckedKey>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (user, device) = (&*session.user_id, &*session.device_id);
    let stored = fallback_key::list_fallback_keys(tx, user, device)?;
    for CheckedKey { algorithm, key_id, json } in keys {
        let same = |row: &&FallbackKeyRow| {
            row.algorithm == algorithm && row.key_id == key_id && row.json == json
        };
        // A repeated request must not make a key that was handed out look fresh.
        let used = stored.iter().find(same).is_some_and(|row| row.used);
        let row = FallbackKeyRow { algorithm, key_id, json, used };
        fallback_key::upsert_fallback_key(tx, user, device, &row)?;
    }
    Ok(())
}
