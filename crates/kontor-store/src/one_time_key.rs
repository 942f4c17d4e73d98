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
        Self::from_columns(row, 0)
    }

    /// From the five columns that begin with `first`.
    fn from_columns(row: &Row<'_>, first: usize) -> Result<Self> {
        Ok(Self {
            user_id: row.id(first)?,
            device_id: row.id(first + 1)?,
            algorithm: row.text(first + 2)?,
            claimed: row.pos(first + 3)?,
            unclaimed: row.int(first + 4)?,
        })
    }
}

static INSERT: Sql = Sql::of_rows(
    "one_time_key.insert",
    "INSERT INTO one_time_key (tenant_id, pos, user_id, device_id, algorithm, key_id, json)
     VALUES {rows}",
    6,
);

static LIST: Sql = Sql::new(
    "one_time_key.list",
    "SELECT algorithm, key_id, json FROM one_time_key
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static LIST_NEXT: Sql = Sql::new(
    "one_time_key.list_next",
    "SELECT k.pos, k.key_id, k.json,
            p.user_id, p.device_id, p.algorithm, p.claimed_pos, p.unclaimed
       FROM one_time_key_pool p
       JOIN one_time_key k ON k.tenant_id = $1 AND k.pos =
            (SELECT MIN(n.pos) FROM one_time_key n
              WHERE n.tenant_id = $1 AND n.user_id = p.user_id AND n.device_id = p.device_id
                AND n.algorithm = p.algorithm AND n.pos > p.claimed_pos)
      WHERE p.tenant_id = $1 AND p.unclaimed > 0 AND p.user_id IN {in}",
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

static UPSERT_POOLS: Sql = Sql::of_rows(
    "one_time_key.upsert_pools",
    "INSERT INTO one_time_key_pool
       (tenant_id, user_id, device_id, algorithm, claimed_pos, unclaimed)
     VALUES {rows}
     ON CONFLICT (tenant_id, user_id, device_id, algorithm) DO UPDATE
        SET claimed_pos = excluded.claimed_pos, unclaimed = excluded.unclaimed",
    5,
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
    &LIST_NEXT,
    &DELETE_CLAIMED,
    &DELETE_OF_DEVICE,
    &DELETE_OF_USER,
    &UPSERT_POOLS,
    &LIST_POOLS_OF_DEVICE,
    &DELETE_POOLS_OF_DEVICE,
    &DELETE_POOLS_OF_USER,
];

/// Adds keys of a device, each with its algorithm.
pub fn insert_one_time_keys(
    tx: &mut Tx<'_>,
    (user, device): (&UserId, &DeviceId),
    keys: &[(String, OneTimeKeyRow)],
) -> Result<()> {
    let rows: Vec<[Param<'_>; 6]> = keys
        .iter()
        .map(|(algorithm, OneTimeKeyRow { pos, key_id, json })| {
            [
                (*pos).into(),
                user.into(),
                device.into(),
                algorithm.into(),
                key_id.into(),
                json.into(),
            ]
        })
        .collect();
    tx.execute_rows(&INSERT, &rows).map(drop)
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

/// The oldest key of each pool of the users' devices that has not been handed out, with the pool it
/// comes from; in no order. Empty pools are missing.
pub fn list_next_keys(
    tx: &mut Tx<'_>,
    users: &[Param<'_>],
) -> Result<Vec<(PoolRow, OneTimeKeyRow)>> {
    tx.query_in(&LIST_NEXT, &[], users, |row| {
        let key = OneTimeKeyRow::from_row(row)?;
        Ok((PoolRow::from_columns(row, 3)?, key))
    })
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

/// Stores pools.
pub fn upsert_pools(tx: &mut Tx<'_>, pools: &[PoolRow]) -> Result<()> {
    let rows: Vec<[Param<'_>; 5]> = pools
        .iter()
        .map(|pool| {
            let PoolRow { user_id, device_id, algorithm, claimed, unclaimed } = pool;
            [
                user_id.into(),
                device_id.into(),
                algorithm.into(),
                (*claimed).into(),
                (*unclaimed).into(),
            ]
        })
        .collect();
    tx.execute_rows(&UPSERT_POOLS, &rows).map(drop)
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
