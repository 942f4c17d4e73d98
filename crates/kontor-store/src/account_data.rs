//! Account data: what clients keep for a person, for all rooms or for one.

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::UserId;

/// Room number of account data that belongs to no room.
pub const GLOBAL: RoomNid = RoomNid(0);

/// One piece of account data.
#[derive(Clone, Debug)]
pub struct AccountDataRow {
    /// Room, or [`GLOBAL`].
    pub room_nid: RoomNid,
    /// Event type.
    pub kind: String,
    /// Content as JSON.
    pub content: Vec<u8>,
    /// Position of the last change.
    pub pos: StreamPos,
}

impl AccountDataRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            room_nid: RoomNid(row.int(0)?),
            kind: row.text(1)?,
            content: row.sealed(2)?,
            pos: StreamPos(row.int(3)?),
        })
    }
}

static UPSERT: Sql = Sql::new(
    "account_data.upsert",
    "INSERT INTO account_data (tenant_id, user_id, room_nid, kind, content, pos)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, user_id, room_nid, kind) DO UPDATE
        SET content = excluded.content, pos = excluded.pos",
);

static FIND: Sql = Sql::new(
    "account_data.find",
    "SELECT room_nid, kind, content, pos FROM account_data
      WHERE tenant_id = $1 AND user_id = $2 AND room_nid = $3 AND kind = $4",
);

static CHANGED: Sql = Sql::new(
    "account_data.changed",
    "SELECT room_nid, kind, content, pos FROM account_data
      WHERE tenant_id = $1 AND user_id = $2 AND pos > $3 AND pos <= $4
      ORDER BY pos",
);

static NEWEST: Sql = Sql::new(
    "account_data.newest",
    "SELECT CAST(COALESCE(MAX(pos), 0) AS BIGINT) FROM account_data
      WHERE tenant_id = $1 AND user_id = $2",
);

static COUNT: Sql = Sql::new(
    "account_data.count",
    "SELECT COUNT(*) FROM account_data WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &CHANGED, &NEWEST, &COUNT];

/// Sets one piece of account data at the next position, which it answers.
pub fn upsert_account_data(
    tx: &mut Tx<'_>,
    user: &UserId,
    room: RoomNid,
    kind: &str,
    content: &[u8],
) -> Result<StreamPos> {
    let pos = tx.next_pos();
    tx.execute(
        &UPSERT,
        &[user.into(), room.into(), kind.into(), Param::sealed(content), pos.into()],
    )?;
    Ok(pos)
}

/// One piece of account data.
pub fn find_account_data(
    tx: &mut Tx<'_>,
    user: &UserId,
    room: RoomNid,
    kind: &str,
) -> Result<Option<AccountDataRow>> {
    tx.query_opt(&FIND, &[user.into(), room.into(), kind.into()], AccountDataRow::from_row)
}

/// What changed after `from` and not after `to`, in order of change.
pub fn list_account_data_changes(
    tx: &mut Tx<'_>,
    user: &UserId,
    from: StreamPos,
    to: StreamPos,
) -> Result<Vec<AccountDataRow>> {
    tx.query(&CHANGED, &[user.into(), from.into(), to.into()], AccountDataRow::from_row)
}

/// Position of the person's newest change.
pub fn newest_account_data(tx: &mut Tx<'_>, user: &UserId) -> Result<StreamPos> {
    tx.query_one(&NEWEST, &[user.into()], |row| Ok(StreamPos(row.int(0)?)))
}

/// How many pieces a person has.
pub fn count_account_data(tx: &mut Tx<'_>, user: &UserId) -> Result<i64> {
    tx.query_one(&COUNT, &[user.into()], |row| row.int(0))
}
