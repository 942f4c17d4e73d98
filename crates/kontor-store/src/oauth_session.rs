//! Which program a signed-in device is.

use kontor_core::Result;
use kontor_db::{Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, UserId};

static UPSERT: Sql = Sql::new(
    "oauth_session.upsert",
    "INSERT INTO oauth_session (tenant_id, user_id, device_id, client_id)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, device_id) DO UPDATE SET client_id = excluded.client_id",
);

static FIND: Sql = Sql::new(
    "oauth_session.find",
    "SELECT client_id FROM oauth_session
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static LIST: Sql = Sql::new(
    "oauth_session.list",
    "SELECT device_id, client_id FROM oauth_session WHERE tenant_id = $1 AND user_id = $2",
);

static DELETE: Sql = Sql::new(
    "oauth_session.delete",
    "DELETE FROM oauth_session WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &LIST, &DELETE];

/// Notes that a device is a program.
pub fn upsert_oauth_session(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
    client: &str,
) -> Result<()> {
    tx.execute(&UPSERT, &[user.into(), device.into(), client.into()]).map(drop)
}

/// The program a device is; `None` if it did not sign in by OAuth.
pub fn find_oauth_session(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Option<String>> {
    tx.query_opt(&FIND, &[user.into(), device.into()], |row| row.text(0))
}

/// The devices of a user that signed in by OAuth, with their programs.
pub fn list_oauth_sessions(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<(OwnedDeviceId, String)>> {
    tx.query(&LIST, &[user.into()], |row| Ok((row.id(0)?, row.text(1)?)))
}

/// Forgets which program a device is.
pub fn delete_oauth_session(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE, &[user.into(), device.into()]).map(drop)
}
