//! How much an organisation has of everything, in one look.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Accounts that are not closed.
    pub people: u64,
    /// Devices.
    pub devices: u64,
    /// Rooms.
    pub rooms: u64,
    /// Uploaded files.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// Mails that wait to be sent.
    pub waiting_mails: u64,
    /// When the first of them is due.
    pub oldest_mail: Option<Timestamp>,
}

impl Tally {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let count = |column| row.int(column).map(|it| u64::try_from(it).unwrap_or_default());
        Ok(Self {
            people: count(0)?,
            devices: count(1)?,
            rooms: count(2)?,
            files: count(3)?,
            file_bytes: count(4)?,
            waiting_mails: count(5)?,
            oldest_mail: row.opt_time(6)?,
        })
    }
}

static COUNT: Sql = Sql::new(
    "tally.count",
    "SELECT
       (SELECT COUNT(*) FROM account WHERE tenant_id = $1 AND deactivated_ms IS NULL),
       (SELECT COUNT(*) FROM device WHERE tenant_id = $1),
       (SELECT COUNT(*) FROM room WHERE tenant_id = $1),
       (SELECT COUNT(*) FROM media WHERE tenant_id = $1 AND blob_id IS NOT NULL),
       (SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM media WHERE tenant_id = $1),
       (SELECT COUNT(*) FROM waiting_mail WHERE tenant_id = $1),
       (SELECT MIN(due_ms) FROM waiting_mail WHERE tenant_id = $1)",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] = &[&COUNT];

/// Counts everything once.
pub fn count(tx: &mut Tx<'_>) -> Result<Tally> {
    tx.query_one(&COUNT, &[], Tally::from_row)
}
