//! Devices: what people signed in with.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, UserId};

/// One device.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// Device id, unique within its user.
    pub device_id: OwnedDeviceId,
    /// Name its owner sees.
    pub display_name: Option<String>,
    /// First sign-in.
    pub created: Timestamp,
    /// Start of the day of last use; never finer (law: R-047).
    pub last_seen_day: Timestamp,
    /// Newest token generation known to have reached the client.
    pub generation: i64,
    /// It signed in by an app password.
    pub by_app_password: bool,
    /// By which one; `None` also where nobody noted it.
    pub app_password_id: Option<String>,
}

impl DeviceRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            device_id: row.id(0)?,
            display_name: row.opt_sealed_text(1)?,
            created: row.time(2)?,
            last_seen_day: row.time(3)?,
            generation: row.int(4)?,
            by_app_password: row.bool(5)?,
            app_password_id: row.opt_text(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "device.insert",
    "INSERT INTO device
       (tenant_id, user_id, device_id, display_name, created_ms, last_seen_day_ms, generation,
        by_app_password, app_password_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static FIND: Sql = Sql::new(
    "device.find",
    "SELECT device_id, display_name, created_ms, last_seen_day_ms, generation, by_app_password,
            app_password_id
       FROM device
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static LIST: Sql = Sql::new(
    "device.list",
    "SELECT device_id, display_name, created_ms, last_seen_day_ms, generation, by_app_password,
            app_password_id
       FROM device
      WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_ms, device_id",
);

static UPDATE_NAME: Sql = Sql::new(
    "device.update_name",
    "UPDATE device SET display_name = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static UPDATE_LAST_SEEN: Sql = Sql::new(
    "device.update_last_seen",
    "UPDATE device SET last_seen_day_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND last_seen_day_ms < $4",
);

static UPDATE_GENERATION: Sql = Sql::new(
    "device.update_generation",
    "UPDATE device SET generation = $4
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3 AND generation < $4",
);

static RESTART: Sql = Sql::new(
    "device.restart",
    "UPDATE device SET last_seen_day_ms = $4, generation = 1, by_app_password = $5,
            app_password_id = $6
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE: Sql = Sql::new(
    "device.delete",
    "DELETE FROM device WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &FIND,
    &LIST,
    &UPDATE_NAME,
    &UPDATE_LAST_SEEN,
    &UPDATE_GENERATION,
    &RESTART,
    &DELETE,
];

/// Adds a device.
pub fn insert_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            user.into(),
            (&device.device_id).into(),
            Param::opt_sealed(device.display_name.as_deref()),
            device.created.into(),
            device.last_seen_day.into(),
            device.generation.into(),
            device.by_app_password.into(),
            device.app_password_id.as_deref().into(),
        ],
    )?;
    Ok(())
}

/// One device of a user.
pub fn find_device(tx: &mut Tx<'_>, user: &UserId, id: &DeviceId) -> Result<Option<DeviceRow>> {
    tx.query_opt(&FIND, &[user.into(), id.into()], DeviceRow::from_row)
}

/// A user's devices, oldest first.
pub fn list_devices(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<DeviceRow>> {
    tx.query(&LIST, &[user.into()], DeviceRow::from_row)
}

/// Renames a device; `false` if there is none.
pub fn update_device_name(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    name: Option<&str>,
) -> Result<bool> {
    let params = [user.into(), id.into(), Param::opt_sealed(name)];
    Ok(tx.execute(&UPDATE_NAME, &params)? > 0)
}

/// Notes that a device was used on the day that starts at `day`; never goes back.
pub fn update_last_seen(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    day: Timestamp,
) -> Result<()> {
    tx.execute(&UPDATE_LAST_SEEN, &[user.into(), id.into(), day.into()])?;
    Ok(())
}

/// Notes that tokens of `generation` have reached the client; never goes back.
pub fn update_generation(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    generation: i64,
) -> Result<()> {
    tx.execute(&UPDATE_GENERATION, &[user.into(), id.into(), generation.into()])?;
    Ok(())
}

/// Begins a new sign-in on a device that exists, on a day, by an app password or by none: token
/// generations count from 1 again.
pub fn restart_device(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    (day, app_password_id): (Timestamp, Option<&str>),
) -> Result<()> {
    let by_app = app_password_id.is_some().into();
    tx.execute(&RESTART, &[user.into(), id.into(), day.into(), by_app, app_password_id.into()])?;
    Ok(())
}

/// Removes the row of a device; `false` if there is none. Tokens and keys have tables of their own.
pub fn delete_device_row(tx: &mut Tx<'_>, user: &UserId, id: &DeviceId) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into(), id.into()])? > 0)
}
