//! Identity keys of devices.

use kontor_core::Result;
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// The identity keys of one device.
#[derive(Clone, Debug)]
pub struct DeviceKeyRow {
    /// Owner.
    pub user_id: OwnedUserId,
    /// Device.
    pub device_id: OwnedDeviceId,
    /// Canonical JSON with all signatures everybody may see, without `unsigned`.
    pub json: String,
    /// Name the owner gave the device.
    pub display_name: Option<String>,
}

impl DeviceKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.id(0)?,
            device_id: row.id(1)?,
            json: row.text(2)?,
            display_name: row.opt_sealed_text(3)?,
        })
    }
}

static FIND: Sql = Sql::new(
    "device_key.find",
    "SELECT json FROM device_key WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static UPSERT: Sql = Sql::new(
    "device_key.upsert",
    "INSERT INTO device_key (tenant_id, user_id, device_id, json) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, device_id) DO UPDATE SET json = excluded.json",
);

static LIST_OF_USERS: Sql = Sql::new(
    "device_key.list_of_users",
    "SELECT k.user_id, k.device_id, k.json, d.display_name
       FROM device_key k
       LEFT JOIN device d
         ON d.tenant_id = k.tenant_id AND d.user_id = k.user_id AND d.device_id = k.device_id
      WHERE k.tenant_id = $1 AND k.user_id IN {in}",
);

static DELETE: Sql = Sql::new(
    "device_key.delete",
    "DELETE FROM device_key WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "device_key.delete_of_user",
    "DELETE FROM device_key WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&FIND, &UPSERT, &LIST_OF_USERS, &DELETE, &DELETE_OF_USER];

/// The stored JSON of a device's keys.
pub fn find_device_key(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Option<String>> {
    tx.query_opt(&FIND, &[user.into(), device.into()], |row| row.text(0))
}

/// Stores a device's keys, replacing older ones.
pub fn upsert_device_key(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    json: &str,
) -> Result<()> {
    tx.execute(&UPSERT, &[user.into(), device.into(), json.into()]).map(drop)
}

/// The keys of every device of the users, in no order.
pub fn list_device_keys(tx: &mut Tx<'_>, users: &[Param<'_>]) -> Result<Vec<DeviceKeyRow>> {
    tx.query_in(&LIST_OF_USERS, &[], users, DeviceKeyRow::from_row)
}

/// Removes a device's keys; `false` if it had none.
pub fn delete_device_key(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into(), device.into()])? > 0)
}

/// Removes the keys of every device of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
