//! Erasures of people: what is asked for, how far it has come, and its certificate. law: R-128

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// One erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// Number, counting from 1.
    pub nid: i64,
    /// Who is erased; `None` once there is a certificate.
    pub user_id: Option<OwnedUserId>,
    /// What stands for the person in records of others that go on.
    pub stand_in: OwnedUserId,
    /// Whether the person's messages go too; else they go by the rule of their room.
    pub with_messages: bool,
    /// When it was decided.
    pub requested: Timestamp,
    /// When nothing of the person was left; `None` while it is under way.
    pub erased: Option<Timestamp>,
    /// What went.
    pub counts: ErasureCounts,
    /// The signed statement, JSON.
    pub certificate: Option<String>,
}

/// What went with a person, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasureCounts {
    /// Rooms the person was in.
    pub rooms: i64,
    /// Membership events that have lost name, picture and words.
    pub events: i64,
    /// Messages that went.
    pub messages: i64,
    /// Files that went.
    pub files: i64,
    /// Their bytes, before sealing.
    pub file_bytes: i64,
    /// Rows of all other tables.
    pub records: i64,
}

impl ErasureRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            nid: row.int(0)?,
            user_id: row.opt_id(1)?,
            stand_in: row.id(2)?,
            with_messages: row.bool(3)?,
            requested: row.time(4)?,
            erased: row.opt_time(5)?,
            counts: ErasureCounts {
                rooms: row.int(6)?,
                events: row.int(7)?,
                messages: row.int(8)?,
                files: row.int(9)?,
                file_bytes: row.int(10)?,
                records: row.int(11)?,
            },
            certificate: row.opt_text(12)?,
        })
    }
}

static NEWEST: Sql = Sql::new(
    "erasure.newest",
    "SELECT erasure_nid FROM erasure WHERE tenant_id = $1 ORDER BY erasure_nid DESC LIMIT 1",
);

static INSERT: Sql = Sql::new(
    "erasure.insert",
    "INSERT INTO erasure (tenant_id, erasure_nid, user_id, stand_in, id_key, with_messages,
                          requested_ms, rooms, events, messages, files, file_bytes, records)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0)",
);

static BY_KEY: Sql = Sql::new(
    "erasure.by_key",
    "SELECT erasure_nid FROM erasure WHERE tenant_id = $1 AND id_key = $2",
);

static FIND: Sql = Sql::new(
    "erasure.find",
    "SELECT erasure_nid, user_id, stand_in, with_messages, requested_ms, erased_ms, rooms, events,
            messages, files, file_bytes, records, certificate
       FROM erasure WHERE tenant_id = $1 AND erasure_nid = $2",
);

static LIST: Sql = Sql::new(
    "erasure.list",
    "SELECT erasure_nid, user_id, stand_in, with_messages, requested_ms, erased_ms, rooms, events,
            messages, files, file_bytes, records, certificate
       FROM erasure WHERE tenant_id = $1 AND erasure_nid < $2 ORDER BY erasure_nid DESC LIMIT $3",
);

static LIST_OPEN: Sql = Sql::new(
    "erasure.list_open",
    "SELECT erasure_nid, user_id, stand_in, with_messages, requested_ms, erased_ms, rooms, events,
            messages, files, file_bytes, records, certificate
       FROM erasure WHERE tenant_id = $1 AND erasure_nid > $2 AND certificate IS NULL
      ORDER BY erasure_nid LIMIT $3",
);

static ADD: Sql = Sql::new(
    "erasure.add",
    "UPDATE erasure
        SET rooms = rooms + $3, events = events + $4, messages = messages + $5, files = files + $6,
            file_bytes = file_bytes + $7, records = records + $8
      WHERE tenant_id = $1 AND erasure_nid = $2",
);

static ERASED: Sql = Sql::new(
    "erasure.erased",
    "UPDATE erasure SET erased_ms = $3
      WHERE tenant_id = $1 AND erasure_nid = $2 AND erased_ms IS NULL",
);

static CERTIFY: Sql = Sql::new(
    "erasure.certify",
    "UPDATE erasure SET user_id = NULL, certificate = $3
      WHERE tenant_id = $1 AND erasure_nid = $2 AND certificate IS NULL",
);

static DELETE_BEFORE: Sql = Sql::new(
    "erasure.delete_before",
    "DELETE FROM erasure WHERE tenant_id = $1 AND erasure_nid IN
       (SELECT e.erasure_nid FROM erasure e
         WHERE e.tenant_id = $1 AND e.certificate IS NOT NULL AND e.erased_ms < $2)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&NEWEST, &INSERT, &BY_KEY, &FIND, &LIST, &LIST_OPEN, &ADD, &ERASED, &CERTIFY, &DELETE_BEFORE];

/// Orders the erasure of `user`; answers its number, also if it was ordered before.
pub fn order_erasure(
    tx: &mut Tx<'_>,
    user: &UserId,
    (stand_in, id_key): (&UserId, &[u8; 32]),
    with_messages: bool,
    now: Timestamp,
) -> Result<i64> {
    if let Some(nid) = tx.query_opt(&BY_KEY, &[id_key.into()], |row| row.int(0))? {
        return Ok(nid);
    }
    let nid = tx.query_opt(&NEWEST, &[], |row| row.int(0))?.unwrap_or_default() + 1;
    let params = [
        nid.into(),
        user.into(),
        stand_in.into(),
        id_key.into(),
        with_messages.into(),
        Param::from(now),
    ];
    tx.execute(&INSERT, &params)?;
    Ok(nid)
}

/// Whether somebody whose user id has this keyed hash was erased, or is being erased.
pub fn is_erased(tx: &mut Tx<'_>, id_key: &[u8; 32]) -> Result<bool> {
    Ok(tx.query_opt(&BY_KEY, &[id_key.into()], |row| row.int(0))?.is_some())
}

/// The erasure with this number.
pub fn find_erasure(tx: &mut Tx<'_>, nid: i64) -> Result<Option<ErasureRow>> {
    tx.query_opt(&FIND, &[nid.into()], ErasureRow::from_row)
}

/// Up to `limit` erasures before number `before`, newest first.
pub fn list_erasures(tx: &mut Tx<'_>, before: i64, limit: u16) -> Result<Vec<ErasureRow>> {
    tx.query(&LIST, &[before.into(), limit.into()], ErasureRow::from_row)
}

/// Up to `limit` erasures behind number `after` that have no certificate yet, oldest first.
pub fn list_open_erasures(tx: &mut Tx<'_>, after: i64, limit: u16) -> Result<Vec<ErasureRow>> {
    tx.query(&LIST_OPEN, &[after.into(), limit.into()], ErasureRow::from_row)
}

/// Counts what a step has removed.
pub fn add_to_erasure(tx: &mut Tx<'_>, nid: i64, more: &ErasureCounts) -> Result<()> {
    let params = [
        nid.into(),
        more.rooms.into(),
        more.events.into(),
        more.messages.into(),
        more.files.into(),
        more.file_bytes.into(),
        more.records.into(),
    ];
    tx.execute(&ADD, &params).map(drop)
}

/// Nothing of the person is left; `false` if that was so before.
pub fn note_erased(tx: &mut Tx<'_>, nid: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&ERASED, &[nid.into(), now.into()])? > 0)
}

/// Keeps the certificate; from now on nothing says whose it is.
pub fn certify_erasure(tx: &mut Tx<'_>, nid: i64, certificate: &str) -> Result<bool> {
    Ok(tx.execute(&CERTIFY, &[nid.into(), certificate.into()])? > 0)
}

/// Removes what is known of erasures that ended before a time.
pub fn delete_erasures_before(tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, &[time.into()])
}
