//! One-time keys of devices: each is handed out once.

use kontor_core::{Result, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{DeviceId, UserId};

/// One unclaimed key.
#[derive(Clone, Debug)]
pub struct OneTimeKeyRow {
    /// Order of upload; names the key for deletion.
    pub pos: StreamPos,
    /// Name of the key, without algorithm.
    pub key_id: String,
    /// The key object or string, as uploaded.
    pub json: String,
}

impl OneTimeKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { pos: row.pos(0)?, key_id: row.text(1)?, json: row.text(2)? })
    }
}

static INSERT: Sql = Sql::new(
    "one_time_key.insert",
    "INSERT INTO one_time_key (tenant_id, pos, user_id, device_id, algorithm, key_id, json)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

static LIST: Sql = Sql::new(
    "one_time_key.list",
    "SELECT algorithm, key_id, json FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static OLDEST: Sql = Sql::new(
    "one_time_key.oldest",
    "SELECT pos, key_id, json FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND algorithm = $4
      ORDER BY pos LIMIT 1",
);

static COUNT: Sql = Sql::new(
    "one_time_key.count",
    "SELECT algorithm, COUNT(*) FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3
      GROUP BY algorithm ORDER BY algorithm",
);

static DELETE: Sql = Sql::new(
    "one_time_key.delete",
    "DELETE FROM one_time_key WHERE tenant_id = $1 AND pos IN {in}",
);

static DELETE_OF_DEVICE: Sql = Sql::new(
    "one_time_key.delete_of_device",
    "DELETE FROM one_time_key WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "one_time_key.delete_of_user",
    "DELETE FROM one_time_key WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&INSERT, &LIST, &OLDEST, &COUNT, &DELETE, &DELETE_OF_DEVICE, &DELETE_OF_USER];

/// Adds a key (`algorithm`, and the rest in `key`).
pub fn insert_one_time_key(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    algorithm: &str,
    key: &OneTimeKeyRow,
) -> Result<()> {
    let params = [
        key.pos.into(),
        user.into(),
        device.into(),
        algorithm.into(),
        (&key.key_id).into(),
        (&key.json).into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// Every unclaimed key of a device: algorithm, name, JSON; in no order.
pub fn list_one_time_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<(String, String, String)>> {
    tx.query(&LIST, &[user.into(), device.into()], |row| {
        Ok((row.text(0)?, row.text(1)?, row.text(2)?))
    })
}

/// The key of a device that was uploaded first.
pub fn find_oldest_key(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    algorithm: &str,
) -> Result<Option<OneTimeKeyRow>> {
    tx.query_opt(&OLDEST, &[user.into(), device.into(), algorithm.into()], OneTimeKeyRow::from_row)
}

/// How many keys of each algorithm a device has left; algorithms without key are missing.
pub fn count_one_time_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<(String, i64)>> {
    tx.query(&COUNT, &[user.into(), device.into()], |row| Ok((row.text(0)?, row.int(1)?)))
}

/// Removes keys by position; gives how many there were.
pub fn delete_one_time_keys(tx: &mut Tx<'_>, positions: &[Param<'_>]) -> Result<u64> {
    tx.execute_in(&DELETE, &[], positions)
}

/// Removes the keys of a device.
pub fn delete_of_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE_OF_DEVICE, &[user.into(), device.into()]).map(drop)
}

/// Removes the keys of every device of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
