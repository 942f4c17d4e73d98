//! Fallback keys of devices: handed out when no one-time key is left.

use kontor_core::Result;
use kontor_db::{Row, Sql, Tx};
use ruma::{DeviceId, UserId};

/// The fallback key of a device for one algorithm.
#[derive(Clone, Debug)]
pub struct FallbackKeyRow {
    /// Algorithm.
    pub algorithm: String,
    /// Name of the key, without algorithm.
    pub key_id: String,
    /// The key object, as uploaded.
    pub json: String,
    /// It has been handed out; the device should replace it.
    pub used: bool,
}

impl FallbackKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            algorithm: row.text(0)?,
            key_id: row.text(1)?,
            json: row.text(2)?,
            used: row.bool(3)?,
        })
    }
}

static UPSERT: Sql = Sql::new(
    "fallback_key.upsert",
    "INSERT INTO fallback_key (tenant_id, user_id, device_id, algorithm, key_id, json, used)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, user_id, device_id, algorithm) DO UPDATE
        SET key_id = excluded.key_id, json = excluded.json, used = excluded.used",
);

static LIST: Sql = Sql::new(
    "fallback_key.list",
    "SELECT algorithm, key_id, json, used FROM fallback_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 ORDER BY algorithm",
);

static MARK_USED: Sql = Sql::new(
    "fallback_key.mark_used",
    "UPDATE fallback_key SET used = TRUE
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND algorithm = $4",
);

static DELETE_OF_DEVICE: Sql = Sql::new(
    "fallback_key.delete_of_device",
    "DELETE FROM fallback_key WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "fallback_key.delete_of_user",
    "DELETE FROM fallback_key WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &LIST, &MARK_USED, &DELETE_OF_DEVICE, &DELETE_OF_USER];

/// Stores a fallback key, replacing the older one of the same algorithm.
pub fn upsert_fallback_key(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    key: &FallbackKeyRow,
) -> Result<()> {
    let params = [
        user.into(),
        device.into(),
        (&key.algorithm).into(),
        (&key.key_id).into(),
        (&key.json).into(),
        key.used.into(),
    ];
    tx.execute(&UPSERT, &params).map(drop)
}

/// The fallback keys of a device, by algorithm.
pub fn list_fallback_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<FallbackKeyRow>> {
    tx.query(&LIST, &[user.into(), device.into()], FallbackKeyRow::from_row)
}

/// Notes that a fallback key has been handed out.
pub fn update_used(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    algorithm: &str,
) -> Result<()> {
    tx.execute(&MARK_USED, &[user.into(), device.into(), algorithm.into()]).map(drop)
}

/// Removes the fallback keys of a device.
pub fn delete_of_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE_OF_DEVICE, &[user.into(), device.into()]).map(drop)
}

/// Removes the fallback keys of every device of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
