//! Pushers: where devices want to be told about notifications.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Sql, Tx};
use ruma::{DeviceId, OwnedUserId, UserId};

/// What names a pusher beside its owner. The key a push provider gave out may be a secret or an
/// address, so only its hash can be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PusherKey {
    /// Application.
    pub app_id: String,
    /// SHA-256 of the push key.
    pub pushkey_hash: [u8; 32],
}

static UPSERT: Sql = Sql::new(
    "pusher.upsert",
    "INSERT INTO pusher (tenant_id, user_id, app_id, pushkey_hash, device_id, pusher, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, user_id, app_id, pushkey_hash) DO UPDATE
        SET device_id = excluded.device_id, pusher = excluded.pusher",
);

static LIST: Sql = Sql::new(
    "pusher.list",
    "SELECT pusher FROM pusher WHERE tenant_id = $1 AND user_id = $2
      ORDER BY created_ms, app_id, pushkey_hash",
);

static LIST_OF: Sql = Sql::new(
    "pusher.list_of",
    "SELECT pusher FROM pusher WHERE tenant_id = $1 AND user_id IN {in}",
);

static OWNERS: Sql =
    Sql::new("pusher.owners", "SELECT DISTINCT user_id FROM pusher WHERE tenant_id = $1");

static COUNT: Sql =
    Sql::new("pusher.count", "SELECT COUNT(*) FROM pusher WHERE tenant_id = $1 AND user_id = $2");

static DELETE: Sql = Sql::new(
    "pusher.delete",
    "DELETE FROM pusher
      WHERE tenant_id = $1 AND user_id = $2 AND app_id = $3 AND pushkey_hash = $4",
);

static DELETE_OF_OTHERS: Sql = Sql::new(
    "pusher.delete_of_others",
    "DELETE FROM pusher
      WHERE tenant_id = $1 AND app_id = $2 AND pushkey_hash = $3 AND user_id <> $4",
);

static DELETE_OF_DEVICE: Sql = Sql::new(
    "pusher.delete_of_device",
    "DELETE FROM pusher WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&UPSERT, &LIST, &LIST_OF, &OWNERS, &COUNT, &DELETE, &DELETE_OF_OTHERS, &DELETE_OF_DEVICE];

/// The pushers of these people, as JSON, in no order.
pub fn list_pushers_of(tx: &mut Tx<'_>, users: &[OwnedUserId]) -> Result<Vec<Vec<u8>>> {
    let users: Vec<Param<'_>> = users.iter().map(Param::from).collect();
    tx.query_in(&LIST_OF, &[], &users, |row| row.sealed(0))
}

/// Keeps a pusher (as JSON) that `device` has set, in the place of one with the same key.
pub fn upsert_pusher(
    tx: &mut Tx<'_>,
    (user, device): (&UserId, &DeviceId),
    key: &PusherKey,
    json: &[u8],
    created: Timestamp,
) -> Result<()> {
    tx.execute(
        &UPSERT,
        &[
            user.into(),
            key.app_id.as_str().into(),
            Param::from(&key.pushkey_hash),
            device.into(),
            Param::sealed(json),
            created.into(),
        ],
    )?;
    Ok(())
}

/// A person's pushers as JSON, oldest first.
pub fn list_pushers(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<Vec<u8>>> {
    tx.query(&LIST, &[user.into()], |row| row.sealed(0))
}

/// Everybody who has a pusher, in no order.
pub fn list_owners(tx: &mut Tx<'_>) -> Result<Vec<OwnedUserId>> {
    tx.query(&OWNERS, &[], |row| row.id(0))
}

/// How many pushers a person has.
pub fn count_pushers(tx: &mut Tx<'_>, user: &UserId) -> Result<i64> {
    tx.query_one(&COUNT, &[user.into()], |row| row.int(0))
}

/// Removes a pusher; `false` if there is none.
pub fn delete_pusher(tx: &mut Tx<'_>, user: &UserId, key: &PusherKey) -> Result<bool> {
    let hash = Param::from(&key.pushkey_hash);
    Ok(tx.execute(&DELETE, &[user.into(), key.app_id.as_str().into(), hash])? > 0)
}

/// Removes the pushers that other people have under the same key: a device has changed hands.
pub fn delete_pushers_of_others(tx: &mut Tx<'_>, user: &UserId, key: &PusherKey) -> Result<()> {
    let hash = Param::from(&key.pushkey_hash);
    tx.execute(&DELETE_OF_OTHERS, &[key.app_id.as_str().into(), hash, user.into()])?;
    Ok(())
}

/// Removes the pushers that a device has set.
pub fn delete_pushers_of_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE_OF_DEVICE, &[user.into(), device.into()])?;
    Ok(())
}
