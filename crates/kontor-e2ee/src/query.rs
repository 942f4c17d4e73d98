//! Showing the keys of people and their devices (spec: `POST /keys/query`).

use std::collections::{BTreeMap, HashMap};

use kontor_core::{Cx, Error, Result};
use kontor_db::{Param, Tx};
use kontor_store::cross_signing_key::CrossSigningKeyRow;
use kontor_store::device_key::DeviceKeyRow;
use kontor_store::key_signature::KeySignatureRow;
use kontor_store::{cross_signing_key, device_key, key_signature};
use ruma::encryption::{CrossSigningKey, DeviceKeys};
use ruma::serde::Raw;
use ruma::{OwnedDeviceId, OwnedUserId, UserId};
use serde_json::Value;

use crate::E2ee;
use crate::signed_json::SignedJson;

/// Keys of people and their devices, with the signatures the caller may see.
#[derive(Clone, Debug, Default)]
pub struct KnownKeys {
    /// Servers that were not asked, and why.
    pub failures: BTreeMap<String, Value>,
    /// Identity keys of devices. Each local user asked for is listed.
    pub device_keys: BTreeMap<OwnedUserId, BTreeMap<OwnedDeviceId, Raw<DeviceKeys>>>,
    /// Master keys.
    pub master_keys: BTreeMap<OwnedUserId, Raw<CrossSigningKey>>,
    /// Keys that sign their owner's devices.
    pub self_signing_keys: BTreeMap<OwnedUserId, Raw<CrossSigningKey>>,
    /// The caller's own key for signing other people.
    pub user_signing_keys: BTreeMap<OwnedUserId, Raw<CrossSigningKey>>,
}

/// What three statements read.
struct Rows {
    devices: Vec<DeviceKeyRow>,
    cross_signing: Vec<CrossSigningKeyRow>,
    signatures: Vec<KeySignatureRow>,
}

impl E2ee {
    /// The keys of the `wanted` people: those of the devices named, or of all if none is named.
    pub async fn query_keys(
        &self,
        cx: &Cx,
        wanted: BTreeMap<OwnedUserId, Vec<OwnedDeviceId>>,
    ) -> Result<KnownKeys> {
        let viewer = cx.user()?.to_owned();
        let (wanted, failures) = self.split_local(wanted);
        let (users, me): (Vec<OwnedUserId>, _) = (wanted.keys().cloned().collect(), viewer.clone());
        let rows = self.db.read(cx, move |tx| read(tx, &me, &users)).await?;
        let mut known = KnownKeys { failures, ..KnownKeys::default() };
        for user in wanted.keys() {
            known.device_keys.insert(user.clone(), BTreeMap::new());
        }
        for row in rows.devices {
            let asked = wanted.get(&row.user_id);
            if asked.is_some_and(|ids| ids.is_empty() || ids.contains(&row.device_id)) {
                let keys = raw(with_display_name(row.json, row.display_name.as_deref())?)?;
                known.device_keys.entry(row.user_id).or_default().insert(row.device_id, keys);
            }
        }
        let signatures = by_key(rows.signatures);
        for row in rows.cross_signing {
            known.add_cross_signing(row, &viewer, &signatures)?;
        }
        Ok(known)
    }
}

impl E2ee {
    /// How many devices with keys each of these people has, and how many of them carry a signature
    /// by their owner's own key. Whether it is good is for clients to check.
    pub async fn count_devices(
        &self,
        cx: &Cx,
        users: Vec<OwnedUserId>,
    ) -> Result<HashMap<OwnedUserId, (usize, usize)>> {
        let wanted = users.into_iter().map(|user| (user, Vec::new())).collect();
        let known = self.query_keys(cx, wanted).await?;
        let mut counts = HashMap::with_capacity(known.device_keys.len());
        for (user, devices) in known.device_keys {
            let signer = match known.self_signing_keys.get(&user) {
                Some(key) => only_key(key)?,
                None => None,
            };
            let mut verified = 0;
            for keys in devices.values() {
                let keys: Value =
                    serde_json::from_str(keys.json().get()).map_err(Error::internal)?;
                let own = keys.get("signatures").and_then(|all| all.get(user.as_str()));
                let signed =
                    signer.as_ref().is_some_and(|key| own.and_then(|own| own.get(key)).is_some());
                verified += usize::from(signed);
            }
            counts.insert(user, (devices.len(), verified));
        }
        Ok(counts)
    }
}

/// The name of the one key in a cross-signing key.
fn only_key(key: &Raw<CrossSigningKey>) -> Result<Option<String>> {
    let key: Value = serde_json::from_str(key.json().get()).map_err(Error::internal)?;
    let keys = key.get("keys").and_then(Value::as_object);
    Ok(keys.and_then(|keys| keys.keys().next().cloned()))
}

impl KnownKeys {
    fn add_cross_signing(
        &mut self,
        row: CrossSigningKeyRow,
        viewer: &UserId,
        signatures: &HashMap<(OwnedUserId, String), Vec<KeySignatureRow>>,
    ) -> Result<()> {
        let CrossSigningKeyRow { user_id, usage, public_key, mut json } = row;
        let place = match usage.as_str() {
            "master" => &mut self.master_keys,
            "self_signing" => &mut self.self_signing_keys,
            "user_signing" if user_id == viewer => &mut self.user_signing_keys,
            _ => return Ok(()),
        };
        let key = (user_id, public_key);
        if let Some(mine) = signatures.get(&key) {
            let mut signed = SignedJson::stored(&json)?;
            for row in mine {
                signed.sign(viewer.as_str(), &row.signing_key, &row.signature);
            }
            json = signed.text()?;
        }
        place.insert(key.0, raw(json)?);
        Ok(())
    }
}

fn read(tx: &mut Tx<'_>, viewer: &UserId, users: &[OwnedUserId]) -> Result<Rows> {
    let users: Vec<Param<'_>> = users.iter().map(Param::from).collect();
    Ok(Rows {
        devices: device_key::list_device_keys(tx, &users)?,
        cross_signing: cross_signing_key::list_cross_signing_keys(tx, &users)?,
        signatures: key_signature::list_signatures(tx, viewer, &users)?,
    })
}

fn by_key(rows: Vec<KeySignatureRow>) -> HashMap<(OwnedUserId, String), Vec<KeySignatureRow>> {
    let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        by_key.entry((row.target.clone(), row.target_key.clone())).or_default().push(row);
    }
    by_key
}

/// Adds the device's name to stored keys, without parsing them.
fn with_display_name(mut json: String, name: Option<&str>) -> Result<String> {
    let Some(name) = name else { return Ok(json) };
    let name = serde_json::to_string(name).map_err(Error::internal)?;
    if json.pop() != Some('}') {
        return Err(Error::internal("device_key.json is not an object"));
    }
    json.push_str(r#","unsigned":{"device_display_name":"#);
    json.push_str(&name);
    json.push_str("}}");
    Ok(json)
}

fn raw<T>(json: String) -> Result<Raw<T>> {
    Raw::from_json_string(json).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_added_behind_the_keys() {
        let named = with_display_name(r#"{"a":1}"#.to_owned(), Some("\"Büro\"")).unwrap();
        assert_eq!(named, r#"{"a":1,"unsigned":{"device_display_name":"\"Büro\""}}"#);
        assert_eq!(with_display_name(r#"{"a":1}"#.to_owned(), None).unwrap(), r#"{"a":1}"#);
    }
}
