//! What of each table goes into a backup, and what only restoring does to tables.

use kontor_core::Result;
use kontor_db::{Param, Sql, Tx};

/// What of a table goes into a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every row.
    Whole,
    /// The rows that fulfil a condition.
    Only(&'static str),
    /// None.
    Nothing,
}

/// What of `table` goes into a backup. All of it, unless a line here says why not.
#[must_use]
pub fn part_in_backup(table: &str) -> Part {
    match table {
        // Messages of fleeting rooms are in no backup, nor are their files.
        "event" => Part::Only(
            "state_key IS NOT NULL OR room_nid NOT IN (SELECT r.room_nid FROM room r \
             WHERE r.tenant_id = event.tenant_id AND r.class = 'fluechtig')",
        ),
        "event_content" => Part::Only(
            "room_nid NOT IN (SELECT r.room_nid FROM room r \
             WHERE r.tenant_id = event_content.tenant_id AND r.class = 'fluechtig') \
             OR EXISTS (SELECT 1 FROM event e WHERE e.tenant_id = event_content.tenant_id \
             AND e.room_nid = event_content.room_nid AND e.pos = event_content.pos \
             AND e.state_key IS NOT NULL)",
        ),
        "media" => Part::Only(
            "room_nid IS NULL OR room_nid NOT IN (SELECT r.room_nid FROM room r \
             WHERE r.tenant_id = media.tenant_id AND r.class = 'fluechtig')",
        ),
        "media_thumbnail" => Part::Only(
            "media_id NOT IN (SELECT m.media_id FROM media m JOIN room r \
             ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid \
             WHERE m.tenant_id = media_thumbnail.tenant_id AND r.class = 'fluechtig')",
        ),
        // Keys that were handed out since must not be handed out again; devices bring new ones.
        // Letters that were sent since must not be sent again. Failures and codes last minutes.
        "one_time_key" | "one_time_key_pool" | "waiting_mail" | "login_failure" | "oauth_code"
        | "oauth_device_grant" => Part::Nothing,
        _ => Part::Whole,
    }
}

static BLOBS: Sql = Sql::new(
    "backup.blobs",
    "SELECT m.blob_id FROM media m
      WHERE m.tenant_id = $1 AND m.blob_id IS NOT NULL
        AND (m.room_nid IS NULL OR m.room_nid NOT IN
              (SELECT r.room_nid FROM room r WHERE r.tenant_id = $1 AND r.class = 'fluechtig'))
     UNION ALL
     SELECT t.blob_id FROM media_thumbnail t
      WHERE t.tenant_id = $1 AND t.blob_id IS NOT NULL AND t.media_id NOT IN
              (SELECT m.media_id FROM media m JOIN room r
                   ON r.tenant_id = m.tenant_id AND r.room_nid = m.room_nid
                WHERE m.tenant_id = $1 AND r.class = 'fluechtig')",
);

static FORGET_FILES: Sql =
    Sql::new("backup.forget_files", "DELETE FROM media WHERE tenant_id = $1 AND blob_id IN {in}");

static FORGET_THUMBNAILS: Sql = Sql::new(
    "backup.forget_thumbnails",
    "DELETE FROM media_thumbnail WHERE tenant_id = $1 AND blob_id IN {in}",
);

static HAS_ACCOUNTS: Sql =
    Sql::new("backup.has_accounts", "SELECT user_id FROM account WHERE tenant_id = $1 LIMIT 1");

/// All statements of this module.
pub static STATEMENTS: &[&Sql] = &[&BLOBS, &FORGET_FILES, &FORGET_THUMBNAILS, &HAS_ACCOUNTS];

/// Names of the blobs that belong into a backup, in order.
pub fn list_blobs_in_backup(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let mut blobs = tx.query(&BLOBS, &[], |row| row.text(0))?;
    blobs.sort_unstable();
    blobs.dedup();
    Ok(blobs)
}

/// Removes files whose bytes were deleted while the backup was written.
pub fn forget_blobs(tx: &mut Tx<'_>, blobs: &[String]) -> Result<u64> {
    let list: Vec<Param<'_>> = blobs.iter().map(Param::from).collect();
    let thumbnails = tx.execute_in(&FORGET_THUMBNAILS, &[], &list)?;
    Ok(thumbnails + tx.execute_in(&FORGET_FILES, &[], &list)?)
}

/// Whether the organisation has accounts here.
pub fn has_accounts(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.query_opt(&HAS_ACCOUNTS, &[], |row| row.text(0))?.is_some())
}
