//! Does again, in a restored instance, what was deleted after the backup. law: R-233

use std::time::Duration;

use kontor_core::{Cx, Error, Result, RoomClass, RoomNid, Timestamp};
use kontor_db::Tx;
use kontor_ledger::{Entry, Kind};
use kontor_rooms::{BATCH, Due};
use kontor_store::{expiry, stream_mark};
use ruma::{OwnedRoomId, RoomId};

use crate::Deletion;
use crate::dry_run::chosen;
use crate::service::{FILES, run_key};
use crate::sweep::keys_before;

/// Rooms looked at in one read.
const ROOMS: u16 = 200;

impl Deletion {
    /// Does again what an entry of the erasure ledger says, in a restored instance before it opens.
    /// What is not there is fine. Answers how many objects went.
    ///
    /// # Errors
    /// `Unavailable` if this Kontor cannot do it: then the instance must not open.
    pub async fn replay(&self, cx: &Cx, entry: &Entry) -> Result<u64> {
        match entry.kind {
            Kind::Rule => self.replay_rule(cx, entry).await,
            // All at once, before: [`Self::begin_replay`].
            Kind::Event | Kind::Hold | Kind::Release => Ok(0),
            Kind::Person => self.replay_person(cx, entry).await,
            Kind::Room => self.replay_room(cx, entry).await,
        }
    }

    /// Places or releases the holds of a part of the ledger, then empties again every event that people
    /// had deleted; to be called before the part is replayed entry by entry. Within a part nothing
    /// changes what is held but its first entry. Answers how many events there were.
    pub async fn begin_replay(&self, cx: &Cx, entries: &[Entry]) -> Result<u64> {
        for entry in entries {
            match entry.kind {
                Kind::Hold => self.replay_hold(cx, entry).await?,
                Kind::Release => self.replay_release(cx, entry).await?,
                _ => {}
            }
        }
        let events = entries.iter().filter(|entry| entry.kind == Kind::Event);
        let subjects = events.map(|entry| entry.subject.clone()).collect();
        self.inner.rooms.redact_again(cx, subjects).await
    }

    async fn replay_rule(&self, cx: &Cx, entry: &Entry) -> Result<u64> {
        let period = entry.period_ms.and_then(|ms| u64::try_from(ms).ok());
        let (Some(cutoff), Some(period)) = (entry.cutoff, period.map(Duration::from_millis)) else {
            return Err(unknown(entry));
        };
        if entry.subject == FILES {
            return self.replay_files(cx, cutoff).await;
        }
        let class = RoomClass::ALL.into_iter().find(|class| run_key(*class) == entry.subject);
        let class = class.ok_or_else(|| unknown(entry))?;
        // What was written between the last mark and the backup is as old as the backup.
        self.note_time(cx).await?;
        let (mut removed, mut after) = (0, Some(RoomNid(0)));
        while let Some(from) = after {
            let look = move |tx: &mut Tx<'_>| due_page(tx, from, class, (period, cutoff));
            let (due, next) = self.inner.db.read(cx, look).await?;
            removed += self.expire_all(cx, due).await?;
            after = next;
        }
        Ok(removed)
    }

    /// Removes a room again that had gone because nobody was in it any more.
    async fn replay_room(&self, cx: &Cx, entry: &Entry) -> Result<u64> {
        let (mut removed, mut after) = (0, RoomNid(0));
        loop {
            let from = after;
            let list = move |tx: &mut Tx<'_>| expiry::list_aging_rooms(tx, from, ROOMS);
            let rooms = self.inner.db.read(cx, list).await?;
            let Some(last) = rooms.last() else { return Ok(removed) };
            after = last.nid;
            for room in rooms {
                let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
                let tombstone = self.inner.ledger.tombstone(Kind::Room, room_id.as_str());
                if tombstone == entry.subject {
                    removed += self.remove_room_again(cx, (room.nid, &room_id)).await?;
                }
            }
        }
    }

    async fn remove_room_again(&self, cx: &Cx, room: (RoomNid, &RoomId)) -> Result<u64> {
        let mut removed = 0;
        loop {
            let step = self.inner.rooms.remove_again(cx, room).await?;
            self.inner.media.delete_blobs(&step.blobs).await?;
            removed += u64::try_from(step.removed.objects).unwrap_or_default();
            if !step.more {
                return Ok(removed);
            }
        }
    }

    async fn expire_all(&self, cx: &Cx, mut due: Vec<Due>) -> Result<u64> {
        let (mut removed, mut left) = (0, &mut *due);
        while !left.is_empty() {
            let step = self.inner.rooms.expire(cx, (left, BATCH), Box::new(|_, _| Ok(()))).await?;
            self.inner.media.delete_blobs(&step.blobs).await?;
            removed += u64::try_from(step.removed.objects).unwrap_or_default();
            left = step.split(left).1;
        }
        Ok(removed)
    }

    async fn replay_files(&self, cx: &Cx, cutoff: Timestamp) -> Result<u64> {
        let (mut removed, mut more) = (0, true);
        while more {
            let (files, _, left) = self.inner.media.delete_unattached(cx, cutoff).await?;
            removed += files;
            more = left;
        }
        Ok(removed)
    }
}

/// What the rule has removed in rooms of its class, of one page of rooms; and where the next begins.
fn due_page(
    tx: &mut Tx<'_>,
    after: RoomNid,
    class: RoomClass,
    (period, cutoff): (Duration, Timestamp),
) -> Result<(Vec<Due>, Option<RoomNid>)> {
    let rooms = expiry::list_aging_rooms(tx, after, ROOMS)?;
    let full = rooms.len() == usize::from(ROOMS);
    let next = rooms.last().map(|room| room.nid).filter(|_| full);
    let mut found = Vec::new();
    for room in rooms.into_iter().filter(|room| room.class == class) {
        // The cutoff is that of rooms without a period of their own, at the time of the run.
        let own = chosen(class, period, room.retention_ms);
        let cutoff = cutoff.plus(period).minus(own);
        let Some(mark) = stream_mark::mark_before(tx, cutoff)? else { continue };
        let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
        let (nid, upto, keys_before) = (room.nid, mark.pos, keys_before(cutoff));
        let after = kontor_core::StreamPos::ZERO;
        found.push(Due { nid, room_id, class, after, upto, cutoff, keys_before });
    }
    Ok((found, next))
}

fn unknown(entry: &Entry) -> Error {
    Error::unavailable(format!(
        "Entry {} of the erasure ledger ({} {}) cannot be done again by this Kontor. Use the version \
         that wrote it.",
        entry.seq,
        entry.kind.as_str(),
        entry.subject
    ))
}
