//! Messages of ephemeral rooms go as soon as every device has them; devices forget them a day after
//! they were written. law: R-114

use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Cx, Error, Result, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_store::deletion_run::Removed;
use kontor_store::delivered::{self, DeliveredRow};
use kontor_store::expiry::{self, NoticeRow};
use kontor_store::{event, media};
use ruma::OwnedRoomId;
use serde::Deserialize;

use crate::room::Notice;
use crate::{BATCH, Note, Room, Rooms};

/// Files can be fetched, and messages read on the devices, so long after they were written.
const A_DAY: Duration = Duration::from_hours(24);

/// Of an event, what is asked for here.
#[derive(Deserialize)]
struct Written {
    origin_server_ts: i64,
}

impl Rooms {
    /// Removes one batch of messages that every device in an ephemeral room has; answers whether there
    /// may be more. Their files stay for the rest of their day.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; then nothing has gone.
    pub async fn remove_delivered(
        &self,
        cx: &Cx,
        (nid, room_id): (RoomNid, &OwnedRoomId),
        note: Note,
    ) -> Result<bool> {
        let read = move |tx: &mut Tx<'_>| delivered::list_devices_in(tx, nid);
        let devices = self.db.read(cx, read).await?;
        let everybody = self.feed.deliveries().of_all(&devices, room_id);
        let Some((after, upto)) = everybody else { return Ok(false) };
        let room = self.room(cx, room_id).await?;
        let now = cx.now;
        let remove = move |tx: &mut Tx<'_>| {
            let messages = expiry::list_messages(tx, nid, (after, upto), BATCH)?;
            let Some(last) = messages.last() else { return Ok(false) };
            let more = u32::try_from(messages.len()).is_ok_and(|found| found >= BATCH);
            let reached = last.pos;
            let positions: Vec<StreamPos> = messages.iter().map(|row| row.pos).collect();
            let written = remember(tx, &room, &positions)?;
            for row in &written {
                media::expire_attached(tx, (nid, row.pos), row.written.plus(A_DAY))?;
            }
            let times: Vec<Timestamp> = written.iter().map(|row| row.written).collect();
            delivered::count_residence(tx, now, &times)?;
            let gone = event::delete_events(tx, nid, &positions)?;
            let objects = i64::try_from(gone).unwrap_or(i64::MAX);
            note(tx, &Removed { objects, ..Removed::default() })?;
            tx.after_commit(move || {
                room.update_live(|live| live.take_out(after, reached));
            });
            Ok(more)
        };
        self.db.write(cx, remove).await
    }

    /// Tells devices to forget one batch of delivered messages that were written before `time`; answers
    /// whether there may be more.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it.
    pub async fn tell_delivered(&self, cx: &Cx, time: Timestamp) -> Result<bool> {
        let read = move |tx: &mut Tx<'_>| delivered::list_delivered_before(tx, time, BATCH);
        let rows = self.db.read(cx, read).await?;
        let more = u32::try_from(rows.len()).is_ok_and(|found| found >= BATCH);
        let mut rows: Vec<DeliveredRow> = rows;
        rows.sort_by_key(|row| row.room);
        for of_room in rows.chunk_by(|one, other| one.room == other.room) {
            self.tell_of_room(cx, of_room.to_vec()).await?;
        }
        Ok(more)
    }

    async fn tell_of_room(&self, cx: &Cx, rows: Vec<DeliveredRow>) -> Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let nid = first.room;
        let read = move |tx: &mut Tx<'_>| kontor_store::room::find_room_by_nid(tx, nid);
        let Some(found) = self.db.read(cx, read).await? else {
            let forget =
                move |tx: &mut Tx<'_>| delivered::delete_delivered(tx, nid, &places(&rows));
            return self.db.write(cx, forget).await.map(drop);
        };
        let room_id = OwnedRoomId::try_from(found.room_id).map_err(Error::internal)?;
        let room = self.room(cx, &room_id).await?;
        let (now, feed) = (cx.now, self.feed.clone());
        let tell = move |tx: &mut Tx<'_>| {
            delivered::delete_delivered(tx, nid, &places(&rows))?;
            let event_ids: Vec<String> = rows.into_iter().map(|row| row.event_id).collect();
            let notice = NoticeRow { pos: tx.next_pos(), expired: now, event_ids };
            expiry::insert_notice(tx, nid, &notice)?;
            let ids = notice.event_ids.into_iter();
            let ids = ids.map(|id| id.try_into().map_err(Error::internal));
            let event_ids = ids.collect::<Result<_>>()?;
            let notice = Arc::new(Notice { pos: notice.pos, expired: now, event_ids });
            let shown = Arc::clone(&room);
            tx.after_commit(move || {
                shown.update_live(|live| live.purge(StreamPos::ZERO, Some(notice)));
            });
            tx.after_visible(move || feed.wake(room.live().joined.iter().map(|user| &**user)));
            Ok(())
        };
        self.db.write(cx, tell).await
    }
}

fn places(rows: &[DeliveredRow]) -> Vec<StreamPos> {
    rows.iter().map(|row| row.pos).collect()
}

/// Remembers that the events at `positions` go, and when they were written.
fn remember(tx: &mut Tx<'_>, room: &Room, positions: &[StreamPos]) -> Result<Vec<DeliveredRow>> {
    let mut rows = Vec::with_capacity(positions.len());
    for stored in event::list_events_at(tx, room.nid, positions)? {
        let Written { origin_server_ts } =
            serde_json::from_slice(&stored.json).map_err(Error::internal)?;
        let row = DeliveredRow {
            room: room.nid,
            pos: stored.pos,
            event_id: stored.event_id,
            written: Timestamp(origin_server_ts),
        };
        delivered::insert_delivered(tx, &row)?;
        rows.push(row);
    }
    Ok(rows)
}

/// Counts how long messages of an ephemeral room stayed whose day is over.
pub(crate) fn count_residence(
    tx: &mut Tx<'_>,
    room: RoomNid,
    positions: &[StreamPos],
    now: Timestamp,
) -> Result<()> {
    let mut times = Vec::with_capacity(positions.len());
    for stored in event::list_events_at(tx, room, positions)? {
        let Written { origin_server_ts } =
            serde_json::from_slice(&stored.json).map_err(Error::internal)?;
        times.push(Timestamp(origin_server_ts));
    }
    delivered::count_residence(tx, now, &times)
}
