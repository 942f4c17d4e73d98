//! Backups of room keys, encrypted by the client.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedRoomId, RoomId, UserId};

/// One backup of a user.
#[derive(Clone, Debug)]
pub struct BackupVersionRow {
    /// Number of the backup; grows, never given twice.
    pub version: i64,
    /// How it is encrypted; never changes.
    pub algorithm: String,
    /// JSON of the public key and its signatures.
    pub auth_json: String,
    /// Grows with each change of the sessions.
    pub etag: i64,
    /// How many sessions it holds.
    pub session_count: i64,
    /// It was deleted; only its number is kept.
    pub deleted: bool,
}

impl BackupVersionRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            version: row.int(0)?,
            algorithm: row.text(1)?,
            auth_json: row.text(2)?,
            etag: row.int(3)?,
            session_count: row.int(4)?,
            deleted: row.bool(5)?,
        })
    }
}

/// What decides which of two keys of a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRank {
    /// First message the key can decrypt.
    pub first_message_index: i64,
    /// How often the key was passed on between devices.
    pub forwarded_count: i64,
    /// The device that made the backup had verified where the key is from.
    pub is_verified: bool,
}

/// The saved key of one session.
#[derive(Clone, Debug)]
pub struct BackupSessionRow {
    /// Room of the session.
    pub room_id: OwnedRoomId,
    /// Session.
    pub session_id: String,
    /// Metadata of the key.
    pub rank: SessionRank,
    /// JSON of the encrypted key.
    pub session_json: String,
}

impl BackupSessionRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            room_id: row.id(0)?,
            session_id: row.text(1)?,
            rank: SessionRank {
                first_message_index: row.int(2)?,
                forwarded_count: row.int(3)?,
                is_verified: row.bool(4)?,
            },
            session_json: row.sealed_text(5)?,
        })
    }
}

/// Which sessions of a backup.
#[derive(Clone, Debug)]
pub enum BackupScope {
    /// All.
    All,
    /// Those of one room.
    Room(OwnedRoomId),
    /// One.
    Session(OwnedRoomId, String),
}

static FIND_VERSION: Sql = Sql::new(
    "key_backup.find_version",
    "SELECT version, algorithm, auth_json, etag, session_count, deleted FROM key_backup_version
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3",
);

static FIND_CURRENT: Sql = Sql::new(
    "key_backup.find_current",
    "SELECT version, algorithm, auth_json, etag, session_count, deleted FROM key_backup_version
      WHERE tenant_id = $1 AND user_id = $2 AND deleted = FALSE
      ORDER BY version DESC LIMIT 1",
);

static LAST_VERSION: Sql = Sql::new(
    "key_backup.last_version",
    "SELECT COALESCE(MAX(version), 0) FROM key_backup_version
      WHERE tenant_id = $1 AND user_id = $2",
);

static INSERT_VERSION: Sql = Sql::new(
    "key_backup.insert_version",
    "INSERT INTO key_backup_version
       (tenant_id, user_id, version, algorithm, auth_json, etag, session_count, deleted)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static UPDATE_AUTH: Sql = Sql::new(
    "key_backup.update_auth",
    "UPDATE key_backup_version SET auth_json = $4
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3",
);

static UPDATE_CONTENT: Sql = Sql::new(
    "key_backup.update_content",
    "UPDATE key_backup_version SET etag = $4, session_count = $5
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3",
);

static EMPTY_VERSION: Sql = Sql::new(
    "key_backup.empty_version",
    "UPDATE key_backup_version SET auth_json = '{}', session_count = 0, deleted = TRUE
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3",
);

static DELETE_VERSIONS_OF_USER: Sql = Sql::new(
    "key_backup.delete_versions_of_user",
    "DELETE FROM key_backup_version WHERE tenant_id = $1 AND user_id = $2",
);

static LIST_RANKS: Sql = Sql::new(
    "key_backup.list_ranks",
    "SELECT session_id, first_message_index, forwarded_count, is_verified FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3 AND room_id = $4
        AND session_id IN {in}",
);

static UPSERT_SESSION: Sql = Sql::new(
    "key_backup.upsert_session",
    "INSERT INTO key_backup_session
       (tenant_id, user_id, version, room_id, session_id, first_message_index, forwarded_count,
        is_verified, session_json, uploaded_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (tenant_id, user_id, version, room_id, session_id) DO UPDATE
        SET first_message_index = excluded.first_message_index,
            forwarded_count = excluded.forwarded_count,
            is_verified = excluded.is_verified,
            session_json = excluded.session_json",
);

static LIST_ALL: Sql = Sql::new(
    "key_backup.list_all",
    "SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_json
       FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3
      ORDER BY room_id, session_id",
);

static LIST_ROOM: Sql = Sql::new(
    "key_backup.list_room",
    "SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_json
       FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3 AND room_id = $4
      ORDER BY session_id",
);

static FIND_SESSION: Sql = Sql::new(
    "key_backup.find_session",
    "SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_json
       FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3 AND room_id = $4 AND session_id = $5",
);

static DELETE_ALL: Sql = Sql::new(
    "key_backup.delete_all",
    "DELETE FROM key_backup_session WHERE tenant_id = $1 AND user_id = $2 AND version = $3",
);

static DELETE_ROOM: Sql = Sql::new(
    "key_backup.delete_room",
    "DELETE FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3 AND room_id = $4",
);

static DELETE_SESSION: Sql = Sql::new(
    "key_backup.delete_session",
    "DELETE FROM key_backup_session
      WHERE tenant_id = $1 AND user_id = $2 AND version = $3 AND room_id = $4 AND session_id = $5",
);

static DELETE_SESSIONS_OF_USER: Sql = Sql::new(
    "key_backup.delete_sessions_of_user",
    "DELETE FROM key_backup_session WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of these tables.
pub static STATEMENTS: &[&Sql] = &[
    &FIND_VERSION,
    &FIND_CURRENT,
    &LAST_VERSION,
    &INSERT_VERSION,
    &UPDATE_AUTH,
    &UPDATE_CONTENT,
    &EMPTY_VERSION,
    &DELETE_VERSIONS_OF_USER,
    &LIST_RANKS,
    &UPSERT_SESSION,
    &LIST_ALL,
    &LIST_ROOM,
    &FIND_SESSION,
    &DELETE_ALL,
    &DELETE_ROOM,
    &DELETE_SESSION,
    &DELETE_SESSIONS_OF_USER,
];

/// A backup by number, also a deleted one.
pub fn find_version(
    tx: &mut Tx<'_>,
    user: &UserId,
    version: i64,
) -> Result<Option<BackupVersionRow>> {
    tx.query_opt(&FIND_VERSION, &[user.into(), version.into()], BackupVersionRow::from_row)
}

/// The newest backup that was not deleted.
pub fn find_current_version(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<BackupVersionRow>> {
    tx.query_opt(&FIND_CURRENT, &[user.into()], BackupVersionRow::from_row)
}

/// The highest number ever given to a backup of the user; 0 if there was none.
pub fn find_last_version_number(tx: &mut Tx<'_>, user: &UserId) -> Result<i64> {
    tx.query_one(&LAST_VERSION, &[user.into()], |row| row.int(0))
}

/// Adds a backup.
pub fn insert_version(tx: &mut Tx<'_>, user: &UserId, row: &BackupVersionRow) -> Result<()> {
    let params = [
        user.into(),
        row.version.into(),
        (&row.algorithm).into(),
        (&row.auth_json).into(),
        row.etag.into(),
        row.session_count.into(),
        row.deleted.into(),
    ];
    tx.execute(&INSERT_VERSION, &params).map(drop)
}

/// Replaces the public key and signatures of a backup.
pub fn update_auth(tx: &mut Tx<'_>, user: &UserId, version: i64, auth_json: &str) -> Result<()> {
    tx.execute(&UPDATE_AUTH, &[user.into(), version.into(), auth_json.into()]).map(drop)
}

/// Notes that the sessions of a backup changed.
pub fn update_content(tx: &mut Tx<'_>, user: &UserId, row: &BackupVersionRow) -> Result<()> {
    let params = [user.into(), row.version.into(), row.etag.into(), row.session_count.into()];
    tx.execute(&UPDATE_CONTENT, &params).map(drop)
}

/// Deletes a backup; its number stays taken.
pub fn delete_version(tx: &mut Tx<'_>, user: &UserId, version: i64) -> Result<()> {
    tx.execute(&DELETE_ALL, &[user.into(), version.into()])?;
    tx.execute(&EMPTY_VERSION, &[user.into(), version.into()]).map(drop)
}

/// The metadata of those of `sessions` that are in the backup, in no order.
pub fn list_ranks(
    tx: &mut Tx<'_>,
    (user, version): (&UserId, i64),
    room: &RoomId,
    sessions: &[Param<'_>],
) -> Result<Vec<(String, SessionRank)>> {
    tx.query_in(&LIST_RANKS, &[user.into(), version.into(), room.into()], sessions, |row| {
        let rank = SessionRank {
            first_message_index: row.int(1)?,
            forwarded_count: row.int(2)?,
            is_verified: row.bool(3)?,
        };
        Ok((row.text(0)?, rank))
    })
}

/// Saves the key of a session, replacing the one saved before; the time of the first stays.
pub fn upsert_session(
    tx: &mut Tx<'_>,
    (user, version): (&UserId, i64),
    row: &BackupSessionRow,
    now: Timestamp,
) -> Result<()> {
    let params = [
        user.into(),
        version.into(),
        (&row.room_id).into(),
        (&row.session_id).into(),
        row.rank.first_message_index.into(),
        row.rank.forwarded_count.into(),
        row.rank.is_verified.into(),
        Param::sealed(&row.session_json),
        now.into(),
    ];
    tx.execute(&UPSERT_SESSION, &params).map(drop)
}

/// The saved keys, by room and session.
pub fn list_sessions(
    tx: &mut Tx<'_>,
    (user, version): (&UserId, i64),
    scope: &BackupScope,
) -> Result<Vec<BackupSessionRow>> {
    let (sql, params) = match scope {
        BackupScope::All => (&LIST_ALL, vec![user.into(), version.into()]),
        BackupScope::Room(room) => (&LIST_ROOM, vec![user.into(), version.into(), room.into()]),
        BackupScope::Session(room, session) => {
            (&FIND_SESSION, vec![user.into(), version.into(), room.into(), session.into()])
        }
    };
    tx.query(sql, &params, BackupSessionRow::from_row)
}

/// Removes saved keys; gives how many there were.
pub fn delete_sessions(
    tx: &mut Tx<'_>,
    (user, version): (&UserId, i64),
    scope: &BackupScope,
) -> Result<u64> {
    let (sql, params) = match scope {
        BackupScope::All => (&DELETE_ALL, vec![user.into(), version.into()]),
        BackupScope::Room(room) => (&DELETE_ROOM, vec![user.into(), version.into(), room.into()]),
        BackupScope::Session(room, session) => {
            (&DELETE_SESSION, vec![user.into(), version.into(), room.into(), session.into()])
        }
    };
    tx.execute(sql, &params)
}

/// Removes every backup of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_SESSIONS_OF_USER, &[user.into()])?;
    tx.execute(&DELETE_VERSIONS_OF_USER, &[user.into()]).map(drop)
}
