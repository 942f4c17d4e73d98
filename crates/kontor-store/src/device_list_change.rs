//! When the keys of a person last changed.

use kontor_core::{Result, StreamPos};
use kontor_db::{Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// The newest change of a person's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceListChange {
    /// Whose keys changed.
    pub user_id: OwnedUserId,
    /// The only one concerned; `None`: everybody who shares a room.
    pub viewer: Option<OwnedUserId>,
    /// Position of the change.
    pub pos: StreamPos,
}

impl DeviceListChange {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let viewer = if row.str(1)?.is_empty() { None } else { Some(row.id(1)?) };
        Ok(Self { user_id: row.id(0)?, viewer, pos: row.pos(2)? })
    }
}

static UPSERT: Sql = Sql::new(
    "device_list_change.upsert",
    "INSERT INTO device_list_change (tenant_id, user_id, viewer, pos) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, viewer) DO UPDATE SET pos = excluded.pos",
);

static LIST: Sql = Sql::new(
    "device_list_change.list",
    "SELECT user_id, viewer, pos FROM device_list_change
      WHERE tenant_id = $1 AND pos > $2 AND pos <= $3 ORDER BY pos",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &LIST];

/// Notes a change; `viewer` is the only one concerned, `None` means everybody.
pub fn upsert_change(
    tx: &mut Tx<'_>,
    user: &UserId,
    viewer: Option<&UserId>,
    pos: StreamPos,
) -> Result<()> {
    let viewer = viewer.map_or("", UserId::as_str);
    tx.execute(&UPSERT, &[user.into(), viewer.into(), pos.into()]).map(drop)
}

/// Changes after `from`, up to and including `to`, oldest first; of each person the newest only.
pub fn list_changes(
    tx: &mut Tx<'_>,
    from: StreamPos,
    to: StreamPos,
) -> Result<Vec<DeviceListChange>> {
    tx.query(&LIST, &[from.into(), to.into()], DeviceListChange::from_row)
}
