//! Takes a person out of rooms: what the room is built on stays in its order, what says who they were
//! goes. law: R-128, §5 T-06, T-08

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_protocol::{Pdu, RoomRules, without_person, without_reason};
use kontor_store::erasure::ErasureCounts;
use kontor_store::expiry::{self, NoticeRow};
use kontor_store::room_person::{self, OwnerRow};
use kontor_store::{event, media};
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId};
use serde_json::json;
use serde_json::value::to_raw_value;

use crate::append::NewEvent;
use crate::held::keep_held;
use crate::{Room, Rooms};

/// What stands for the name of whoever was erased (law: T-06).
pub const ERASED_NAME: &str = "Gelöschtes Konto";

/// Events looked at in one read.
const SCAN: u32 = 2_000;
/// Events changed in one write.
const BATCH: usize = 200;
/// Rooms in one answer.
const ROOMS: u16 = 100;
const MEMBER: &str = "m.room.member";
const REDACTION: &str = "m.room.redaction";

/// Counts what a step has changed, in the same write.
pub type ErasureNote = Arc<dyn Fn(&mut Tx<'_>, &ErasureCounts) -> Result<()> + Send + Sync>;

/// Who is taken out, and how.
#[derive(Clone)]
pub struct Departed {
    /// The person.
    pub user: OwnedUserId,
    /// Whether their messages go too.
    pub with_messages: bool,
    /// Counts what goes.
    pub note: ErasureNote,
}

/// What becomes of an event of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It goes.
    Goes,
    /// It stays as a redaction leaves it; a membership shows [`ERASED_NAME`].
    Bare,
    /// The person's words about others go.
    Wordless,
    /// Nobody knows any more which device sent it.
    Deviceless,
}

impl Rooms {
    /// Rooms behind number `after` that a person is or was in, at most a hundred.
    pub async fn rooms_of_departed(
        &self,
        cx: &Cx,
        user: &UserId,
        after: RoomNid,
    ) -> Result<Vec<(RoomNid, OwnedRoomId)>> {
        let user = user.to_owned();
        let read = move |tx: &mut Tx<'_>| room_person::list_rooms(tx, &user, after, ROOMS);
        let rooms = self.db.read(cx, read).await?;
        let parsed = |id: String| OwnedRoomId::try_from(id).map_err(Error::internal);
        rooms.into_iter().map(|(nid, id)| Ok((nid, parsed(id)?))).collect()
    }

    /// Takes a person out of a room: they leave, their memberships lose name, picture and words, their
    /// messages go if that is wanted, and nothing says any more that they were here. Being stopped in
    /// between loses nothing: the next time goes on.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; `NotFound` if there is no such room.
    pub async fn erase_in(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        departed: &Departed,
    ) -> Result<Vec<String>> {
        self.leave_for(cx, room_id, &departed.user).await?;
        let room = self.room(cx, room_id).await?;
        let (mut after, mut blobs) = (StreamPos::ZERO, Vec::new());
        loop {
            let nid = room.nid;
            let read = move |tx: &mut Tx<'_>| room_person::list_owners(tx, nid, after, SCAN);
            let rows = self.db.read(cx, read).await?;
            let Some(last) = rows.last() else { break };
            after = last.pos;
            let full = u32::try_from(rows.len()).is_ok_and(|found| found >= SCAN);
            let concerned: Vec<(OwnerRow, Fate)> = rows
                .into_iter()
                .filter_map(|row| fate(&row, departed).map(|fate| (row, fate)))
                .collect();
            for chunk in concerned.chunks(BATCH) {
                blobs.extend(self.change_events(cx, &room, departed, chunk.to_vec()).await?);
            }
            if !full {
                break;
            }
        }
        self.forget_member(cx, &room, departed).await?;
        Ok(blobs)
    }

    /// Forgets what is in memory of somebody who is erased, beside rooms.
    pub fn forget_person(&self, user: &UserId) {
        self.registry.forget_user(user);
        self.forget_wishes(user);
    }

    /// The person leaves, if they are in the room, about to be, or asking to be let in.
    async fn leave_for(&self, cx: &Cx, room_id: &RoomId, user: &UserId) -> Result<()> {
        let left = self.retry(cx, room_id, async |room| {
            let inside = matches!(
                room.live().state.membership(user),
                MembershipState::Join | MembershipState::Invite | MembershipState::Knock
            );
            if !inside {
                return Ok(());
            }
            let content = json!({ "membership": "leave", "displayname": ERASED_NAME });
            let content = to_raw_value(&content).map_err(Error::internal)?;
            let kind = TimelineEventType::RoomMember;
            let event = NewEvent::state(user.to_owned(), kind, user.as_str(), content);
            self.append_one(cx, &room, event).await.map(drop)
        });
        match left.await {
            // Rules of a room that let nobody go must not keep the person in the database.
            Err(error) if error.kind == kontor_core::Kind::Forbidden => {
                tracing::warn!(%error, "somebody who is erased cannot leave a room");
                Ok(())
            }
            outcome => outcome,
        }
    }

    async fn change_events(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        departed: &Departed,
        concerned: Vec<(OwnerRow, Fate)>,
    ) -> Result<Vec<String>> {
        let (room, note, now) = (Arc::clone(room), Arc::clone(&departed.note), cx.now);
        let (feed, registry) = (self.feed.clone(), Arc::clone(&self.registry));
        let work = move |tx: &mut Tx<'_>| {
            let (counts, blobs) = change(tx, &room, &concerned, now)?;
            note(tx, &counts)?;
            let changed = room.room_id.clone();
            // What is in memory holds what is gone: the room is loaded again when next needed.
            tx.after_commit(move || registry.reload(&changed));
            tx.after_visible(move || feed.wake(room.live().joined.iter().map(|user| &**user)));
            Ok(blobs)
        };
        self.db.write(cx, work).await
    }

    async fn forget_member(&self, cx: &Cx, room: &Arc<Room>, departed: &Departed) -> Result<()> {
        let (nid, user, note) = (room.nid, departed.user.clone(), Arc::clone(&departed.note));
        let (registry, room_id) = (Arc::clone(&self.registry), room.room_id.clone());
        let forget = move |tx: &mut Tx<'_>| {
            let rows = room_person::forget_in_room(tx, nid, &user)?;
            let records = i64::try_from(rows).unwrap_or(i64::MAX);
            note(tx, &ErasureCounts { rooms: 1, records, ..ErasureCounts::default() })?;
            tx.after_commit(move || {
                registry.forget_user(&user);
                registry.reload(&room_id);
            });
            Ok(())
        };
        self.db.write(cx, forget).await
    }
}

/// What becomes of an event; `None` if it has nothing of the person.
fn fate(row: &OwnerRow, departed: &Departed) -> Option<Fate> {
    let user = departed.user.as_str();
    let is_own = row.sender == user;
    // Also state that programs keep for a person or their device, whatever it is called.
    if row.state_key.as_deref().is_some_and(|key| key.contains(user)) {
        return Some(Fate::Bare);
    }
    match (&*row.kind, is_own) {
        (_, false) => None,
        (MEMBER, true) => Some(Fate::Wordless),
        (REDACTION, true) => Some(Fate::Bare),
        _ if departed.with_messages && row.state_key.is_none() => Some(Fate::Goes),
        _ if row.has_device => Some(Fate::Deviceless),
        _ => None,
    }
}

/// Changes events of a room; answers what went, and the blobs of their files.
fn change(
    tx: &mut Tx<'_>,
    room: &Room,
    concerned: &[(OwnerRow, Fate)],
    now: Timestamp,
) -> Result<(ErasureCounts, Vec<String>)> {
    let of = |wanted: Fate| concerned.iter().filter(move |(_, fate)| *fate == wanted);
    let (mut counts, mut blobs) = (ErasureCounts::default(), Vec::new());
    let mut told: Vec<String> = Vec::new();
    let rewritten: Vec<&OwnerRow> =
        of(Fate::Bare).chain(of(Fate::Wordless)).map(|(row, _)| row).collect();
    let positions: Vec<StreamPos> = rewritten.iter().map(|row| row.pos).collect();
    let gone: Vec<StreamPos> = of(Fate::Goes).map(|(row, _)| row.pos).collect();
    // What a hold on the room keeps is out of everybody's reach (law: Art. 17(3)(e)), as it was.
    let held = keep_held(tx, room.place(), &[&*positions, &*gone].concat(), now)?;
    for stored in event::list_events_at(tx, room.nid, &positions)? {
        let Some(row) = rewritten.iter().find(|row| row.pos == stored.pos) else { continue };
        let bare = of(Fate::Bare).any(|(it, _)| it.pos == stored.pos);
        let Some(json) = changed(&stored, room, (row, bare))? else { continue };
        event::rewrite_event(tx, stored.pos, &json)?;
        counts.events += 1;
        told.push(stored.event_id);
    }
    for file in expiry::list_files(tx, room.nid, &gone)? {
        let taken = media::take_media(tx, &file.media_id)?;
        blobs.extend(taken.into_iter().filter(|blob| !held.blobs.contains(blob)));
        counts.files += 1;
        counts.file_bytes += file.size_bytes;
    }
    event::delete_events(tx, room.nid, &gone)?;
    counts.messages += i64::try_from(gone.len()).unwrap_or(i64::MAX);
    told.extend(of(Fate::Goes).map(|(row, _)| row.event_id.clone()));
    let noted: Vec<StreamPos> =
        concerned.iter().filter(|(row, _)| row.has_device).map(|(row, _)| row.pos).collect();
    room_person::clear_devices(tx, room.nid, &noted)?;
    if !told.is_empty() {
        let notice = NoticeRow { pos: tx.next_pos(), expired: now, event_ids: told };
        expiry::insert_notice(tx, room.nid, &notice)?;
    }
    Ok((counts, blobs))
}

/// The event as it stays; `None` if it is that way already.
fn changed(
    stored: &event::EventRow,
    room: &Room,
    (row, bare): (&OwnerRow, bool),
) -> Result<Option<Vec<u8>>> {
    if !bare {
        return without_reason(&stored.json);
    }
    let rules: &RoomRules = &room.rules;
    let id = stored.event_id.clone().try_into().map_err(Error::internal)?;
    let pdu = Pdu::from_stored(id, &room.room_id, &stored.json, rules)?;
    let name = (row.kind == MEMBER).then_some(ERASED_NAME);
    let json = without_person(&stored.json, &pdu, rules, name)?;
    Ok((json != stored.json).then_some(json))
}
