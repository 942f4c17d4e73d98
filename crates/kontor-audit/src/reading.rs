//! Reading the log page by page, and what it says of oneself. law

use std::io::BufReader;
use std::sync::Arc;

use kontor_core::{Cx, Error, Permission, Result, Timestamp};
use kontor_store::audit_entry::{
    AuditEntryFilter, list_audit_entries_before, list_audit_entries_of,
};

use crate::{Anchor, Audit, Class, Entry, ExportPurpose, Report, stored, verify};

/// Entries in one answer.
const PAGE: u32 = 100;
/// Pseudonyms of earlier times that are looked for: class D is kept for ten years.
const PERIODS: i64 = 42;

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Number below which they lie; `None`: the newest.
    pub before: Option<i64>,
    /// From then on; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// Until then; `None`: until now.
    pub until: Option<Timestamp>,
    /// Name of the action; empty: any.
    pub action: String,
    /// How long they are kept; `None`: any.
    pub class: Option<Class>,
    /// Actor or object as it stands in the log; empty: any.
    pub who: String,
}

impl Audit {
    /// At most a hundred entries, newest first. People who hold no office stand there by pseudonym.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn entries(&self, cx: &Cx, wanted: Wanted) -> Result<Vec<Entry>> {
        cx.require(Permission::ReadAudit)?;
        let filter = AuditEntryFilter {
            before: wanted.before.unwrap_or(i64::MAX),
            from: wanted.from.unwrap_or(Timestamp(i64::MIN)),
            until: wanted.until.unwrap_or(Timestamp(i64::MAX)),
            action: wanted.action,
            class: wanted.class.map(|class| class.as_str().to_owned()).unwrap_or_default(),
            who: wanted.who,
        };
        let read = move |tx: &mut kontor_db::Tx<'_>| list_audit_entries_before(tx, &filter, PAGE);
        self.settle().await;
        Ok(self.inner.db.read(cx, read).await?.into_iter().map(stored::entry_of).collect())
    }

    /// What the log says of the caller: done by them or to them, newest first, at most a hundred
    /// entries. Who did it stands there if they hold an office.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn own_entries(&self, cx: &Cx) -> Result<Vec<Entry>> {
        let (user, now, inner) = (cx.user()?.to_owned(), cx.now, Arc::clone(&self.inner));
        let read = move |tx: &mut kontor_db::Tx<'_>| {
            let mut names = inner.keys.pseudonyms.names_of(tx, (&user, now), PERIODS)?;
            names.push(format!("admin:{user}"));
            list_audit_entries_of(tx, &names, PAGE)
        };
        self.settle().await;
        let mut rows = self.inner.db.read(cx, read).await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        rows.dedup_by_key(|row| row.seq);
        rows.truncate(PAGE as usize);
        Ok(rows.into_iter().map(stored::entry_of).collect())
    }

    /// Waits until what was noted before is in the log. Where it cannot be written, what is there can
    /// be read all the same.
    pub(crate) async fn settle(&self) {
        if let Err(error) = self.inner.db.ping().await {
            tracing::warn!(%error, "the audit log is read without what was noted last");
        }
    }

    /// Verifies the stored log from beginning to end, as `kontor audit verify` does with an
    /// export. Holds no more than a page of it in memory.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Unavailable` if it cannot be read.
    pub async fn verify(&self, cx: &Cx) -> Result<Report> {
        cx.require(Permission::ReadAudit)?;
        let (reader, writer) = std::io::pipe().map_err(Error::internal)?;
        #[expect(clippy::disallowed_methods, reason = "checking signatures may block")]
        let check =
            tokio::task::spawn_blocking(move || verify(BufReader::new(reader), &Anchor::default()));
        // What was written is dropped at its end, so that the reader sees the end too.
        let written = self.write_out(cx, ExportPurpose::Accountability, writer).await;
        let report = check.await.map_err(Error::internal)?.map_err(Error::internal)?;
        written?;
        Ok(report)
    }
}
