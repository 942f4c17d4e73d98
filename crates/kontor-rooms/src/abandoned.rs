//! Removes rooms that nobody is in any more. law: R-116

use std::sync::Arc;

use kontor_core::{Cx, Result, RoomNid, StreamPos};
use kontor_db::Tx;
use kontor_store::deletion_run::Removed;
use kontor_store::{abandoned_room, event, expiry, hold, media};
use ruma::RoomId;

use crate::Rooms;

/// What else is written together with a batch: what has gone, and whether the room itself has.
pub type RoomNote = Box<dyn FnOnce(&mut Tx<'_>, &Removed, bool) -> Result<()> + Send>;

/// What a batch has removed.
#[derive(Clone, Debug, Default)]
pub struct Emptied {
    /// Numbers.
    pub removed: Removed,
    /// Blobs that nothing refers to any more; the caller deletes them.
    pub blobs: Vec<String>,
    /// There may be more.
    pub more: bool,
}

/// Events removed in one write.
const BATCH: u32 = 200;

impl Rooms {
    /// Removes one batch of a room that nobody is in, the room itself with the last; nothing if
    /// somebody has come back, or while a hold is on anything (what it keeps needs its room).
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; then nothing has gone.
    pub async fn remove_abandoned(
        &self,
        cx: &Cx,
        (nid, room_id): (RoomNid, &RoomId),
        note: RoomNote,
    ) -> Result<Emptied> {
        self.remove_batch(cx, (nid, room_id), (false, note)).await
    }

    /// Removes one batch of a room that is removed again in a restored instance, whoever is in it
    /// there.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; then nothing has gone.
    pub async fn remove_again(&self, cx: &Cx, room: (RoomNid, &RoomId)) -> Result<Emptied> {
        self.remove_batch(cx, room, (true, Box::new(|_, _, _| Ok(())))).await
    }

    async fn remove_batch(
        &self,
        cx: &Cx,
        (nid, room_id): (RoomNid, &RoomId),
        (again, note): (bool, RoomNote),
    ) -> Result<Emptied> {
        let (registry, room_id, now) = (Arc::clone(&self.registry), room_id.to_owned(), cx.now);
        let remove = move |tx: &mut Tx<'_>| {
            let goes = again || abandoned_room::is_abandoned(tx, nid)?;
            if !goes || !hold::list_active_holds(tx, now)?.is_empty() {
                return Ok(Emptied::default());
            }
            let positions = abandoned_room::list_positions(tx, nid, BATCH)?;
            let more = u32::try_from(positions.len()).is_ok_and(|found| found >= BATCH);
            let (mut removed, blobs) = remove_events(tx, nid, &positions)?;
            if !more {
                let keys = expiry::delete_backed_up_keys(tx, room_id.as_str(), now)?;
                removed.keys += i64::try_from(keys).unwrap_or(i64::MAX);
                abandoned_room::delete_room(tx, nid)?;
                removed.objects += 1;
            }
            note(tx, &removed, !more)?;
            tx.after_commit(move || registry.room_gone(&room_id));
            Ok(Emptied { removed, blobs, more })
        };
        self.db.write(cx, remove).await
    }
}

fn remove_events(
    tx: &mut Tx<'_>,
    nid: RoomNid,
    positions: &[StreamPos],
) -> Result<(Removed, Vec<String>)> {
    let (mut removed, mut blobs) = (Removed::default(), Vec::new());
    for file in expiry::list_files(tx, nid, positions)? {
        blobs.extend(media::take_media(tx, &file.media_id)?);
        removed.files += 1;
        removed.file_bytes += file.size_bytes;
    }
    let events = event::delete_events(tx, nid, positions)?;
    removed.objects += i64::try_from(events).unwrap_or(i64::MAX);
    Ok((removed, blobs))
}
