//! Reading the log page by page. law: R-195

use kontor_core::{Cx, Permission, Result};
use kontor_store::audit_entry::list_audit_entries_before;

use crate::{Audit, Entry, stored};

/// Entries in one answer.
const PAGE: u32 = 100;

impl Audit {
    /// At most a hundred entries before number `before` (`None`: the newest), newest first. People
    /// who hold no office stand there by pseudonym.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn entries(&self, cx: &Cx, before: Option<i64>) -> Result<Vec<Entry>> {
        cx.require(Permission::ReadAudit)?;
        let before = before.unwrap_or(i64::MAX);
        let read = self.inner.db.read(cx, move |tx| list_audit_entries_before(tx, before, PAGE));
        Ok(read.await?.into_iter().map(stored::entry_of).collect())
    }
}
