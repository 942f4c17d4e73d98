//! Takes away again, in a restored instance, what people had deleted after the backup. law: R-233

use std::collections::HashSet;
use std::sync::Arc;

use kontor_core::{Cx, Error, Result, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_ledger::Kind;
use kontor_store::{event, expiry, media};
use ruma::{OwnedEventId, OwnedRoomId};

use crate::held::keep_held;
use crate::{Event, Room, Rooms};

/// Rooms looked at in one read.
const ROOMS: u16 = 200;
/// Events looked at in one read.
const EVENTS: u16 = 2_000;

impl Rooms {
    /// Empties every event whose tombstone is among `subjects`, and lets its files go. The redactions
    /// themselves are lost with what came after the backup. Answers how many events there were.
    pub async fn redact_again(&self, cx: &Cx, subjects: HashSet<String>) -> Result<u64> {
        let (subjects, mut count, mut after) = (Arc::new(subjects), 0, Some(RoomNid(0)));
        while let Some(from) = after.filter(|_| !subjects.is_empty()) {
            let list = move |tx: &mut Tx<'_>| expiry::list_aging_rooms(tx, from, ROOMS);
            let rooms = self.db.read(cx, list).await?;
            let full = rooms.len() == usize::from(ROOMS);
            after = rooms.last().map(|room| room.nid).filter(|_| full);
            for room in rooms {
                let room_id = OwnedRoomId::try_from(room.room_id).map_err(Error::internal)?;
                count += self.redact_in(cx, &self.room(cx, &room_id).await?, &subjects).await?;
            }
        }
        Ok(count)
    }

    async fn redact_in(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        subjects: &Arc<HashSet<String>>,
    ) -> Result<u64> {
        let (nid, mut count, mut after) = (room.nid, 0, Some(StreamPos::ZERO));
        while let Some(from) = after {
            let list = move |tx: &mut Tx<'_>| event::list_event_ids(tx, nid, from, EVENTS);
            let ids = self.db.read(cx, list).await?;
            let full = ids.len() == usize::from(EVENTS);
            after = ids.last().map(|(pos, _)| *pos).filter(|_| full);
            let found = ids.into_iter().map(|(_, id)| id);
            let found =
                found.filter(|id| subjects.contains(&self.ledger.tombstone(Kind::Event, id)));
            let found = found.map(|id| OwnedEventId::try_from(id).map_err(Error::internal));
            let found = found.collect::<Result<Vec<_>>>()?;
            if found.is_empty() {
                continue;
            }
            count += found.len() as u64;
            let (room, now) = (Arc::clone(room), cx.now);
            self.db.write(cx, move |tx| empty(tx, &room, &found, now)).await?;
        }
        Ok(count)
    }
}

/// Takes the content of events away; the events stay where they are.
fn empty(tx: &mut Tx<'_>, room: &Room, ids: &[OwnedEventId], now: Timestamp) -> Result<()> {
    let ids: Vec<_> = ids.iter().map(|id| &**id).collect();
    for row in event::list_events_by_id(tx, room.nid, &ids)? {
        let (json, pos) = (row.json.clone(), row.pos);
        let target = Event::from_row(row, &room.rules, &room.room_id, None)?;
        let empty = kontor_protocol::redact(&json, &target.pdu, &room.rules)?;
        let held = keep_held(tx, room.place(), &[pos], now)?;
        if !held.blobs.is_empty() {
            for file in expiry::list_files(tx, room.nid, &[pos])? {
                media::take_media(tx, &file.media_id)?;
            }
        }
        let id = &target.pdu.event_id;
        event::redact_event(tx, (room.nid, pos), &empty.json, id)?;
        media::expire_attached(tx, (room.nid, pos), now)?;
    }
    Ok(())
}
