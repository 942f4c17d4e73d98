//! Records with periods of their own, and rooms that nobody is in. law

use std::time::Duration;

use kontor_audit::Class;
use kontor_core::{Cx, Error, Result, RoomNid, Timestamp};
use kontor_db::Tx;
use kontor_store::abandoned_room::{self, AbandonedRoom};
use kontor_store::deletion_run::{self, Removed};
use kontor_store::year_end::YearEnd;
use kontor_store::{delivered, erasure, expiry, hold, report, stream_mark};
use ruma::OwnedRoomId;

use crate::Deletion;
use crate::ephemeral::measured_since;
use crate::rules::{RULES, Rule};

/// Longer than notices are kept, devices are not told one by one.
const NOTICES_KEPT: Duration = Duration::from_hours(24 * 90);
const MONTH: Duration = Duration::from_hours(24 * 31);
/// A room goes so long after the last one left. law: R-116
const ABANDONED: Duration = Duration::from_hours(24 * 7);
/// Key of the runs that remove rooms.
pub(crate) const ROOMS_KEY: &str = "rooms";
/// Abandoned rooms looked at in one read.
const ROOMS: u16 = 100;

impl Deletion {
    /// Small tables with periods of their own.
    pub(crate) async fn sweep_records(&self, cx: &Cx) -> Result<()> {
        let now = cx.now;
        let reports = RULES.iter().find(|rule| rule.key == "reports");
        let reports = reports.and_then(Rule::fixed);
        let marks = now.minus(self.longest_period() + MONTH);
        let clear = move |tx: &mut Tx<'_>| {
            if let Some(period) = reports {
                report::delete_reports_before(tx, now.minus(period))?;
            }
            expiry::delete_notices_before(tx, now.minus(NOTICES_KEPT))?;
            let cutoff = Class::C.cutoff(now);
            deletion_run::delete_runs_before(tx, cutoff)?;
            erasure::delete_erasures_before(tx, cutoff)?;
            hold::delete_holds_before(tx, cutoff)?;
            delivered::delete_residence_before(tx, measured_since(now))?;
            stream_mark::delete_marks_before(tx, marks).map(drop)
        };
        self.inner.db.write(cx, clear).await?;
        self.sweep_year_ends(cx).await
    }

    /// What is kept to the end of the third year; each kind is a run of its own.
    async fn sweep_year_ends(&self, cx: &Cx) -> Result<()> {
        let (now, cutoff) = (cx.now, Class::C.cutoff(cx.now));
        let period = i64::try_from(now.since(cutoff).as_millis()).unwrap_or(i64::MAX);
        let terms = (period, cutoff);
        for kind in YearEnd::ALL {
            let remove = move |tx: &mut Tx<'_>| {
                let rows = kind.delete_before(tx, cutoff)?;
                if rows == 0 {
                    return Ok(());
                }
                let objects = i64::try_from(rows).unwrap_or(i64::MAX);
                let removed = Removed { objects, ..Removed::default() };
                let run = deletion_run::open_run(tx, kind.key(), now, terms)?;
                deletion_run::add_to_run(tx, run, &removed, 0, terms)
            };
            self.inner.db.write(cx, remove).await?;
        }
        Ok(())
    }

    /// Removes rooms that nobody has been in for a week.
    pub(crate) async fn sweep_abandoned(&self, cx: &Cx) -> Result<Removed> {
        let mut removed = Removed::default();
        let cutoff = cx.now.minus(ABANDONED);
        for room in self.abandoned(cx, cutoff).await? {
            removed.add(&self.remove_room(cx, room, cutoff).await?);
        }
        Ok(removed)
    }

    /// How many rooms nobody has been in since a time.
    pub(crate) async fn count_abandoned(&self, cx: &Cx, since: Timestamp) -> Result<u64> {
        let rooms = self.abandoned(cx, since).await?;
        Ok(u64::try_from(rooms.len()).unwrap_or(u64::MAX))
    }

    async fn abandoned(&self, cx: &Cx, since: Timestamp) -> Result<Vec<AbandonedRoom>> {
        let (mut found, mut after) = (Vec::new(), RoomNid(0));
        loop {
            let from = after;
            let look = move |tx: &mut Tx<'_>| {
                let rooms = abandoned_room::list_abandoned_rooms(tx, from, ROOMS)?;
                let last = rooms.last().map(|room| room.nid);
                let mark = stream_mark::mark_before(tx, since)?;
                let is_old = |room: &AbandonedRoom| mark.is_some_and(|it| room.last_pos <= it.pos);
                Ok((last, rooms.into_iter().filter(is_old).collect::<Vec<_>>()))
            };
            let (last, rooms) = self.inner.db.read(cx, look).await?;
            found.extend(rooms);
            let Some(last) = last else { return Ok(found) };
            after = last;
        }
    }

    async fn remove_room(
        &self,
        cx: &Cx,
        room: AbandonedRoom,
        cutoff: Timestamp,
    ) -> Result<Removed> {
        let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
        let period = i64::try_from(ABANDONED.as_millis()).unwrap_or(i64::MAX);
        let (now, terms) = (cx.now, (period, cutoff));
        let mut removed = Removed::default();
        loop {
            let (ledger, id) = (self.inner.ledger.clone(), room_id.clone());
            let note = Box::new(move |tx: &mut Tx<'_>, step: &Removed, is_last: bool| {
                if is_last {
                    ledger.record_room(tx, &id, now)?;
                }
                let run = deletion_run::open_run(tx, ROOMS_KEY, now, terms)?;
                deletion_run::add_to_run(tx, run, step, 0, terms)
            });
            let step = self.inner.rooms.remove_abandoned(cx, (room.nid, &room_id), note).await?;
            self.remove_blobs(&step.blobs).await;
            removed.add(&step.removed);
            if !step.more {
                self.inner.swept.lock().remove(&room.nid);
                return Ok(removed);
            }
        }
    }
}
