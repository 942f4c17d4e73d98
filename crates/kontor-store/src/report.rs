//! Reports: what somebody holds to be against the rules, for those in charge to look at.

use kontor_core::{Result, RoomNid, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedEventId, OwnedUserId};

/// One report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// When it was made.
    pub created: Timestamp,
    /// Tells reports of the same moment apart.
    pub report_id: String,
    /// Who made it.
    pub reporter: OwnedUserId,
    /// The room reported, or the room of the event reported.
    pub room: Option<RoomNid>,
    /// The event reported.
    pub event_id: Option<OwnedEventId>,
    /// The person reported, or the sender of the event reported.
    pub user_id: Option<OwnedUserId>,
    /// Why.
    pub reason: Option<String>,
}

impl ReportRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            created: row.time(0)?,
            report_id: row.text(1)?,
            reporter: row.id(2)?,
            room: row.opt_int(3)?.map(RoomNid),
            event_id: row.opt_id(4)?,
            user_id: row.opt_id(5)?,
            reason: row.opt_sealed_text(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "report.insert",
    "INSERT INTO report (tenant_id, created_ms, report_id, reporter, room_nid, event_id, user_id,
                         reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static DELETE_BEFORE: Sql =
    Sql::new("report.delete_before", "DELETE FROM report WHERE tenant_id = $1 AND created_ms < $2");

static LIST: Sql = Sql::new(
    "report.list",
    "SELECT created_ms, report_id, reporter, room_nid, event_id, user_id, reason FROM report
      WHERE tenant_id = $1 AND created_ms < $2
      ORDER BY created_ms DESC, report_id DESC LIMIT $3",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &DELETE_BEFORE, &LIST];

/// Adds a report.
pub fn insert_report(tx: &mut Tx<'_>, report: &ReportRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            report.created.into(),
            (&report.report_id).into(),
            (&report.reporter).into(),
            report.room.into(),
            report.event_id.as_ref().into(),
            report.user_id.as_ref().into(),
            report.reason.as_deref().map(Param::sealed).into(),
        ],
    )?;
    Ok(())
}

/// Removes the reports made before `limit`.
pub fn delete_reports_before(tx: &mut Tx<'_>, limit: Timestamp) -> Result<()> {
    tx.execute(&DELETE_BEFORE, &[limit.into()])?;
    Ok(())
}

/// At most `most` reports made before `before`, newest first.
pub fn list_reports(tx: &mut Tx<'_>, before: Timestamp, most: u32) -> Result<Vec<ReportRow>> {
    tx.query(&LIST, &[before.into(), i64::from(most).into()], ReportRow::from_row)
}
