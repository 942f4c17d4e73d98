//! What is kept how long, how old the oldest is, and what the runs have removed. law

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Permission, Result, RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_store::deletion_run::{self, RunRow};
use kontor_store::expiry;
use kontor_store::stream_mark;

use crate::Deletion;
use crate::rules::GRACE;
use crate::service::run_key;

/// Rooms looked at in one read.
const ROOMS: u16 = 200;
/// It is told once in this time that something is overdue.
const TELL_EVERY_MS: i64 = 24 * 60 * 60 * 1000;
const HOUR_SECS: u64 = 60 * 60;

/// How old the data of one class are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The class.
    pub class: RoomClass,
    /// How long messages are kept.
    pub period: Duration,
    /// Rooms of it.
    pub rooms: u64,
    /// When the oldest message was written, or shortly after.
    pub oldest: Option<Timestamp>,
    /// It should have gone a day ago.
    pub overdue: Option<Overdue>,
}

/// By how much something is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Beyond its period and a day of grace.
    pub by: Duration,
}

/// One run for people.
pub type RunView = RunRow;

impl Deletion {
    /// Class by class, how old the oldest message is.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn overview(&self, cx: &Cx) -> Result<Vec<Overview>> {
        cx.require(Permission::SeeDeletion)?;
        self.ages(cx).await
    }

    /// Up to `limit` runs before number `before`, newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn runs(&self, cx: &Cx, before: i64, limit: u16) -> Result<Vec<RunView>> {
        cx.require(Permission::SeeDeletion)?;
        self.inner.db.read(cx, move |tx| deletion_run::list_runs(tx, before, limit)).await
    }

    /// Records once a day what is overdue.
    pub(crate) async fn tell_overdue(&self, cx: &Cx) -> Result<()> {
        let told = self.inner.told_ms.load(Ordering::Relaxed);
        if cx.now.0.saturating_sub(told) < TELL_EVERY_MS {
            return Ok(());
        }
        self.inner.told_ms.store(cx.now.0, Ordering::Relaxed);
        for row in self.ages(cx).await? {
            let Some(overdue) = row.overdue else { continue };
            let rule = run_key(row.class);
            let hours = overdue.by.as_secs() / HOUR_SECS;
            tracing::error!(rule, hours, "deletion is overdue");
            let event = Event::new(Action::DeletionOverdue).with_detail(rule).with_count(hours);
            self.inner.audit.record(cx, event).await?;
        }
        Ok(())
    }

    async fn ages(&self, cx: &Cx) -> Result<Vec<Overview>> {
        let mut seen: HashMap<RoomClass, (u64, Option<StreamPos>, Duration)> = HashMap::new();
        let mut after = Some(RoomNid(0));
        while let Some(from) = after {
            let this = self.clone();
            let (page, next) = self.inner.db.read(cx, move |tx| this.oldest_in(tx, from)).await?;
            for (class, oldest, period) in page {
                let (rooms, known, longest) = seen.entry(class).or_default();
                *rooms += 1;
                *known = [*known, oldest].into_iter().flatten().min();
                *longest = (*longest).max(period);
            }
            after = next;
        }
        let mut rows = Vec::new();
        for class in RoomClass::ALL {
            let (rooms, oldest, longest) = seen.get(&class).copied().unwrap_or_default();
            let oldest = match oldest {
                Some(pos) => {
                    let mark = move |tx: &mut Tx<'_>| stream_mark::mark_after(tx, pos);
                    self.inner.db.read(cx, mark).await?.map(|mark| mark.at)
                }
                None => None,
            };
            let period = self.inner.policy.now().retention.of(class);
            let due = oldest.map(|at| at.plus(period.max(longest) + GRACE));
            let overdue = due.filter(|due| *due < cx.now);
            let overdue = overdue.map(|due| Overdue { by: cx.now.since(due) });
            rows.push(Overview { class, period, rooms, oldest, overdue });
        }
        Ok(rows)
    }

    /// The oldest message of each room of one page, and how long the room keeps it.
    #[expect(clippy::type_complexity, reason = "a page of rows and where the next begins")]
    fn oldest_in(
        &self,
        tx: &mut Tx<'_>,
        after: RoomNid,
    ) -> Result<(Vec<(RoomClass, Option<StreamPos>, Duration)>, Option<RoomNid>)> {
        let rooms = expiry::list_aging_rooms(tx, after, ROOMS)?;
        let full = rooms.len() == usize::from(ROOMS);
        let next = rooms.last().map(|room| room.nid).filter(|_| full);
        let mut rows = Vec::with_capacity(rooms.len());
        for room in rooms {
            let swept = self.inner.swept.lock().get(&room.nid).copied().unwrap_or_default();
            let first = expiry::list_messages(tx, room.nid, (swept.upto, StreamPos::MAX), 1)?;
            let oldest = first.first().map(|row| row.pos);
            rows.push((room.class, oldest, self.period(room.class, room.retention_ms)));
        }
        Ok((rows, next))
    }
}
