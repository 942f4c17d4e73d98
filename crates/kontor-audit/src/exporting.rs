//! Exporting the stored log.

use std::io::Write;
use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_db::Tx;
use kontor_store::audit_checkpoint::list_audit_checkpoints;
use kontor_store::audit_entry::list_audit_entries;
use kontor_store::audit_gap::list_audit_gaps;

use crate::{Action, Audit, Event, ExportPurpose, ExportWriter, Line, stored};

/// Entries read at once.
const PAGE: u32 = 1000;

impl Audit {
    /// Writes the whole log to `out`; answers how many lines. That it is exported, for which
    /// purpose and why, is recorded first and part of the export.
    ///
    /// # Errors
    /// `Invalid` without a reason; `Unavailable` if it cannot be recorded or written.
    pub async fn export(
        &self,
        cx: &Cx,
        (purpose, reason): (ExportPurpose, &str),
        out: impl Write + Send + 'static,
    ) -> Result<i64> {
        let event = Event::new(Action::LogExported).with_detail(purpose.as_str());
        self.record(cx, event.because(reason)).await?;
        self.write_out(cx, purpose, out).await
    }

    pub(crate) async fn write_out(
        &self,
        cx: &Cx,
        purpose: ExportPurpose,
        out: impl Write + Send + 'static,
    ) -> Result<i64> {
        self.settle().await;
        let (inner, now) = (Arc::clone(&self.inner), cx.now);
        let read = self.inner.db.read(cx, move |tx| {
            let name = inner.server_name.as_str();
            let mut writer = ExportWriter::begin(out, &inner.keys, name, (purpose, now.0))?;
            let mut after = 0;
            loop {
                let page = page(tx, after)?;
                page.0.iter().try_for_each(|line| writer.push(line))?;
                let Some(newest) = page.1 else { return writer.finish() };
                after = newest;
            }
        });
        read.await
    }
}

/// The lines after entry `after`, and the number of the last entry; `None` if there is none.
fn page(tx: &mut Tx<'_>, after: i64) -> Result<(Vec<Line>, Option<i64>)> {
    let entries = list_audit_entries(tx, after, PAGE)?;
    let newest = entries.last().map(|entry| entry.seq);
    // What stands behind the newest entry shows that somebody has removed newer ones.
    let to = newest.unwrap_or(i64::MAX);
    let mut lines: Vec<(i64, Line)> =
        entries.into_iter().map(|row| (row.seq, Line::Entry(stored::entry_of(row)))).collect();
    let gaps = list_audit_gaps(tx, after, to)?;
    lines.extend(gaps.into_iter().map(|row| (row.to, Line::Gap(stored::gap_of(row)))));
    let points = list_audit_checkpoints(tx, after, to)?;
    let points = points.into_iter().map(stored::checkpoint_of);
    lines.extend(points.map(|point| (point.seq, Line::Checkpoint(point))));
    // A stable sort: a checkpoint stays behind what it vouches for.
    lines.sort_by_key(|(seq, _)| *seq);
    Ok((lines.into_iter().map(|(_, line)| line).collect(), newest))
}
