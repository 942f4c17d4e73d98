//! Certificates: what a rule has removed, checked by looking again, signed by the key of the audit
//! log and told in it. law: R-111

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result, RoomClass, RoomNid};
use kontor_db::Tx;
use kontor_store::deletion_run::{self, RunRow};
use kontor_store::expiry;
use kontor_store::stream_mark;
use kontor_store::year_end::YearEnd;
use serde_json::{Map, Value, json};

use crate::Deletion;
use crate::records::ROOMS_KEY;
use crate::service::{FILES, run_key};

/// A run belongs to the day (UTC) on which it began.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Rooms looked at in one read.
const ROOMS: u16 = 200;

/// The signed statement on one run: numbers, neither content nor anybody's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate(pub Map<String, Value>);

impl Deletion {
    /// Ends the runs of days that are over, each with a certificate.
    pub(crate) async fn certify_finished_days(&self, cx: &Cx) -> Result<()> {
        self.inner.media.delete_leftover().await?;
        let today = cx.now.0.div_euclid(DAY_MS);
        for rule in run_keys() {
            let open = self.inner.db.read(cx, move |tx| deletion_run::find_open_run(tx, rule));
            let Some(run) = open.await? else { continue };
            if run.started.0.div_euclid(DAY_MS) < today {
                self.issue(cx, rule, run).await?;
            }
        }
        Ok(())
    }

    /// Ends a run at once, with its certificate; of one that has ended, the certificate.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if there is no such run.
    pub async fn certify(&self, cx: &Cx, run: i64) -> Result<Certificate> {
        cx.require(Permission::SeeDeletion)?;
        let found = self.inner.db.read(cx, move |tx| deletion_run::find_run(tx, run)).await?;
        let found = found.ok_or_else(|| Error::not_found("There is no such run."))?;
        if let Some(text) = &found.certificate {
            return serde_json::from_str(text).map(Certificate).map_err(Error::internal);
        }
        let rule = run_keys().find(|key| *key == found.rule);
        let rule = rule.ok_or_else(|| Error::not_found("There is no such rule any more."))?;
        self.issue(cx, rule, found).await
    }

    async fn issue(&self, cx: &Cx, rule: &'static str, run: RunRow) -> Result<Certificate> {
        // Nothing is said to be gone while its bytes are there.
        self.inner.media.delete_leftover().await?;
        self.purge_contents(cx).await?;
        let remaining = self.remaining(cx, rule, &run).await?;
        let count = u64::try_from(run.removed.objects + run.removed.files).unwrap_or_default();
        let told = Event::new(Action::DeletionCertified).with_detail(rule).with_count(count);
        let seq = self.inner.audit.record(cx, told).await?;
        let statement = json!({
            "statement": "app.kontor.deletion_certificate",
            "format": 1,
            "server_name": self.inner.rooms.server_name(),
            "run": run.nid,
            "rule": rule,
            "period_ms": run.period_ms,
            "started_ts": run.started.0,
            "ended_ts": cx.now.0,
            "older_than_ts": run.cutoff.0,
            "removed": {
                "objects": run.removed.objects,
                "files": run.removed.files,
                "file_bytes": run.removed.file_bytes,
                "saved_keys": run.removed.keys,
                "held": run.removed.held,
            },
            "failures": run.failures,
            "verified_ts": cx.now.0,
            "remaining_older": remaining,
            "audit_entry": seq,
        });
        let Value::Object(statement) = statement else {
            return Err(Error::internal("a certificate is an object"));
        };
        let signed = self.inner.audit.sign_statement(statement)?;
        let text = serde_json::to_string(&signed).map_err(Error::internal)?;
        let now = cx.now;
        self.inner.db.write(cx, move |tx| deletion_run::end_run(tx, run.nid, now, &text)).await?;
        Ok(Certificate(signed))
    }

    /// Looks again: how much is left that is as old as what was to go. Rooms that keep messages for
    /// longer by their members' choice are not counted.
    async fn remaining(&self, cx: &Cx, rule: &'static str, run: &RunRow) -> Result<u64> {
        let cutoff = run.cutoff;
        if rule == ROOMS_KEY {
            return self.count_abandoned(cx, cutoff).await;
        }
        if let Some(kind) = YearEnd::ALL.into_iter().find(|kind| kind.key() == rule) {
            let count = move |tx: &mut Tx<'_>| kind.count_before(tx, cutoff);
            return self.inner.db.read(cx, count).await;
        }
        let Some(class) = RoomClass::ALL.into_iter().find(|class| run_key(*class) == rule) else {
            let look = move |tx: &mut Tx<'_>| kontor_store::media::count_unattached(tx, cutoff);
            return self.inner.db.read(cx, look).await.map(|(count, ..)| count);
        };
        let (mut left, mut after) = (0, Some(RoomNid(0)));
        while let Some(from) = after {
            let this = self.clone();
            let count = move |tx: &mut Tx<'_>| {
                let rooms = expiry::list_aging_rooms(tx, from, ROOMS)?;
                let full = rooms.len() == usize::from(ROOMS);
                let next = rooms.last().map(|room| room.nid).filter(|_| full);
                let Some(mark) = stream_mark::mark_before(tx, cutoff)? else {
                    return Ok((0, next));
                };
                let mut count = 0;
                let general = this.period(class, None);
                let counted = rooms.into_iter().filter(|room| {
                    room.class == class && this.period(class, room.retention_ms) <= general
                });
                for room in counted {
                    let range = (kontor_core::StreamPos::ZERO, mark.pos);
                    count += expiry::count_messages(tx, room.nid, range)?.count;
                }
                Ok((count, next))
            };
            let (count, next) = self.inner.db.read(cx, count).await?;
            left += count;
            after = next;
        }
        Ok(left)
    }
}

/// Keys of everything that is counted in runs.
pub(crate) fn run_keys() -> impl Iterator<Item = &'static str> {
    let year_ends = YearEnd::ALL.into_iter().map(YearEnd::key);
    RoomClass::ALL.into_iter().map(run_key).chain([FILES, ROOMS_KEY]).chain(year_ends)
}
