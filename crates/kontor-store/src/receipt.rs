//! Read receipts.

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::UserId;

/// How far one person has read in one room or thread.
#[derive(Clone, Debug)]
pub struct ReceiptRow {
    /// Reader.
    pub user_id: String,
    /// `m.read` or `m.read.private`.
    pub kind: String,
    /// Thread root, `main`, or empty for the whole room.
    pub thread: String,
    /// Last event read.
    pub event_id: String,
    /// Its position.
    pub event_pos: StreamPos,
    /// When it was read.
    pub sent: Timestamp,
    /// Position of the receipt.
    pub pos: StreamPos,
}

impl ReceiptRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_id: row.text(0)?,
            kind: row.text(1)?,
            thread: row.text(2)?,
            event_id: row.text(3)?,
            event_pos: StreamPos(row.int(4)?),
            sent: Timestamp(row.int(5)?),
            pos: StreamPos(row.int(6)?),
        })
    }
}

static UPSERT: Sql = Sql::new(
    "receipt.upsert",
    "INSERT INTO receipt (tenant_id, room_nid, user_id, kind, thread, event_id, event_pos,
                          sent_ms, pos)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, room_nid, user_id, kind, thread) DO UPDATE
        SET event_id = excluded.event_id, event_pos = excluded.event_pos,
            sent_ms = excluded.sent_ms, pos = excluded.pos
      WHERE receipt.event_pos < excluded.event_pos",
);

static CHANGED: Sql = Sql::new(
    "receipt.changed",
    "SELECT user_id, kind, thread, event_id, event_pos, sent_ms, pos FROM receipt
      WHERE tenant_id = $1 AND room_nid = $2 AND pos > $3 AND pos <= $4
      ORDER BY pos",
);

static OF_USER: Sql = Sql::new(
    "receipt.of_user",
    "SELECT user_id, kind, thread, event_id, event_pos, sent_ms, pos FROM receipt
      WHERE tenant_id = $1 AND room_nid = $2 AND user_id = $3",
);

static NEWEST: Sql = Sql::new(
    "receipt.newest",
    "SELECT CAST(COALESCE(MAX(pos), 0) AS BIGINT) FROM receipt
      WHERE tenant_id = $1 AND room_nid = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &CHANGED, &OF_USER, &NEWEST];

/// Moves a receipt forward; `false` if it stands there or further already.
pub fn upsert_receipt(tx: &mut Tx<'_>, room: RoomNid, receipt: &ReceiptRow) -> Result<bool> {
    let touched = tx.execute(
        &UPSERT,
        &[
            room.into(),
            receipt.user_id.as_str().into(),
            receipt.kind.as_str().into(),
            receipt.thread.as_str().into(),
            receipt.event_id.as_str().into(),
            receipt.event_pos.into(),
            receipt.sent.into(),
            receipt.pos.into(),
        ],
    )?;
    Ok(touched > 0)
}

/// Receipts of a room that changed after `from` and not after `to`.
pub fn list_receipt_changes(
    tx: &mut Tx<'_>,
    room: RoomNid,
    from: StreamPos,
    to: StreamPos,
) -> Result<Vec<ReceiptRow>> {
    tx.query(&CHANGED, &[room.into(), from.into(), to.into()], ReceiptRow::from_row)
}

/// One person's receipts in a room.
pub fn list_receipts_of_user(
    tx: &mut Tx<'_>,
    room: RoomNid,
    user: &UserId,
) -> Result<Vec<ReceiptRow>> {
    tx.query(&OF_USER, &[room.into(), user.into()], ReceiptRow::from_row)
}

/// Position of the newest receipt of a room.
pub fn newest_receipt(tx: &mut Tx<'_>, room: RoomNid) -> Result<StreamPos> {
    tx.query_one(&NEWEST, &[room.into()], |row| Ok(StreamPos(row.int(0)?)))
}
