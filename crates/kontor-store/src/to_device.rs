//! Messages between devices, until they are delivered.

use kontor_core::{Result, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

/// A message on its way to a device.
#[derive(Clone, Debug)]
pub struct ToDeviceRow {
    /// Order of delivery.
    pub pos: StreamPos,
    /// Sender.
    pub sender: OwnedUserId,
    /// Event type.
    pub kind: String,
    /// JSON of the content.
    pub content: String,
}

impl ToDeviceRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            pos: row.pos(0)?,
            sender: row.id(1)?,
            kind: row.text(2)?,
            content: row.sealed_text(3)?,
        })
    }
}

static INSERT: Sql = Sql::of_rows(
    "to_device.insert",
    "INSERT INTO to_device (tenant_id, pos, user_id, device_id, sender, kind, content)
     VALUES {rows}",
    6,
);

static LIST: Sql = Sql::new(
    "to_device.list",
    "SELECT pos, sender, kind, content FROM to_device
      WHERE tenant_id = $1 AND pos > $4 AND pos <= $5 AND user_id = $2 AND device_id = $3
      ORDER BY pos LIMIT $6",
);

static LIST_INBOXES: Sql = Sql::new(
    "to_device.list_inboxes",
    "SELECT user_id, device_id, MIN(pos), MAX(pos) FROM to_device
      WHERE tenant_id = $1 GROUP BY user_id, device_id",
);

static DELETE: Sql = Sql::new(
    "to_device.delete",
    "DELETE FROM to_device
      WHERE tenant_id = $1 AND pos >= $4 AND pos <= $5 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_DEVICE: Sql = Sql::new(
    "to_device.delete_of_device",
    "DELETE FROM to_device WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "to_device.delete_of_user",
    "DELETE FROM to_device WHERE tenant_id = $1 AND user_id = $2",
);

static INSERT_TXN: Sql = Sql::new(
    "to_device.insert_txn",
    "INSERT INTO to_device_txn (tenant_id, user_id, device_id, kind, txn_id, sent_ms)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, user_id, device_id, kind, txn_id) DO NOTHING",
);

static DELETE_TXNS: Sql = Sql::new(
    "to_device.delete_txns",
    "DELETE FROM to_device_txn WHERE tenant_id = $1 AND sent_ms < $2",
);

static DELETE_TXNS_OF_DEVICE: Sql = Sql::new(
    "to_device.delete_txns_of_device",
    "DELETE FROM to_device_txn WHERE tenant_id = $1 AND user_id = $2 AND device_id = $3",
);

static DELETE_TXNS_OF_USER: Sql = Sql::new(
    "to_device.delete_txns_of_user",
    "DELETE FROM to_device_txn WHERE tenant_id = $1 AND user_id = $2",
);

static LIST_DEVICES: Sql = Sql::new(
    "to_device.list_devices",
    "SELECT user_id, device_id FROM device WHERE tenant_id = $1 AND user_id IN {in}",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &LIST,
    &LIST_INBOXES,
    &DELETE,
    &DELETE_OF_DEVICE,
    &DELETE_OF_USER,
    &INSERT_TXN,
    &DELETE_TXNS,
    &DELETE_TXNS_OF_DEVICE,
    &DELETE_TXNS_OF_USER,
    &LIST_DEVICES,
];

/// A message that is being sent.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'m> {
    /// Order of delivery.
    pub pos: StreamPos,
    /// Recipient.
    pub user: &'m UserId,
    /// Recipient's device.
    pub device: &'m DeviceId,
    /// JSON of the content.
    pub content: &'m str,
}

/// Puts messages of one sender and one event type into the inboxes of devices.
pub fn insert_messages(
    tx: &mut Tx<'_>,
    (sender, kind): (&UserId, &str),
    messages: &[NewMessage<'_>],
) -> Result<()> {
    let rows: Vec<[Param<'_>; 6]> = messages
        .iter()
        .map(|&NewMessage { pos, user, device, content }| {
            [
                pos.into(),
                user.into(),
                device.into(),
                sender.into(),
                kind.into(),
                Param::sealed(content),
            ]
        })
        .collect();
    tx.execute_rows(&INSERT, &rows).map(drop)
}

/// The inbox of a device after `from`, up to and including `to`, oldest first.
pub fn list_messages(
    tx: &mut Tx<'_>,
    (user, device): (&UserId, &DeviceId),
    from: StreamPos,
    to: StreamPos,
    limit: u32,
) -> Result<Vec<ToDeviceRow>> {
    let params = [user.into(), device.into(), from.into(), to.into(), limit.into()];
    tx.query(&LIST, &params, ToDeviceRow::from_row)
}

/// Where the messages of a device lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Owner.
    pub user_id: OwnedUserId,
    /// Device.
    pub device_id: OwnedDeviceId,
    /// Its oldest message.
    pub oldest: StreamPos,
    /// Its newest message.
    pub newest: StreamPos,
}

/// Every inbox that is not empty, in no order. Reads every message; for the start.
pub fn list_inboxes(tx: &mut Tx<'_>) -> Result<Vec<InboxRow>> {
    tx.query(&LIST_INBOXES, &[], |row| {
        Ok(InboxRow {
            user_id: row.id(0)?,
            device_id: row.id(1)?,
            oldest: row.pos(2)?,
            newest: row.pos(3)?,
        })
    })
}

/// Removes the messages of a device from `from` up to `until`, both included.
pub fn delete_messages(
    tx: &mut Tx<'_>,
    (user, device): (&UserId, &DeviceId),
    from: StreamPos,
    until: StreamPos,
) -> Result<u64> {
    tx.execute(&DELETE, &[user.into(), device.into(), from.into(), until.into()])
}

/// Notes that a device used a transaction id; `false` if it had done so before.
pub fn insert_txn(
    tx: &mut Tx<'_>,
    (user, device): (&UserId, &DeviceId),
    kind: &str,
    txn_id: &str,
    sent: Timestamp,
) -> Result<bool> {
    let params = [user.into(), device.into(), kind.into(), txn_id.into(), sent.into()];
    Ok(tx.execute(&INSERT_TXN, &params)? > 0)
}

/// Forgets transaction ids used before `until`.
pub fn delete_txns(tx: &mut Tx<'_>, until: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_TXNS, &[until.into()])
}

/// Every device of the users, in no order; those who never uploaded keys as well.
pub fn list_devices_of(
    tx: &mut Tx<'_>,
    users: &[Param<'_>],
) -> Result<Vec<(OwnedUserId, OwnedDeviceId)>> {
    tx.query_in(&LIST_DEVICES, &[], users, |row| Ok((row.id(0)?, row.id(1)?)))
}

/// Removes the inbox and the transaction ids of a device.
pub fn delete_of_device(tx: &mut Tx<'_>, user: &UserId, device: &DeviceId) -> Result<()> {
    tx.execute(&DELETE_OF_DEVICE, &[user.into(), device.into()])?;
    tx.execute(&DELETE_TXNS_OF_DEVICE, &[user.into(), device.into()]).map(drop)
}

/// Removes the inboxes and the transaction ids of every device of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    tx.execute(&DELETE_TXNS_OF_USER, &[user.into()]).map(drop)
}
