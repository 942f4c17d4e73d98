//! One-time keys of devices: each is handed out once.

use kontor_core::{Result, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// One key.
#[derive(Clone, Debug)]
pub struct OneTimeKeyRow {
    /// Order of upload.
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

/// What is left of the keys of a device for one algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRow {
    /// Owner.
    pub user_id: OwnedUserId,
    /// Device.
    pub device_id: OwnedDeviceId,
    /// Algorithm.
    pub algorithm: String,
    /// Keys up to this position have been handed out.
    pub claimed: StreamPos,
    /// Keys behind it.
    pub unclaimed: i64,
}

impl PoolRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.id(0)?,
            device_id: row.id(1)?,
            algorithm: row.text(2)?,
            claimed: row.pos(3)?,
            unclaimed: row.int(4)?,
        })
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

static NEXT: Sql = Sql::new(
    "one_time_key.next",
    "SELECT pos, key_id, json FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND algorithm = $4 AND pos > $5
      ORDER BY pos LIMIT 1",
);

static DELETE_CLAIMED: Sql = Sql::new(
    "one_time_key.delete_claimed",
    "DELETE FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND algorithm = $4 AND pos <= $5",
);

static DELETE_OF_DEVICE: Sql = Sql::new(
    "one_time_key.delete_of_device",
    "DELETE FROM one_time_key WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "one_time_key.delete_of_user",
    "DELETE FROM one_time_key WHERE tenant_id = $1 AND user_id = $2",
);

static UPSERT_POOL: Sql = Sql::new(
    "one_time_key.upsert_pool",
    "INSERT INTO one_time_key_pool
       (tenant_id, user_id, device_id, algorithm, claimed_pos, unclaimed)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, user_id, device_id, algorithm) DO UPDATE
        SET claimed_pos = excluded.claimed_pos, unclaimed = excluded.unclaimed",
);

static LIST_POOLS: Sql = Sql::new(
    "one_time_key.list_pools",
    "SELECT user_id, device_id, algorithm, claimed_pos, unclaimed FROM one_time_key_pool
      WHERE tenant_id = $1 AND user_id IN {in}",
);

static LIST_POOLS_OF_DEVICE: Sql = Sql::new(
    "one_time_key.list_pools_of_device",
    "SELECT user_id, device_id, algorithm, claimed_pos, unclaimed FROM one_time_key_pool
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_POOLS_OF_DEVICE: Sql = Sql::new(
    "one_time_key.delete_pools_of_device",
    "DELETE FROM one_time_key_pool WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_POOLS_OF_USER: Sql = Sql::new(
    "one_time_key.delete_pools_of_user",
    "DELETE FROM one_time_key_pool WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of these tables.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &LIST,
    &NEXT,
    &DELETE_CLAIMED,
    &DELETE_OF_DEVICE,
    &DELETE_OF_USER,
    &UPSERT_POOL,
    &LIST_POOLS,
    &LIST_POOLS_OF_DEVICE,
    &DELETE_POOLS_OF_DEVICE,
    &DELETE_POOLS_OF_USER,
];

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

/// Every key of a device: algorithm, name, JSON; in no order. Those handed out are among them
/// until [`delete_claimed_keys`].
pub fn list_one_time_keys(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<(String, String, String)>> {
    tx.query(&LIST, &[user.into(), device.into()], |row| {
        Ok((row.text(0)?, row.text(1)?, row.text(2)?))
    })
}

/// The key of a pool that was uploaded first and has not been handed out.
pub fn find_next_key(tx: &mut Tx<'_>, pool: &PoolRow) -> Result<Option<OneTimeKeyRow>> {
    tx.query_opt(
        &NEXT,
        &[
            (&pool.user_id).into(),
            (&pool.device_id).into(),
            (&pool.algorithm).into(),
            pool.claimed.into(),
        ],
        OneTimeKeyRow::from_row,
    )
}

/// Deletes the keys of a pool that have been handed out.
pub fn delete_claimed_keys(tx: &mut Tx<'_>, pool: &PoolRow) -> Result<u64> {
    let params = [
        (&pool.user_id).into(),
        (&pool.device_id).into(),
        (&pool.algorithm).into(),
        pool.claimed.into(),
    ];
    tx.execute(&DELETE_CLAIMED, &params)
}

/// Stores a pool.
pub fn upsert_pool(tx: &mut Tx<'_>, pool: &PoolRow) -> Result<()> {
    let params = [
        (&pool.user_id).into(),
        (&pool.device_id).into(),
        (&pool.algorithm).into(),
        pool.claimed.into(),
        pool.unclaimed.into(),
    ];
    tx.execute(&UPSERT_POOL, &params).map(drop)
}

/// The pools of every device of the users, in no order.
pub fn list_pools(tx: &mut Tx<'_>, users: &[Param<'_>]) -> Result<Vec<PoolRow>> {
    tx.query_in(&LIST_POOLS, &[], users, PoolRow::from_row)
}

/// The pools of one device.
pub fn list_pools_of_device(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<PoolRow>> {
    tx.query(&LIST_POOLS_OF_DEVICE, &[user.into(), device.into()], PoolRow::from_row)
}

/// Removes the keys of a device.
pub fn delete_of_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE_OF_DEVICE, &[user.into(), device.into()])?;
    tx.execute(&DELETE_POOLS_OF_DEVICE, &[user.into(), device.into()]).map(drop)
}

/// Removes the keys of every device of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    tx.execute(&DELETE_POOLS_OF_USER, &[user.into()]).map(drop)
}
