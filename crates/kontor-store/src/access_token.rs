//! Access tokens, stored as keyed hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// Keyed hash of a token.
pub type TokenHash = [u8; 32];

/// A token's place: whose it is, and for how long. Shared with refresh tokens.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// Owner.
    pub user_id: OwnedUserId,
    /// The owner's device.
    pub device_id: OwnedDeviceId,
    /// Counts the refreshes of one sign-in, from 1.
    pub generation: i64,
    /// From then on it is refused; `None`: never.
    pub expires: Option<Timestamp>,
}

/// What one look-up tells about an access token.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// The token's place.
    pub token: TokenRow,
    /// The owner's account is closed.
    pub deactivated: bool,
    /// Since when the owner reads only.
    pub suspended: Option<Timestamp>,
    /// Since when the owner is shut out.
    pub locked: Option<Timestamp>,
    /// See [`crate::device::DeviceRow::generation`].
    pub device_generation: i64,
    /// See [`crate::device::DeviceRow::last_seen_day`].
    pub last_seen_day: Timestamp,
    /// See [`crate::device::DeviceRow::by_app_password`].
    pub by_app_password: bool,
    /// The device signed in by OAuth.
    pub by_oauth: bool,
}

impl AccessRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            token: TokenRow {
                user_id: row.id(0)?,
                device_id: row.id(1)?,
                generation: row.int(2)?,
                expires: row.opt_time(3)?,
            },
            deactivated: row.opt_int(4)?.is_some(),
            device_generation: row.int(5)?,
            last_seen_day: row.time(6)?,
            suspended: row.opt_time(7)?,
            locked: row.opt_time(8)?,
            by_app_password: row.bool(9)?,
            by_oauth: row.bool(10)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "access_token.insert",
    "INSERT INTO access_token
       (tenant_id, token_hash, user_id, device_id, generation, expires_ms)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

static FIND: Sql = Sql::new(
    "access_token.find",
    "SELECT t.user_id, t.device_id, t.generation, t.expires_ms,
            a.deactivated_ms, d.generation, d.last_seen_day_ms, a.suspended_ms, a.locked_ms,
            d.by_app_password,
            EXISTS (SELECT 1 FROM oauth_session s
                     WHERE s.tenant_id = t.tenant_id AND s.user_id = t.user_id
                       AND s.device_id = t.device_id)
       FROM access_token t
       JOIN account a ON a.tenant_id = t.tenant_id AND a.user_id = t.user_id
       JOIN device d ON d.tenant_id = t.tenant_id AND d.user_id = t.user_id
                    AND d.device_id = t.device_id
      WHERE t.tenant_id = $1 AND t.token_hash = $2",
);

static LIST_OF_DEVICE: Sql = Sql::new(
    "access_token.list_of_device",
    "SELECT token_hash, generation FROM access_token
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static SHORTEN_OF_DEVICE: Sql = Sql::new(
    "access_token.shorten_of_device",
    "UPDATE access_token SET expires_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3
        AND (expires_ms IS NULL OR expires_ms > $4)",
);

static EXPIRE_OF_DEVICE: Sql = Sql::new(
    "access_token.expire_of_device",
    "UPDATE access_token SET expires_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE: Sql = Sql::new(
    "access_token.delete",
    "DELETE FROM access_token WHERE tenant_id = $1 AND token_hash = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&INSERT, &FIND, &LIST_OF_DEVICE, &SHORTEN_OF_DEVICE, &EXPIRE_OF_DEVICE, &DELETE];

/// Adds an access token.
pub fn insert_access_token(tx: &mut Tx<'_>, hash: &TokenHash, token: &TokenRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            hash.into(),
            (&token.user_id).into(),
            (&token.device_id).into(),
            token.generation.into(),
            token.expires.into(),
        ],
    )?;
    Ok(())
}

/// What is known of an access token; `None`: it was never given or is revoked.
pub fn find_access_token(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<AccessRow>> {
    tx.query_opt(&FIND, &[hash.into()], AccessRow::from_row)
}

/// Hash and generation of a device's access tokens, in no order.
pub fn list_access_tokens(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Vec<(TokenHash, i64)>> {
    tx.query(&LIST_OF_DEVICE, &[user.into(), device.into()], |row| {
        let hash = TokenHash::try_from(row.bytes(0)?.as_slice())
            .map_err(|_| kontor_core::Error::internal("access_token.token_hash: not 32 bytes"))?;
        Ok((hash, row.int(1)?))
    })
}

/// Ends all access tokens of a device at `at`, without forgetting them.
pub fn expire_access_tokens(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&EXPIRE_OF_DEVICE, &[user.into(), device.into(), at.into()])?;
    Ok(())
}

/// Revokes an access token.
pub fn delete_access_token(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<()> {
    tx.execute(&DELETE, &[hash.into()])?;
    Ok(())
}

/// Lets the access tokens of a device end at `at`, unless they do before.
pub fn shorten_access_tokens(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&SHORTEN_OF_DEVICE, &[user.into(), device.into(), at.into()])?;
    Ok(())
}
