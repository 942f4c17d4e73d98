//! Sign-ins that a person allows on another device (RFC 8628). Codes are stored as keyed hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::access_token::TokenHash;

/// A sign-in under way.
#[derive(Clone, Debug)]
pub struct DeviceGrantRow {
    /// The program.
    pub client_id: String,
    /// The device it will be.
    pub device_id: OwnedDeviceId,
    /// From then on it is refused.
    pub expires: Timestamp,
    /// When the program asked last.
    pub polled: Timestamp,
    /// Who has decided; `None`: nobody yet.
    pub user_id: Option<OwnedUserId>,
    /// The decision.
    pub allowed: bool,
}

impl DeviceGrantRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            client_id: row.text(0)?,
            device_id: row.id(1)?,
            expires: row.time(2)?,
            polled: row.time(3)?,
            user_id: row.opt_id(4)?,
            allowed: row.bool(5)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "oauth_device_grant.insert",
    "INSERT INTO oauth_device_grant
       (tenant_id, device_code_hash, user_code_hash, client_id, device_id, expires_ms, polled_ms,
        allowed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE)",
);

static FIND: Sql = Sql::new(
    "oauth_device_grant.find",
    "SELECT client_id, device_id, expires_ms, polled_ms, user_id, allowed
       FROM oauth_device_grant WHERE tenant_id = $1 AND device_code_hash = $2",
);

static FIND_BY_USER_CODE: Sql = Sql::new(
    "oauth_device_grant.find_by_user_code",
    "SELECT client_id, device_id, expires_ms, polled_ms, user_id, allowed
       FROM oauth_device_grant WHERE tenant_id = $1 AND user_code_hash = $2",
);

static DECIDE: Sql = Sql::new(
    "oauth_device_grant.decide",
    "UPDATE oauth_device_grant SET user_id = $3, allowed = $4
      WHERE tenant_id = $1 AND user_code_hash = $2 AND user_id IS NULL AND expires_ms > $5",
);

static UPDATE_POLLED: Sql = Sql::new(
    "oauth_device_grant.update_polled",
    "UPDATE oauth_device_grant SET polled_ms = $3 WHERE tenant_id = $1 AND device_code_hash = $2",
);

static DELETE: Sql = Sql::new(
    "oauth_device_grant.delete",
    "DELETE FROM oauth_device_grant WHERE tenant_id = $1 AND device_code_hash = $2",
);

static DELETE_EXPIRED: Sql = Sql::new(
    "oauth_device_grant.delete_expired",
    "DELETE FROM oauth_device_grant WHERE tenant_id = $1 AND expires_ms <= $2",
);

static DELETE_OF_USER: Sql = Sql::new(
    "oauth_device_grant.delete_of_user",
    "DELETE FROM oauth_device_grant WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &FIND,
    &FIND_BY_USER_CODE,
    &DECIDE,
    &UPDATE_POLLED,
    &DELETE,
    &DELETE_EXPIRED,
    &DELETE_OF_USER,
];

/// Adds a sign-in that nobody has decided on. Those that expired before `kept_from` are removed on
/// the way.
pub fn insert_device_grant(
    tx: &mut Tx<'_>,
    (device_code, user_code): (&TokenHash, &TokenHash),
    grant: &DeviceGrantRow,
    kept_from: Timestamp,
) -> Result<()> {
    tx.execute(&DELETE_EXPIRED, &[kept_from.into()])?;
    let params = [
        device_code.into(),
        user_code.into(),
        (&grant.client_id).into(),
        (&grant.device_id).into(),
        grant.expires.into(),
        grant.polled.into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// A sign-in by what the program holds.
pub fn find_device_grant(
    tx: &mut Tx<'_>,
    device_code: &TokenHash,
) -> Result<Option<DeviceGrantRow>> {
    tx.query_opt(&FIND, &[device_code.into()], DeviceGrantRow::from_row)
}

/// A sign-in by what the person reads off the other device.
pub fn find_device_grant_by_user_code(
    tx: &mut Tx<'_>,
    user_code: &TokenHash,
) -> Result<Option<DeviceGrantRow>> {
    tx.query_opt(&FIND_BY_USER_CODE, &[user_code.into()], DeviceGrantRow::from_row)
}

/// Notes a decision; `false` if there is nothing to be decided any more.
pub fn update_device_grant_decided(
    tx: &mut Tx<'_>,
    user_code: &TokenHash,
    (user, allowed): (&UserId, bool),
    now: Timestamp,
) -> Result<bool> {
    let params = [user_code.into(), user.into(), allowed.into(), now.into()];
    Ok(tx.execute(&DECIDE, &params)? > 0)
}

/// Notes that the program has asked.
pub fn update_device_grant_polled(
    tx: &mut Tx<'_>,
    device_code: &TokenHash,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&UPDATE_POLLED, &[device_code.into(), now.into()]).map(drop)
}

/// Removes a sign-in.
pub fn delete_device_grant(tx: &mut Tx<'_>, device_code: &TokenHash) -> Result<()> {
    tx.execute(&DELETE, &[device_code.into()]).map(drop)
}

/// Removes the sign-ins that a user has decided on.
pub fn delete_device_grants_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
