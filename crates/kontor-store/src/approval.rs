//! What one person asked for and a second one has to allow.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// A request for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRow {
    /// Number, counting from 1.
    pub nid: i64,
    /// What kind of act.
    pub act: String,
    /// What exactly, as JSON.
    pub proposal: String,
    /// Why, in the requester's words.
    pub reason: String,
    /// Who asked.
    pub requester: OwnedUserId,
    /// When.
    pub requested: Timestamp,
    /// From then on nobody can decide it.
    pub expires: Timestamp,
    /// A word of the service; empty: it waits.
    pub decision: String,
    /// Who decided.
    pub decider: Option<OwnedUserId>,
    /// When.
    pub decided: Option<Timestamp>,
    /// What came of it, as JSON, for the requester.
    pub outcome: Option<String>,
}

static INSERT: Sql = Sql::new(
    "approval.insert",
    "INSERT INTO approval (tenant_id, approval_nid, act, proposal, reason, requester, requested_ms,
                           expires_ms, decision, decider, decided_ms, outcome)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', NULL, NULL, NULL)",
);

static NEWEST: Sql = Sql::new(
    "approval.newest",
    "SELECT approval_nid FROM approval WHERE tenant_id = $1 ORDER BY approval_nid DESC LIMIT 1",
);

static FIND: Sql = Sql::new(
    "approval.find",
    "SELECT approval_nid, act, proposal, reason, requester, requested_ms, expires_ms, decision,
            decider, decided_ms, outcome
       FROM approval WHERE tenant_id = $1 AND approval_nid = $2",
);

static LIST: Sql = Sql::new(
    "approval.list",
    "SELECT approval_nid, act, proposal, reason, requester, requested_ms, expires_ms, decision,
            decider, decided_ms, outcome
       FROM approval WHERE tenant_id = $1 AND approval_nid < $2
      ORDER BY approval_nid DESC LIMIT $3",
);

static DECIDE: Sql = Sql::new(
    "approval.decide",
    "UPDATE approval SET decision = $3, decider = $4, decided_ms = $5
      WHERE tenant_id = $1 AND approval_nid = $2 AND decision = ''",
);

static FINISH: Sql = Sql::new(
    "approval.finish",
    "UPDATE approval SET decision = $3, outcome = $4 WHERE tenant_id = $1 AND approval_nid = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &NEWEST, &FIND, &LIST, &DECIDE, &FINISH];

/// Stores a request; `row.nid` and what comes with a decision are not looked at. Answers its
/// number.
pub fn insert_approval(tx: &mut Tx<'_>, row: &ApprovalRow) -> Result<i64> {
    let nid = tx.query_opt(&NEWEST, &[], |row| row.int(0))?.unwrap_or_default() + 1;
    let params = [
        nid.into(),
        (&row.act).into(),
        Param::sealed(row.proposal.as_bytes()),
        Param::sealed(row.reason.as_bytes()),
        (&row.requester).into(),
        row.requested.into(),
        row.expires.into(),
    ];
    tx.execute(&INSERT, &params)?;
    Ok(nid)
}

/// A request.
pub fn find_approval(tx: &mut Tx<'_>, nid: i64) -> Result<Option<ApprovalRow>> {
    tx.query_opt(&FIND, &[nid.into()], from_row)
}

/// At most `limit` requests before number `before`, the newest first.
pub fn list_approvals(tx: &mut Tx<'_>, before: i64, limit: u16) -> Result<Vec<ApprovalRow>> {
    tx.query(&LIST, &[before.into(), limit.into()], from_row)
}

/// Decides on a request that waits; `false` if it does not.
pub fn decide_approval(
    tx: &mut Tx<'_>,
    nid: i64,
    (decision, decider): (&str, &UserId),
    at: Timestamp,
) -> Result<bool> {
    let params = [nid.into(), decision.into(), decider.into(), at.into()];
    Ok(tx.execute(&DECIDE, &params)? > 0)
}

/// Notes what came of a request that was decided on.
pub fn finish_approval(
    tx: &mut Tx<'_>,
    nid: i64,
    decision: &str,
    outcome: Option<&str>,
) -> Result<()> {
    let params = [nid.into(), decision.into(), Param::opt_sealed(outcome)];
    tx.execute(&FINISH, &params).map(drop)
}

fn from_row(row: &Row<'_>) -> Result<ApprovalRow> {
    Ok(ApprovalRow {
        nid: row.int(0)?,
        act: row.text(1)?,
        proposal: row.sealed_text(2)?,
        reason: row.sealed_text(3)?,
        requester: row.id(4)?,
        requested: row.time(5)?,
        expires: row.time(6)?,
        decision: row.text(7)?,
        decider: row.opt_id(8)?,
        decided: row.opt_time(9)?,
        outcome: row.opt_sealed_text(10)?,
    })
}
