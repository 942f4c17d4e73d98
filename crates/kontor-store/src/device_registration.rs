//! The register of devices: whose each is, and which program signed in there. law: R-202

use kontor_core::{DeviceKind, Program, Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// What is known of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationRow {
    /// Whose it is.
    pub kind: DeviceKind,
    /// Who has said so.
    pub declared: Declared,
    /// The program, if it has said which it is.
    pub program: Option<Program>,
}

/// Who has said whose a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Declared {
    /// Nobody.
    #[default]
    Nobody,
    /// Its owner.
    Owner,
    /// An administrator.
    Administrator,
}

/// A device of anybody's in the register. Neither its name, which may be a person's, nor a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredRow {
    /// Whose account.
    pub user_id: OwnedUserId,
    /// Device id, unique within its user.
    pub device_id: OwnedDeviceId,
    /// Start of the day of last use.
    pub last_seen_day: Timestamp,
    /// The rest.
    pub registration: RegistrationRow,
}

impl Declared {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Owner => "owner",
            Self::Administrator => "administrator",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "owner" => Self::Owner,
            "administrator" => Self::Administrator,
            _ => Self::Nobody,
        }
    }
}

impl RegistrationRow {
    /// From four columns, the first of which is `first`; all empty without a row.
    fn from_row(row: &Row<'_>, first: usize) -> Result<Self> {
        let kind = row.opt_str(first)?.map(str::parse).transpose()?.unwrap_or_default();
        let declared = row.opt_str(first + 1)?.map(Declared::of).unwrap_or_default();
        let program = match (row.opt_text(first + 2)?, row.opt_text(first + 3)?) {
            (Some(name), Some(version)) => Some(Program { name, version }),
            _ => None,
        };
        Ok(Self { kind, declared, program })
    }
}

static FIND: Sql = Sql::new(
    "device_registration.find",
    "SELECT kind, declared_by, program, version FROM device_registration
      WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static LIST_OF_USER: Sql = Sql::new(
    "device_registration.list_of_user",
    "SELECT device_id, kind, declared_by, program, version FROM device_registration
      WHERE tenant_id = $1 AND user_id = $2",
);

static LIST: Sql = Sql::new(
    "device_registration.list",
    "SELECT d.user_id, d.device_id, d.last_seen_day_ms, r.kind, r.declared_by, r.program, r.version
       FROM device d
       LEFT JOIN device_registration r
         ON r.tenant_id = d.tenant_id AND r.user_id = d.user_id AND r.device_id = d.device_id
      WHERE d.tenant_id = $1 AND (d.user_id, d.device_id) > ($2, $3)
      ORDER BY d.user_id, d.device_id LIMIT $4",
);

static COUNT: Sql = Sql::new(
    "device_registration.count",
    "SELECT COALESCE(r.kind, 'private'), COUNT(*)
       FROM device d
       LEFT JOIN device_registration r
         ON r.tenant_id = d.tenant_id AND r.user_id = d.user_id AND r.device_id = d.device_id
      WHERE d.tenant_id = $1
      GROUP BY COALESCE(r.kind, 'private')",
);

static UPSERT_KIND: Sql = Sql::new(
    "device_registration.upsert_kind",
    "INSERT INTO device_registration
       (tenant_id, user_id, device_id, kind, declared_by, program, version)
     VALUES ($1, $2, $3, $4, $5, NULL, NULL)
     ON CONFLICT (tenant_id, user_id, device_id) DO UPDATE
        SET kind = excluded.kind, declared_by = excluded.declared_by",
);

static UPSERT_PROGRAM: Sql = Sql::new(
    "device_registration.upsert_program",
    "INSERT INTO device_registration
       (tenant_id, user_id, device_id, kind, declared_by, program, version)
     VALUES ($1, $2, $3, 'private', 'nobody', $4, $5)
     ON CONFLICT (tenant_id, user_id, device_id) DO UPDATE
        SET program = excluded.program, version = excluded.version",
);

static DELETE: Sql = Sql::new(
    "device_registration.delete",
    "DELETE FROM device_registration WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "device_registration.delete_of_user",
    "DELETE FROM device_registration WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&FIND, &LIST_OF_USER, &LIST, &COUNT, &UPSERT_KIND, &UPSERT_PROGRAM, &DELETE, &DELETE_OF_USER];

/// What is known of a device; a private one of nobody's word where nothing is.
pub fn find_registration(tx: &mut Tx<'_>, user: &UserId, id: &DeviceId) -> Result<RegistrationRow> {
    let found =
        tx.query_opt(&FIND, &[user.into(), id.into()], |row| RegistrationRow::from_row(row, 0))?;
    Ok(found.unwrap_or_default())
}

/// What is known of a person's devices, in no order; those of which nothing is known are left out.
pub fn list_registrations(
    tx: &mut Tx<'_>,
    user: &UserId,
) -> Result<Vec<(OwnedDeviceId, RegistrationRow)>> {
    tx.query(&LIST_OF_USER, &[user.into()], |row| {
        Ok((row.id(0)?, RegistrationRow::from_row(row, 1)?))
    })
}

/// Up to `limit` devices after the device `after` (`("", "")`: from the start), in order of user
/// and device id.
pub fn list_registered_devices(
    tx: &mut Tx<'_>,
    after: (&str, &str),
    limit: u16,
) -> Result<Vec<RegisteredRow>> {
    tx.query(&LIST, &[after.0.into(), after.1.into(), limit.into()], |row| {
        Ok(RegisteredRow {
            user_id: row.id(0)?,
            device_id: row.id(1)?,
            last_seen_day: row.time(2)?,
            registration: RegistrationRow::from_row(row, 3)?,
        })
    })
}

/// How many devices of each kind there are.
pub fn count_devices_by_kind(tx: &mut Tx<'_>) -> Result<Vec<(DeviceKind, i64)>> {
    tx.query(&COUNT, &[], |row| Ok((row.str(0)?.parse()?, row.int(1)?)))
}

/// Notes whose a device is. The device need not have signed in yet.
pub fn upsert_device_kind(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    kind: DeviceKind,
    declared: Declared,
) -> Result<()> {
    let params = [user.into(), id.into(), kind.as_str().into(), declared.as_str().into()];
    tx.execute(&UPSERT_KIND, &params)?;
    Ok(())
}

/// Notes the program on a device.
pub fn upsert_device_program(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &DeviceId,
    program: &Program,
) -> Result<()> {
    let (name, version) = (program.name.as_str().into(), program.version.as_str().into());
    tx.execute(&UPSERT_PROGRAM, &[user.into(), id.into(), name, version])?;
    Ok(())
}

/// Forgets a device.
pub fn delete_registration(tx: &mut Tx<'_>, user: &UserId, id: &DeviceId) -> Result<()> {
    tx.execute(&DELETE, &[user.into(), id.into()])?;
    Ok(())
}

/// Forgets every device of a person, also those that never signed in.
pub fn delete_registrations_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    Ok(())
}
