//! Backup of room keys (spec: "Server-side key backups").

use std::collections::{BTreeMap, HashMap};

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_db::{Param, Tx};
use kontor_policy::classes_in_reach_of_holds;
use kontor_store::held;
use kontor_store::key_backup::{
    self, BackupScope, BackupSessionRow, BackupVersionRow, SessionRank,
};
use ruma::{OwnedRoomId, UInt, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::E2ee;
use crate::limits::{
    BACKUP_AUTH_BYTES, BACKUP_SESSION_BYTES, CONTENT_DEPTH, check_json, check_name,
};

/// The only algorithm of the specification.
const ALGORITHM: &str = "m.megolm_backup.v1.curve25519-aes-sha2";

/// How a backup is encrypted.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Algorithm; never changes.
    pub algorithm: String,
    /// JSON object of the public key and its signatures.
    pub auth_data: Box<RawValue>,
}

/// A backup, as shown to its owner.
#[derive(Clone, Debug)]
pub struct BackupState {
    /// Number of the backup.
    pub version: String,
    /// How it is encrypted.
    pub backup: Backup,
    /// How many keys it holds, and the mark of their state.
    pub content: BackupChange,
}

/// What a backup holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupChange {
    /// Changes whenever a key is added, replaced or removed.
    pub etag: String,
    /// Number of keys.
    pub count: u64,
}

/// A saved key.
#[derive(Clone, Debug)]
pub struct Session {
    /// Decides which of two keys is kept.
    pub rank: SessionRank,
    /// JSON object of the encrypted key.
    pub session_data: Box<RawValue>,
}

/// A saved key as clients see it (spec: `KeyBackupData`).
#[derive(Deserialize, Serialize)]
struct SessionJson {
    first_message_index: UInt,
    forwarded_count: UInt,
    is_verified: bool,
    session_data: Box<RawValue>,
}

impl Session {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// `Invalid` (`M_BAD_JSON`) if a field is missing or of a wrong type.
    pub fn from_json(json: &RawValue) -> Result<Self> {
        let read: SessionJson = serde_json::from_str(json.get())
            .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("Session: {e}")))?;
        let rank = SessionRank {
            first_message_index: read.first_message_index.into(),
            forwarded_count: read.forwarded_count.into(),
            is_verified: read.is_verified,
        };
        Ok(Self { rank, session_data: read.session_data })
    }

    /// As clients see it.
    pub fn into_json(self) -> Result<Box<RawValue>> {
        let rank = self.rank;
        let shown = SessionJson {
            first_message_index: UInt::try_from(rank.first_message_index)
                .map_err(Error::internal)?,
            forwarded_count: UInt::try_from(rank.forwarded_count).map_err(Error::internal)?,
            is_verified: rank.is_verified,
            session_data: self.session_data,
        };
        to_raw_value(&shown).map_err(Error::internal)
    }
}

/// Saved keys by room and session.
pub type Sessions = BTreeMap<OwnedRoomId, BTreeMap<String, Session>>;

impl E2ee {
    /// Starts a new backup; gives its number.
    pub async fn create_backup(&self, cx: &Cx, backup: Backup) -> Result<String> {
        let user = cx.user()?.to_owned();
        check_backup(&backup)?;
        if backup.algorithm != ALGORITHM {
            return Err(Error::invalid(MatrixCode::InvalidParam, "Unknown backup algorithm."));
        }
        self.db
            .write(cx, move |tx| {
                let version = key_backup::find_last_version_number(tx, &user)? + 1;
                let row = BackupVersionRow {
                    version,
                    algorithm: backup.algorithm,
                    auth_json: String::from(Box::<str>::from(backup.auth_data)),
                    etag: 0,
                    session_count: 0,
                    deleted: false,
                };
                key_backup::insert_version(tx, &user, &row)?;
                Ok(version.to_string())
            })
            .await
    }

    /// A backup of the caller; `None` is the newest.
    ///
    /// # Errors
    /// `NotFound` if there is none, or it was deleted.
    pub async fn backup(&self, cx: &Cx, version: Option<String>) -> Result<BackupState> {
        let user = cx.user()?.to_owned();
        let read = move |tx: &mut Tx<'_>| match version {
            Some(version) => find(tx, &user, &version),
            None => key_backup::find_current_version(tx, &user)?
                .ok_or_else(|| Error::not_found("No current backup version.")),
        };
        let row = self.db.read(cx, read).await?;
        Ok(BackupState {
            version: row.version.to_string(),
            content: content_of(&row),
            backup: Backup {
                auth_data: RawValue::from_string(row.auth_json).map_err(Error::internal)?,
                algorithm: row.algorithm,
            },
        })
    }

    /// Replaces the public key and signatures of a backup.
    ///
    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`) if the algorithm differs, or the body names another version.
    pub async fn update_backup(
        &self,
        cx: &Cx,
        version: String,
        backup: Backup,
        version_in_body: Option<String>,
    ) -> Result<()> {
        let user = cx.user()?.to_owned();
        check_backup(&backup)?;
        if version_in_body.is_some_and(|named| named != version) {
            let text = "The version in the body is not the one in the path.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        self.db
            .write(cx, move |tx| {
                let row = find(tx, &user, &version)?;
                if row.algorithm != backup.algorithm {
                    let text = "Algorithm does not match.";
                    return Err(Error::invalid(MatrixCode::InvalidParam, text));
                }
                key_backup::update_auth(tx, &user, row.version, backup.auth_data.get())
            })
            .await
    }

    /// Deletes a backup with all its keys. Deleting it again succeeds.
    pub async fn delete_backup(&self, cx: &Cx, version: String) -> Result<()> {
        let (user, now) = (cx.user()?.to_owned(), cx.now);
        self.db
            .write(cx, move |tx| {
                let row = find_any(tx, &user, &version)?;
                let whole = Some((row.version, &BackupScope::All));
                held::keep_keys_of(tx, &user, whole, (&classes_in_reach_of_holds(), now))?;
                key_backup::delete_version(tx, &user, row.version)
            })
            .await
    }

    /// Saves keys, all or none. Of two keys for a session the better one is kept.
    ///
    /// # Errors
    /// `Conflict` (`M_WRONG_ROOM_KEYS_VERSION`, with `current_version`) if `version` is not the
    /// newest backup; `NotFound` if there is none.
    pub async fn save_sessions(
        &self,
        cx: &Cx,
        version: String,
        sessions: Sessions,
    ) -> Result<BackupChange> {
        let (user, now) = (cx.user()?.to_owned(), cx.now);
        check_sessions(&sessions)?;
        self.db
            .write(cx, move |tx| {
                let mut row = find_writable(tx, &user, &version)?;
                let (mut added, mut changed) = (0, false);
                for (room, sessions) in sessions {
                    let (new, replaced) =
                        save_room(tx, (&user, row.version), (&room, sessions), now)?;
                    added += new;
                    changed |= replaced || new > 0;
                }
                if changed {
                    row.etag += 1;
                    row.session_count += added;
                    key_backup::update_content(tx, &user, &row)?;
                }
                Ok(content_of(&row))
            })
            .await
    }

    /// The saved keys of a backup. No keys are an empty answer; one missing session is
    /// `NotFound`.
    pub async fn sessions(&self, cx: &Cx, version: String, scope: BackupScope) -> Result<Sessions> {
        let user = cx.user()?.to_owned();
        let rows = self
            .db
            .read(cx, move |tx| {
                let row = find(tx, &user, &version)?;
                let rows = key_backup::list_sessions(tx, (&user, row.version), &scope)?;
                if rows.is_empty() && matches!(scope, BackupScope::Session(..)) {
                    return Err(Error::not_found("Key not found."));
                }
                Ok(rows)
            })
            .await?;
        let mut sessions = Sessions::new();
        for row in rows {
            let session_data = RawValue::from_string(row.session_json).map_err(Error::internal)?;
            let session = Session { rank: row.rank, session_data };
            sessions.entry(row.room_id).or_default().insert(row.session_id, session);
        }
        Ok(sessions)
    }

    /// Removes saved keys from a backup.
    pub async fn delete_sessions(
        &self,
        cx: &Cx,
        version: String,
        scope: BackupScope,
    ) -> Result<BackupChange> {
        let (user, now) = (cx.user()?.to_owned(), cx.now);
        self.db
            .write(cx, move |tx| {
                let mut row = find(tx, &user, &version)?;
                let part = Some((row.version, &scope));
                held::keep_keys_of(tx, &user, part, (&classes_in_reach_of_holds(), now))?;
                let gone = key_backup::delete_sessions(tx, (&user, row.version), &scope)?;
                if gone > 0 {
                    row.etag += 1;
                    row.session_count -= i64::try_from(gone).map_err(Error::internal)?;
                    key_backup::update_content(tx, &user, &row)?;
                }
                Ok(content_of(&row))
            })
            .await
    }
}

fn content_of(row: &BackupVersionRow) -> BackupChange {
    let count = u64::try_from(row.session_count).unwrap_or(0);
    BackupChange { etag: row.etag.to_string(), count }
}

fn check_backup(backup: &Backup) -> Result<()> {
    check_name("algorithm", &backup.algorithm)?;
    let json = backup.auth_data.get();
    check_json("auth_data", json, BACKUP_AUTH_BYTES, CONTENT_DEPTH)?;
    let auth: Value = serde_json::from_str(json)
        .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("auth_data: {e}")))?;
    if !auth.is_object() {
        return Err(Error::invalid(MatrixCode::BadJson, "auth_data must be an object."));
    }
    if backup.algorithm == ALGORITHM && !auth.get("public_key").is_some_and(Value::is_string) {
        return Err(Error::invalid(MatrixCode::BadJson, "auth_data: public_key is missing."));
    }
    Ok(())
}

fn check_sessions(sessions: &Sessions) -> Result<()> {
    for (id, session) in sessions.values().flatten() {
        check_name("A session id", id)?;
        let json = session.session_data.get();
        if !json.starts_with('{') {
            return Err(Error::invalid(MatrixCode::BadJson, "session_data must be an object."));
        }
        check_json("session_data", json, BACKUP_SESSION_BYTES, CONTENT_DEPTH)?;
    }
    Ok(())
}

/// A backup, also a deleted one.
fn find_any(tx: &mut Tx<'_>, user: &UserId, version: &str) -> Result<BackupVersionRow> {
    let unknown = || Error::not_found("Unknown backup version.");
    let number: i64 = version.parse().map_err(|_| unknown())?;
    key_backup::find_version(tx, user, number)?.ok_or_else(unknown)
}

fn find(tx: &mut Tx<'_>, user: &UserId, version: &str) -> Result<BackupVersionRow> {
    let row = find_any(tx, user, version)?;
    if row.deleted {
        return Err(Error::not_found("Unknown backup version."));
    }
    Ok(row)
}

/// The newest backup, if `version` is it.
fn find_writable(tx: &mut Tx<'_>, user: &UserId, version: &str) -> Result<BackupVersionRow> {
    let row = key_backup::find_current_version(tx, user)?
        .ok_or_else(|| Error::not_found("Unknown backup version."))?;
    let current = row.version.to_string();
    if current != version {
        let error = Error::conflict(MatrixCode::WrongRoomKeysVersion, "Wrong backup version.");
        return Err(error.with_field("current_version", current));
    }
    Ok(row)
}

/// Saves the keys of one room; gives how many sessions are new, and whether any was replaced.
fn save_room(
    tx: &mut Tx<'_>,
    (user, version): (&UserId, i64),
    (room, sessions): (&OwnedRoomId, BTreeMap<String, Session>),
    now: Timestamp,
) -> Result<(i64, bool)> {
    let ids: Vec<Param<'_>> = sessions.keys().map(Param::from).collect();
    let saved: HashMap<String, SessionRank> =
        key_backup::list_ranks(tx, (user, version), room, &ids)?.into_iter().collect();
    let (mut new, mut replaced) = (0, false);
    for (session_id, session) in sessions {
        match saved.get(&session_id) {
            Some(rank) if !is_better(session.rank, *rank) => continue,
            Some(_) => replaced = true,
            None => new += 1,
        }
        let row = BackupSessionRow {
            room_id: room.clone(),
            session_id,
            rank: session.rank,
            session_json: String::from(Box::<str>::from(session.session_data)),
        };
        key_backup::upsert_session(tx, (user, version), &row, now)?;
    }
    Ok((new, replaced))
}

/// Whether a key is kept instead of the saved one.
fn is_better(new: SessionRank, saved: SessionRank) -> bool {
    let order =
        |rank: SessionRank| (!rank.is_verified, rank.first_message_index, rank.forwarded_count);
    order(new) < order(saved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_key_is_kept() {
        let rank = |is_verified, first_message_index, forwarded_count| SessionRank {
            first_message_index,
            forwarded_count,
            is_verified,
        };
        let saved = rank(false, 5, 5);
        let table = [
            (rank(true, 9, 9), true),
            (rank(false, 4, 9), true),
            (rank(false, 5, 4), true),
            (rank(false, 5, 5), false),
            (rank(false, 5, 6), false),
            (rank(false, 6, 0), false),
        ];
        for (new, better) in table {
            assert_eq!(is_better(new, saved), better, "{new:?}");
        }
        assert!(!is_better(rank(false, 0, 0), rank(true, 9, 9)));
    }
}
