//! Deletes what is due, batch by batch, with pauses that leave the database to the people.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use kontor_core::{Cx, Error, Result, RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_policy::ClassRules;
use kontor_rooms::Due;
use kontor_store::deletion_run::{self, Removed};
use kontor_store::expiry::{self, AgingRoom};
use kontor_store::stream_mark;
use ruma::OwnedRoomId;

use crate::Deletion;
use crate::service::{FILES, run_key};

/// Rooms looked at in one read.
const ROOMS: u16 = 200;

/// After each batch the database belongs to the people for this many times as long.
const REST: u32 = 3;
/// Longest rest after one batch.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// What is promised to be gone after a day must be gone by then, also if the last look was a while
/// ago.
const EPHEMERAL_MARGIN: Duration = Duration::from_mins(30);

/// Up to where a room has been looked through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Swept {
    /// Events up to here.
    pub(crate) upto: StreamPos,
    /// Saved keys from before this time; it goes on also where nothing is written.
    keys_before: Timestamp,
}

impl From<&Due> for Swept {
    fn from(due: &Due) -> Self {
        Self { upto: due.upto, keys_before: due.keys_before }
    }
}

impl Deletion {
    /// Deletes everything that is due now; takes as long as it takes. Being stopped in between loses
    /// nothing: each batch is whole, and the rest is due the next time.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it.
    pub async fn sweep(&self, cx: &Cx) -> Result<Removed> {
        let mut removed = self.sweep_rooms(cx).await?;
        self.purge_contents(cx).await?;
        removed.add(&self.sweep_files(cx).await?);
        removed.add(&self.sweep_abandoned(cx).await?);
        self.sweep_records(cx).await?;
        Ok(removed)
    }

    async fn sweep_rooms(&self, cx: &Cx) -> Result<Removed> {
        let (mut removed, mut after) = (Removed::default(), Some(RoomNid(0)));
        let mut recorded = HashSet::new();
        while let Some(from) = after {
            let (mut due, next) = self.due_rooms(cx, from).await?;
            due.sort_by_key(|due| due.class);
            for of_class in due.chunk_by(|one, other| one.class == other.class) {
                let Some(class) = of_class.first().map(|due| due.class) else { continue };
                let is_first = recorded.insert(class);
                let class = (class, is_first);
                removed.add(&self.sweep_class(cx, class, of_class.to_vec()).await?);
            }
            after = next;
        }
        Ok(removed)
    }

    /// The rooms behind `after` in which something is due, of one page; and where the next begins.
    async fn due_rooms(&self, cx: &Cx, after: RoomNid) -> Result<(Vec<Due>, Option<RoomNid>)> {
        let (this, now) = (self.clone(), cx.now);
        let look = move |tx: &mut Tx<'_>| {
            let rooms = expiry::list_aging_rooms(tx, after, ROOMS)?;
            let full = rooms.len() == usize::from(ROOMS);
            let next = rooms.last().map(|room| room.nid).filter(|_| full);
            let (mut found, mut marks) = (Vec::new(), HashMap::new());
            for room in rooms {
                let cutoff = cutoff(now, this.period(room.class, room.retention_ms));
                let mark = match marks.entry(cutoff) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(unknown) => {
                        *unknown.insert(stream_mark::mark_before(tx, cutoff)?)
                    }
                };
                let Some(mark) = mark else { continue };
                found.extend(this.due_in(tx, room, (cutoff, mark.pos))?);
            }
            Ok((found, next))
        };
        self.inner.db.read(cx, look).await
    }

    /// What is due in a room, if anything is: it was there at `cutoff`, up to that position.
    fn due_in(
        &self,
        tx: &mut Tx<'_>,
        room: AgingRoom,
        (cutoff, upto): (Timestamp, StreamPos),
    ) -> Result<Option<Due>> {
        let keys_before = keys_before(cutoff);
        let swept = self.inner.swept.lock().get(&room.nid).copied();
        if swept.is_some_and(|swept| swept.upto >= upto && swept.keys_before >= keys_before) {
            return Ok(None);
        }
        let after = swept.map(|swept| swept.upto).unwrap_or_default();
        let messages = !expiry::list_messages(tx, room.nid, (after, upto), 1)?.is_empty();
        let states = !expiry::list_replaced_states(tx, room.nid, upto, 1)?.is_empty();
        let keys = expiry::has_backed_up_keys(tx, &room.room_id, keys_before)?;
        if !(messages || states || keys) {
            self.inner.swept.lock().insert(room.nid, Swept { upto, keys_before });
            return Ok(None);
        }
        let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
        let (nid, class) = (room.nid, room.class);
        Ok(Some(Due { nid, room_id, class, after, upto, cutoff, keys_before }))
    }

    /// How long messages of a room are kept, less a margin where a time is promised to the hour.
    pub(crate) fn period(&self, class: RoomClass, own_ms: Option<i64>) -> Duration {
        let period = self.inner.rooms.retention_of(class, own_ms);
        match class {
            RoomClass::Ephemeral => period.saturating_sub(EPHEMERAL_MARGIN),
            _ => period,
        }
    }

    /// Rooms of one class, several in one write where little is due in each. With `is_first`, the rule
    /// goes into the erasure ledger: once per sweep and class.
    async fn sweep_class(
        &self,
        cx: &Cx,
        (class, mut is_first): (RoomClass, bool),
        mut rooms: Vec<Due>,
    ) -> Result<Removed> {
        let mut removed = Removed::default();
        let rule = run_key(class);
        let general = self.period(class, None);
        let period = i64::try_from(general.as_millis()).unwrap_or(i64::MAX);
        let (now, mut left) = (cx.now, &mut *rooms);
        let terms = (period, cutoff(now, general));
        while !left.is_empty() {
            let began = Instant::now();
            let ledger = std::mem::take(&mut is_first).then(|| self.inner.ledger.clone());
            let note = Box::new(move |tx: &mut Tx<'_>, step: &Removed| {
                if let Some(ledger) = ledger {
                    // Exact: done again, it must reach what a room with a period of its own has lost.
                    ledger.record_rule(tx, rule, now, (period, now.minus(general)))?;
                }
                let run = deletion_run::open_run(tx, rule, now, terms)?;
                deletion_run::add_to_run(tx, run, step, 0, terms)
            });
            let size = self.inner.pace.size();
            let step = self.inner.rooms.expire(cx, (left, size), note).await?;
            self.remove_blobs(&step.blobs).await;
            removed.add(&step.removed);
            let (done, rest) = step.split(left);
            self.inner.swept.lock().extend(done.iter().map(|due| (due.nid, due.into())));
            left = rest;
            if !left.is_empty() {
                self.inner.pace.learn(size, step.took);
                tokio::time::sleep((began.elapsed() * REST).min(LONGEST_REST)).await;
            }
        }
        Ok(removed)
    }

    /// Files of deleted messages, and those that belong to none and whose time is over.
    async fn sweep_files(&self, cx: &Cx) -> Result<Removed> {
        let mut removed = Removed::default();
        let (files, bytes) = self.inner.media.delete_expired(cx).await?;
        count_files(&mut removed, files, bytes);
        let longest = self.longest_period();
        let cutoff = cx.now.minus(longest);
        loop {
            let (files, bytes, more) = self.inner.media.delete_unattached(cx, cutoff).await?;
            count_files(&mut removed, files, bytes);
            if !more {
                break;
            }
        }
        if !removed.is_nothing() {
            let now = cx.now;
            let terms = (i64::try_from(longest.as_millis()).unwrap_or(i64::MAX), cutoff);
            let ledger = self.inner.ledger.clone();
            let count = move |tx: &mut Tx<'_>| {
                ledger.record_rule(tx, FILES, now, terms)?;
                let run = deletion_run::open_run(tx, FILES, now, terms)?;
                deletion_run::add_to_run(tx, run, &removed, 0, terms)
            };
            self.inner.db.write(cx, count).await?;
        }
        Ok(removed)
    }

    /// The longest time any room may keep a message.
    pub(crate) fn longest_period(&self) -> Duration {
        let policy = self.inner.policy.now();
        let own = |class: RoomClass| match class {
            RoomClass::Private | RoomClass::Confidential => {
                let days = ClassRules::of(class).retention.max_days;
                Duration::from_hours(24 * u64::from(days))
            }
            _ => policy.retention.of(class),
        };
        RoomClass::ALL.into_iter().map(own).max().unwrap_or_default()
    }
}

/// What was written before this time is due, if it is kept for `period`.
///
/// Messages of almost a day go together, at its end: the more of a room there are, the less each costs. Kept
/// for less than a month they go hour by hour, for less than a week at once. Never early, and not
/// later than a day, with the time it takes (law: R-111).
pub(crate) fn cutoff(now: Timestamp, period: Duration) -> Timestamp {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let grain = match period.as_secs() / 86_400 {
        0..7 => 1,
        7..30 => HOUR_MS,
        _ => 23 * HOUR_MS,
    };
    let exact = now.minus(period).0;
    Timestamp(exact - exact.rem_euclid(grain))
}

/// Keys are still needed for messages that were sent within a week after they were saved, because
/// programs use a key that long (spec: `rotation_period_ms`).
pub(crate) fn keys_before(cutoff: Timestamp) -> Timestamp {
    cutoff.minus(Duration::from_hours(24 * 8))
}

fn count_files(removed: &mut Removed, files: u64, bytes: u64) {
    let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    removed.files += number(files);
    removed.file_bytes += number(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn what_is_due_goes_never_early_and_within_a_day() {
        let begun = Timestamp(1_767_225_600_000);
        for (days, latest) in
            [(1, Duration::ZERO), (7, DAY / 24), (29, DAY / 24), (30, DAY), (180, DAY)]
        {
            let mut cutoffs = HashSet::new();
            for minutes in 0..3 * 24 * 60 {
                let now = begun.plus(Duration::from_mins(minutes));
                let exact = now.minus(DAY * days);
                let cutoff = cutoff(now, DAY * days);
                assert!(cutoff <= exact && exact.since(cutoff) <= latest, "{days} days, {minutes}");
                cutoffs.insert(cutoff);
            }
            assert_eq!(cutoffs.len() < 6, latest == DAY, "{days} days: {}", cutoffs.len());
        }
    }
}
