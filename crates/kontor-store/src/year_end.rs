//! Records that are kept to the end of the third year: what is older than a time goes. law: R-194

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};

/// What one of these statements removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearEnd {
    /// Requests for a second person, decided or not.
    Approvals,
    /// Decisions on settings that hold no more.
    PolicyChanges,
    /// Acknowledgements of supervision.
    Acknowledgements,
    /// Looks by those who supervise.
    Looks,
}

static APPROVALS: Sql = Sql::new(
    "year_end.approvals",
    "DELETE FROM approval WHERE tenant_id = $1 AND approval_nid IN
       (SELECT a.approval_nid FROM approval a
         WHERE a.tenant_id = $1 AND a.requested_ms < $2 AND a.expires_ms < $2
           AND (a.decided_ms IS NULL OR a.decided_ms < $2))",
);

static POLICY_CHANGES: Sql = Sql::new(
    "year_end.policy_changes",
    "DELETE FROM policy_change WHERE tenant_id = $1 AND version IN
       (SELECT c.version FROM policy_change c
         WHERE c.tenant_id = $1 AND c.changed_ms < $2
           AND c.version < (SELECT MAX(n.version) FROM policy_change n WHERE n.tenant_id = $1)
           AND NOT EXISTS (SELECT 1 FROM policy_setting s
                            WHERE s.tenant_id = $1 AND s.version = c.version))",
);

static ACKNOWLEDGEMENTS: Sql = Sql::new(
    "year_end.acknowledgements",
    "DELETE FROM supervision_notice WHERE tenant_id = $1 AND acknowledged_ms < $2",
);

static LOOKS: Sql = Sql::new(
    "year_end.looks",
    "DELETE FROM supervision_reading WHERE tenant_id = $1 AND opened_ms < $2",
);

static COUNT_APPROVALS: Sql = Sql::new(
    "year_end.count_approvals",
    "SELECT COUNT(*) FROM approval
      WHERE tenant_id = $1 AND requested_ms < $2 AND expires_ms < $2
        AND (decided_ms IS NULL OR decided_ms < $2)",
);

static COUNT_POLICY_CHANGES: Sql = Sql::new(
    "year_end.count_policy_changes",
    "SELECT COUNT(*) FROM policy_change c
      WHERE c.tenant_id = $1 AND c.changed_ms < $2
        AND c.version < (SELECT MAX(n.version) FROM policy_change n WHERE n.tenant_id = $1)
        AND NOT EXISTS (SELECT 1 FROM policy_setting s
                         WHERE s.tenant_id = $1 AND s.version = c.version)",
);

static COUNT_ACKNOWLEDGEMENTS: Sql = Sql::new(
    "year_end.count_acknowledgements",
    "SELECT COUNT(*) FROM supervision_notice WHERE tenant_id = $1 AND acknowledged_ms < $2",
);

static COUNT_LOOKS: Sql = Sql::new(
    "year_end.count_looks",
    "SELECT COUNT(*) FROM supervision_reading WHERE tenant_id = $1 AND opened_ms < $2",
);

/// All statements of this chapter.
pub static STATEMENTS: &[&Sql] = &[
    &APPROVALS,
    &POLICY_CHANGES,
    &ACKNOWLEDGEMENTS,
    &LOOKS,
    &COUNT_APPROVALS,
    &COUNT_POLICY_CHANGES,
    &COUNT_ACKNOWLEDGEMENTS,
    &COUNT_LOOKS,
];

impl YearEnd {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Approvals, Self::PolicyChanges, Self::Acknowledgements, Self::Looks];

    /// Key of its runs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Approvals => "approvals",
            Self::PolicyChanges => "policy_changes",
            Self::Acknowledgements => "acknowledgements",
            Self::Looks => "looks",
        }
    }

    /// How much there is that is older than `time`, and would go.
    ///
    /// # Errors
    /// As [`Tx::query_one`].
    pub fn count_before(self, tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
        let sql = match self {
            Self::Approvals => &COUNT_APPROVALS,
            Self::PolicyChanges => &COUNT_POLICY_CHANGES,
            Self::Acknowledgements => &COUNT_ACKNOWLEDGEMENTS,
            Self::Looks => &COUNT_LOOKS,
        };
        let count = tx.query_one(sql, &[time.into()], |row| row.int(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Removes what is older than `time`; answers how many rows went.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn delete_before(self, tx: &mut Tx<'_>, time: Timestamp) -> Result<u64> {
        let sql = match self {
            Self::Approvals => &APPROVALS,
            Self::PolicyChanges => &POLICY_CHANGES,
            Self::Acknowledgements => &ACKNOWLEDGEMENTS,
            Self::Looks => &LOOKS,
        };
        tx.execute(sql, &[time.into()])
    }
}
