//! Handing out one-time keys (spec: `POST /keys/claim`).

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_core::{Cx, Error, Result};
use kontor_db::{Param, Tx};
use kontor_store::fallback_key;
use kontor_store::one_time_key::{self, PoolRow};
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
    let users: Vec<Param<'_>> = wanted.keys().map(Param::from).collect();
    let mut claimed = KeysOfDevices::new();
    let mut touched: Vec<PoolRow> = Vec::new();
    for (mut pool, key) in one_time_key::list_next_keys(tx, &users)? {
        let asked = wanted.get(&pool.user_id).and_then(|devices| devices.get(&pool.device_id));
        if asked.is_none_or(|asked| asked.as_str() != pool.algorithm) {
            continue;
        }
        let owner = (&*pool.user_id, &*pool.device_id);
        hand_out(&mut claimed, owner, &pool.algorithm, (key.key_id, key.json))?;
        pool.claimed = key.pos;
        pool.unclaimed -= 1;
        touched.push(pool);
    }
    one_time_key::upsert_pools(tx, &touched)?;
    for (user, devices) in wanted {
        for (device, algorithm) in devices {
            if claimed.get(user).is_some_and(|of_user| of_user.contains_key(device)) {
                continue;
            }
            if let Some(key) = use_fallback(tx, user, device, algorithm.as_str())? {
                hand_out(&mut claimed, (user, device), algorithm.as_str(), key)?;
            }
        }
    }
    Ok(claimed)
}

fn hand_out(
    claimed: &mut KeysOfDevices,
    (user, device): (&UserId, &DeviceId),
    algorithm: &str,
    (key_id, json): (String, String),
) -> Result<()> {
    let id =
        OwnedOneTimeKeyId::try_from(format!("{algorithm}:{key_id}")).map_err(Error::internal)?;
    let key = Raw::from_json_string(json).map_err(Error::internal)?;
    let of_user = claimed.entry(user.to_owned()).or_default();
    of_user.insert(device.to_owned(), BTreeMap::from([(id, key)]));
    Ok(())
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
