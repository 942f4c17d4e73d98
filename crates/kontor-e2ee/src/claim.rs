//! Handing out one-time keys (spec: `POST /keys/claim`).

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_core::{Cx, Error, Result};
use kontor_db::{Param, Tx};
use kontor_store::{fallback_key, one_time_key};
use ruma::encryption::OneTimeKey;
use ruma::serde::Raw;
use ruma::{DeviceId, OneTimeKeyAlgorithm, OwnedDeviceId, OwnedOneTimeKeyId, OwnedUserId, UserId};
use serde_json::Value;

use crate::E2ee;

/// Keys by user and device.
pub type KeysOfDevices =
    BTreeMap<OwnedUserId, BTreeMap<OwnedDeviceId, BTreeMap<OwnedOneTimeKeyId, Raw<OneTimeKey>>>>;

/// Keys handed out.
#[derive(Clone, Debug, Default)]
pub struct ClaimedKeys {
    /// Servers that were not asked, and why.
    pub failures: BTreeMap<String, Value>,
    /// One key per device that had any.
    pub keys: KeysOfDevices,
}

/// Whose keys are wanted, and of which kind.
type Wanted = BTreeMap<OwnedUserId, BTreeMap<OwnedDeviceId, OneTimeKeyAlgorithm>>;

impl E2ee {
    /// Hands out one key of each device: the oldest one-time key, which is gone then, or else the
    /// fallback key. No one-time key is ever handed out twice.
    pub async fn claim_keys(&self, cx: &Cx, wanted: Wanted) -> Result<ClaimedKeys> {
        cx.user()?;
        let (wanted, failures) = self.split_local(wanted);
        let shelf = Arc::clone(&self.shelf);
        let keys = self
            .db
            .write(cx, move |tx| {
                let keys = claim(tx, &wanted)?;
                let touched: Vec<(OwnedUserId, OwnedDeviceId)> = keys
                    .iter()
                    .flat_map(|(user, devices)| {
                        devices.keys().map(|device| (user.clone(), device.clone()))
                    })
                    .collect();
                tx.after_commit(move || {
                    for (user, device) in &touched {
                        shelf.forget(user, device);
                    }
                });
                Ok(keys)
            })
            .await?;
        Ok(ClaimedKeys { failures, keys })
    }
}

fn claim(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<KeysOfDevices> {
    let mut claimed = KeysOfDevices::new();
    let mut spent: Vec<Param<'static>> = Vec::new();
    for (user, devices) in wanted {
        for (device, algorithm) in devices {
            let algorithm = algorithm.as_str();
            let one_time = one_time_key::find_oldest_key(tx, user, device, algorithm)?;
            let found = match one_time {
                Some(key) => {
                    spent.push(key.pos.into());
                    Some((key.key_id, key.json))
                }
                None => use_fallback(tx, user, device, algorithm)?,
            };
            if let Some((key_id, json)) = found {
                let id = OwnedOneTimeKeyId::try_from(format!("{algorithm}:{key_id}"))
                    .map_err(Error::internal)?;
                let key = Raw::from_json_string(json).map_err(Error::internal)?;
                let of_user = claimed.entry(user.clone()).or_default();
                of_user.insert(device.clone(), BTreeMap::from([(id, key)]));
            }
        }
    }
    one_time_key::delete_one_time_keys(tx, &spent)?;
    Ok(claimed)
}

fn use_fallback(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    algorithm: &str,
) -> Result<Option<(String, String)>> {
    let keys = fallback_key::list_fallback_keys(tx, user, device)?;
    let Some(key) = keys.into_iter().find(|key| key.algorithm == algorithm) else {
        return Ok(None);
    };
    if !key.used {
        fallback_key::update_used(tx, user, device, algorithm)?;
    }
    Ok(Some((key.key_id, key.json)))
}
