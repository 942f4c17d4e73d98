//! Refresh tokens, stored as keyed hashes. Spent ones stay for a while, so that their second use
//! is noticed.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{DeviceId, UserId};

use crate::access_token::{TokenHash, TokenRow};

/// A refresh token and the state of its device.
#[derive(Clone, Debug)]
pub struct RefreshRow {
    /// The token's place.
    pub token: TokenRow,
    /// The owner's account is closed.
    pub deactivated: bool,
    /// The owner is shut out for a while.
    pub locked: bool,
    /// See [`crate::device::DeviceRow::generation`].
    pub device_generation: i64,
    /// The program it was given to; `None`: not by OAuth.
    pub client_id: Option<String>,
}

impl RefreshRow {
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
            client_id: row.opt_text(6)?,
            locked: row.opt_int(7)?.is_some(),
        })
    }
}

static INSERT: Sql = Sql::new(
    "refresh_token.insert",
    "INSERT INTO refresh_token
       (tenant_id, token_hash, user_id, device_id, generation, expires_ms)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

static FIND: Sql = Sql::new(
    "refresh_token.find",
    "SELECT t.user_id, t.device_id, t.generation, t.expires_ms, a.deactivated_ms, d.generation,
            s.client_id, a.locked_ms
       FROM refresh_token t
       JOIN account a ON a.tenant_id = t.tenant_id AND a.user_id = t.user_id
       JOIN device d ON d.tenant_id = t.tenant_id AND d.user_id = t.user_id
                    AND d.device_id = t.device_id
       LEFT JOIN oauth_session s ON s.tenant_id = t.tenant_id AND s.user_id = t.user_id
                    AND s.device_id = t.device_id
      WHERE t.tenant_id = $1 AND t.token_hash = $2",
);

static DELETE_OUTSIDE: Sql = Sql::new(
    "refresh_token.delete_outside",
    "DELETE FROM refresh_token
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3
        AND (generation < $4 OR generation > $5)",
);

static SHORTEN_OF_DEVICE: Sql = Sql::new(
    "refresh_token.shorten_of_device",
    "UPDATE refresh_token SET expires_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3
        AND (expires_ms IS NULL OR expires_ms > $4)",
);

static EXPIRE_OF_DEVICE: Sql = Sql::new(
    "refresh_token.expire_of_device",
    "UPDATE refresh_token SET expires_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&INSERT, &FIND, &DELETE_OUTSIDE, &SHORTEN_OF_DEVICE, &EXPIRE_OF_DEVICE];

/// Adds a refresh token. `token.expires` is the end of the whole sign-in.
pub fn insert_refresh_token(tx: &mut Tx<'_>, hash: &TokenHash, token: &TokenRow) -> Result<()> {
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

/// What is known of a refresh token, spent or not; `None`: never given, revoked or long spent.
pub fn find_refresh_token(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<RefreshRow>> {
    tx.query_opt(&FIND, &[hash.into()], RefreshRow::from_row)
}

/// Removes a device's refresh tokens of generations before `first` and after `last`.
pub fn delete_refresh_tokens_outside(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    (first, last): (i64, i64),
) -> Result<()> {
    tx.execute(&DELETE_OUTSIDE, &[user.into(), device.into(), first.into(), last.into()])?;
    Ok(())
}

/// Ends all refresh tokens of a device at `at`, without forgetting them.
pub fn expire_refresh_tokens(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&EXPIRE_OF_DEVICE, &[user.into(), device.into(), at.into()])?;
    Ok(())
}

/// Removes all refresh tokens of a device.
pub fn delete_refresh_tokens(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    // Generations start at 1, so none lies inside this range.
    delete_refresh_tokens_outside(tx, user, device, (i64::MAX, 0))
}

/// Lets the refresh tokens of a device end at `at`, unless they do before.
pub fn shorten_refresh_tokens(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&SHORTEN_OF_DEVICE, &[user.into(), device.into(), at.into()])?;
    Ok(())
}
