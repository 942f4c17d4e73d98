//! Read receipts: how far each person has read, per room and per thread.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kontor_account_data::AccountData;
use kontor_core::{Cx, Error, MatrixCode, Result, RoomNid, StreamPos, Timestamp, if_found};
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_policy::{OwnSettings, Signal};
use kontor_rooms::{Event, Room, Rooms, Sight};
use kontor_store::receipt::{self, ReceiptRow};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use ruma::{EventId, OwnedEventId, OwnedUserId, RoomId, UserId};
use serde_json::{Map, Value, json};

/// People's positions kept in memory.
const POSITIONS: usize = 200_000;

/// Rooms whose newest receipt is remembered.
const REMEMBERED: usize = 100_000;

/// Relations followed to find an event's thread (spec: "a maximum of 3 hops").
const HOPS: usize = 3;

/// A receipt that a device reports.
#[derive(Clone, Debug)]
pub enum Report {
    /// Read, shown to the others in the room.
    Public(OwnedEventId),
    /// Read, known to the own devices only.
    Private(OwnedEventId),
    /// The fully-read marker.
    FullyRead(OwnedEventId),
}

/// How far one person has read in one room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadPositions {
    /// Everything up to here, in all threads.
    pub unthreaded: StreamPos,
    /// Up to here by thread root; `main` is what belongs to no thread.
    pub threads: BTreeMap<String, StreamPos>,
}

/// Receipts of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Receipts {
    db: Db,
    feed: Feed,
    own: OwnSettings,
    rooms: Rooms,
    account_data: AccountData,
    /// Newest receipt of each room, so that an idle `/sync` costs no database access.
    newest: Arc<Mutex<HashMap<RoomNid, StreamPos>>>,
    positions: Arc<Cache<(RoomNid, OwnedUserId), Arc<ReadPositions>>>,
}

impl Receipts {
    /// The service over its sources.
    #[must_use]
    pub fn new(
        db: Db,
        feed: Feed,
        own: OwnSettings,
        rooms: Rooms,
        account_data: AccountData,
    ) -> Self {
        let positions = Arc::new(Cache::new(POSITIONS));
        Self { db, feed, own, rooms, account_data, newest: Arc::default(), positions }
    }

    /// Forgets what is in memory of somebody who is erased.
    pub fn forget(&self, user: &UserId) {
        self.positions.retain(|(_, person), _| person != user);
    }

    /// Records what a device reports as read, all of it in one write.
    ///
    /// Where the policy or the person keeps receipts to herself, a public receipt becomes a private
    /// one.
    /// A receipt for an event that is older than the recorded one changes nothing.
    ///
    /// # Errors
    /// `Forbidden` outside the room, `M_INVALID_PARAM` for a malformed thread.
    pub async fn report(
        &self,
        cx: &Cx,
        room_id: &RoomId,
        thread: Option<&str>,
        reports: Vec<Report>,
    ) -> Result<()> {
        let user = cx.user()?.to_owned();
        let room = self.rooms.joined_room(cx, room_id).await?;
        check_thread(thread)?;
        if thread.is_some() && reports.iter().any(|one| matches!(one, Report::FullyRead(_))) {
            let text = "thread_id: m.fully_read marks the whole room.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let mut rows = Vec::new();
        let mut marker = None;
        for report in reports {
            match report {
                Report::FullyRead(event_id) => marker = Some(event_id),
                Report::Public(event_id) => {
                    let shown = self.own.shows(cx, &user, Signal::ReadReceipts).await?;
                    let kind = if shown { "m.read" } else { "m.read.private" };
                    rows.extend(self.row(cx, &room, (kind, thread), &event_id).await?);
                }
                Report::Private(event_id) => {
                    let kind = ("m.read.private", thread);
                    rows.extend(self.row(cx, &room, kind, &event_id).await?);
                }
            }
        }
        self.write(cx, room, user, (rows, marker)).await
    }

    /// The receipt as it would be stored; `None` if the room has no such event.
    async fn row(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        (kind, thread): (&str, Option<&str>),
        event_id: &EventId,
    ) -> Result<Option<ReceiptRow>> {
        let sight = self.rooms.own_sight(cx, room).await?;
        let found = self.rooms.visible_event(cx, room, &sight, event_id).await;
        let Some(event) = if_found(found)? else { return Ok(None) };
        if let Some(thread) = thread {
            self.require_in_thread(cx, (room, &sight), &event, thread).await?;
        }
        Ok(Some(ReceiptRow {
            user_id: cx.user()?.to_string(),
            kind: kind.to_owned(),
            thread: thread.unwrap_or_default().to_owned(),
            event_id: event_id.to_string(),
            event_pos: event.pos(),
            sent: cx.now,
            pos: StreamPos::ZERO,
        }))
    }

    /// spec: a receipt for an event that does not belong to the thread is refused. What relates to
    /// an event of a thread in another way belongs to it, too; the first event also to `main`.
    async fn require_in_thread(
        &self,
        cx: &Cx,
        (room, sight): (&Arc<Room>, &Sight),
        event: &Arc<Event>,
        thread: &str,
    ) -> Result<()> {
        if event.pdu.event_id == thread {
            return Ok(());
        }
        let mut place = "main".to_owned();
        let mut at = Arc::clone(event);
        for _ in 0..HOPS {
            let Some(relation) = at.relation.clone() else { break };
            if relation.kind == "m.thread" {
                place = relation.target.to_string();
                break;
            }
            if relation.target == thread {
                // Related to the first event: that counts for the thread as for the room.
                return Ok(());
            }
            match self.rooms.visible_event(cx, room, sight, &relation.target).await {
                Ok(parent) => at = parent,
                Err(_) => return Ok(()),
            }
        }
        if place == thread {
            return Ok(());
        }
        let text = "thread_id: the event does not belong to this thread.";
        Err(Error::invalid(MatrixCode::InvalidParam, text))
    }

    async fn write(
        &self,
        cx: &Cx,
        room: Arc<Room>,
        user: OwnedUserId,
        (rows, marker): (Vec<ReceiptRow>, Option<OwnedEventId>),
    ) -> Result<()> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                let mut public = false;
                let mut newest = None;
                for mut row in rows {
                    row.pos = tx.next_pos();
                    if receipt::upsert_receipt(tx, room.nid, &row)? {
                        public = public || row.kind == "m.read";
                        newest = Some(row.pos);
                    }
                }
                if let Some(event_id) = marker {
                    let content = json!({ "event_id": event_id }).to_string();
                    let key = (room.nid, "m.fully_read");
                    this.account_data.write(tx, &user, key, content.as_bytes())?;
                }
                if let Some(pos) = newest {
                    let (shown, nid, reader) = (this.clone(), room.nid, user.clone());
                    tx.after_commit(move || shown.show((nid, reader), pos));
                    tx.after_visible(move || this.wake(&room, &user, public));
                }
                Ok(())
            })
            .await
    }

    fn show(&self, (room, reader): (RoomNid, OwnedUserId), pos: StreamPos) {
        self.remember(room, pos);
        self.positions.remove(&(room, reader));
    }

    fn wake(&self, room: &Room, reader: &UserId, public: bool) {
        if public {
            self.feed.wake(room.live().joined.iter().map(|member| &**member));
        } else {
            self.feed.wake([reader]);
        }
    }

    /// Content of the `m.receipt` event with what changed in a room after `from` and not after
    /// `upto`, as `viewer` may see it; `None` if nothing did.
    pub async fn changes(
        &self,
        cx: &Cx,
        (room, viewer): (RoomNid, &UserId),
        from: StreamPos,
        upto: StreamPos,
    ) -> Result<Option<Value>> {
        if self.newest.lock().get(&room).is_some_and(|newest| *newest <= from) {
            return Ok(None);
        }
        let (rows, newest) = self
            .db
            .read(cx, move |tx| {
                let rows = receipt::list_receipt_changes(tx, room, from, upto)?;
                Ok((rows, receipt::newest_receipt(tx, room)?))
            })
            .await?;
        self.remember(room, newest);
        Ok(content(rows.iter().filter(|row| row.kind == "m.read" || row.user_id == *viewer)))
    }

    /// Of these rooms, those that may have receipts after `from`. Costs no database access.
    #[must_use]
    pub fn changed_rooms<'r>(
        &self,
        rooms: impl Iterator<Item = (RoomNid, &'r RoomId)>,
        from: StreamPos,
    ) -> Vec<&'r RoomId> {
        let newest = self.newest.lock();
        let changed = |nid: &RoomNid| newest.get(nid).is_none_or(|newest| *newest > from);
        rooms.filter(|(nid, _)| changed(nid)).map(|(_, room_id)| room_id).collect()
    }

    /// How far a person has read in a room.
    pub async fn read_positions(
        &self,
        cx: &Cx,
        room: RoomNid,
        user: &UserId,
    ) -> Result<Arc<ReadPositions>> {
        let key = (room, user.to_owned());
        if let Some(known) = self.positions.get(&key) {
            return Ok(known);
        }
        let reader = user.to_owned();
        let rows =
            self.db.read(cx, move |tx| receipt::list_receipts_of_user(tx, room, &reader)).await?;
        let mut positions = ReadPositions::default();
        for row in rows {
            if row.thread.is_empty() {
                positions.unthreaded = positions.unthreaded.max(row.event_pos);
            } else {
                let known = positions.threads.entry(row.thread).or_default();
                *known = (*known).max(row.event_pos);
            }
        }
        let positions = Arc::new(positions);
        self.positions.insert(key, Arc::clone(&positions));
        Ok(positions)
    }

    fn remember(&self, room: RoomNid, pos: StreamPos) {
        let mut newest = self.newest.lock();
        if newest.len() >= REMEMBERED {
            newest.clear();
        }
        let known = newest.entry(room).or_default();
        *known = (*known).max(pos);
    }
}

/// `event → kind → user → {ts, thread_id}`.
#[expect(single_use_lifetimes, reason = "an elided lifetime is not allowed here")]
fn content<'r>(rows: impl Iterator<Item = &'r ReceiptRow>) -> Option<Value> {
    let mut events: Map<String, Value> = Map::new();
    for row in rows {
        let mut receipt = Map::new();
        let Timestamp(sent) = row.sent;
        receipt.insert("ts".to_owned(), Value::from(sent));
        if !row.thread.is_empty() {
            receipt.insert("thread_id".to_owned(), Value::from(row.thread.as_str()));
        }
        let event = events.entry(row.event_id.clone()).or_insert_with(|| json!({}));
        if let Value::Object(kinds) = event {
            let kind = kinds.entry(row.kind.clone()).or_insert_with(|| json!({}));
            if let Value::Object(users) = kind {
                users.insert(row.user_id.clone(), Value::Object(receipt));
            }
        }
    }
    (!events.is_empty()).then_some(Value::Object(events))
}

fn check_thread(thread: Option<&str>) -> Result<()> {
    let sound = thread.is_none_or(|text| text == "main" || <&EventId>::try_from(text).is_ok());
    if sound {
        return Ok(());
    }
    let text = "thread_id: must be 'main' or the id of a thread's first event.";
    Err(Error::invalid(MatrixCode::InvalidParam, text))
}
