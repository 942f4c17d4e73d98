//! The event pipeline: build on the head, authorize, sign, enqueue; after the commit, show.

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, RoomClass, RoomNid};
use kontor_db::{Pending, Tx};
use kontor_ledger::{Entry, Kind, Ledger};
use kontor_protocol::{EventDraft, Redacted, RoomRules};
use kontor_store::event::NewEventRow;
use kontor_store::{event, expiry, media, membership, room, room_state};
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedEventId, OwnedUserId, RoomId};
use serde_json::value::RawValue;

use crate::event::Txn;
use crate::expiry::{RETENTION, lifetime};
use crate::files;
use crate::held::keep_held;
use crate::registry::UserRoom;
use crate::room::Head;
use crate::{Event, Room, Rooms};

/// An event somebody wants in a room.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub(crate) sender: OwnedUserId,
    pub(crate) kind: TimelineEventType,
    pub(crate) state_key: Option<String>,
    pub(crate) content: Box<RawValue>,
    /// The event to be redacted, for `m.room.redaction`.
    pub(crate) redacts: Option<Target>,
    pub(crate) txn: Option<Txn>,
    /// Files of the sender that live and die with the event, by media id.
    pub(crate) files: Vec<String>,
}

impl NewEvent {
    /// A message event.
    pub(crate) fn message(
        sender: OwnedUserId,
        kind: TimelineEventType,
        content: Box<RawValue>,
    ) -> Self {
        let files = files::named_in(&kind, &content);
        Self { sender, kind, state_key: None, content, redacts: None, txn: None, files }
    }

    /// A state event.
    pub(crate) fn state(
        sender: OwnedUserId,
        kind: TimelineEventType,
        state_key: impl Into<String>,
        content: Box<RawValue>,
    ) -> Self {
        let state_key = Some(state_key.into());
        let files = files::named_in(&kind, &content);
        Self { sender, kind, state_key, content, redacts: None, txn: None, files }
    }
}

/// An event to be redacted, with its stored JSON.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) event: Arc<Event>,
    pub(crate) json: Vec<u8>,
}

/// Further rows of the same user action, written in the same transaction.
pub(crate) type Extra = Box<dyn FnOnce(&mut Tx<'_>) -> Result<()> + Send>;

/// An event ready to be written.
pub(crate) struct Ready {
    event: Arc<Event>,
    json: Vec<u8>,
    redacted: Option<Redaction>,
    files: Vec<String>,
}

/// An event as it will be once its redaction is written.
struct Redaction {
    event: Arc<Event>,
    json: Vec<u8>,
}

/// The error of an action that was built on a head that has broken off; it may be tried again.
pub(crate) fn stale() -> Error {
    Error::conflict(MatrixCode::BadState, "The room has changed. Please try again.")
}

impl Rooms {
    /// Appends events to a room in one write: all of them, in this order, or none.
    ///
    /// The lock on the head is held while they are built and enqueued, never across the commit.
    pub(crate) async fn append(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        events: Vec<NewEvent>,
        extra: Option<Extra>,
    ) -> Result<Vec<OwnedEventId>> {
        for event in &events {
            self.require_class_allows(cx, room, event).await?;
        }
        let (pending, ids) = self.enqueue(cx, room, events, extra)?;
        pending.await?;
        Ok(ids)
    }

    fn enqueue(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        events: Vec<NewEvent>,
        extra: Option<Extra>,
    ) -> Result<(Pending<()>, Vec<OwnedEventId>)> {
        let mut head = room.head();
        if room.is_broken() {
            return Err(stale());
        }
        let mut next = head.clone();
        let mut ready = Vec::with_capacity(events.len());
        for event in events {
            ready.push(self.build(cx, room, &mut next, event)?);
        }
        let ids = ready.iter().map(|ready| ready.event.pdu.event_id.clone()).collect();
        *head = next;
        let pending = self.write(room, ready, extra);
        drop(head);
        Ok((pending, ids))
    }

    /// Builds the first event of a room that does not exist yet.
    pub(crate) fn found(
        &self,
        cx: &Cx,
        (rules, nid, class): (RoomRules, RoomNid, RoomClass),
        create: NewEvent,
    ) -> Result<(Room, Head, Ready)> {
        let room_id = match rules.room_id_is_create_hash() {
            true => None,
            false => Some(RoomId::new_v1(&self.server_name)),
        };
        let draft = EventDraft {
            room_id,
            sender: create.sender,
            kind: create.kind,
            state_key: create.state_key,
            content: create.content,
            redacts: None,
            prev_events: Vec::new(),
            auth_events: Vec::new(),
            depth: 1,
            origin_server_ts: cx.now.into(),
        };
        let signed = kontor_protocol::sign(draft, &rules, &self.server_name, &self.signing)?;
        kontor_protocol::authorize(&rules, &signed.pdu, |_, _| None)?;
        let room = Room::new((nid, signed.pdu.room_id.clone()), rules, class);
        let event = Arc::new(Event::new(signed.pdu, None, None));
        let mut head =
            Head { extremity: Some(event.pdu.event_id.clone()), depth: 1, ..Head::default() };
        head.set_state(&event);
        Ok((room, head, Ready { event, json: signed.json, redacted: None, files: Vec::new() }))
    }

    /// Builds one event on `head` and moves `head` behind it.
    pub(crate) fn build(
        &self,
        cx: &Cx,
        room: &Room,
        head: &mut Head,
        new: NewEvent,
    ) -> Result<Ready> {
        let auth = kontor_protocol::auth_types(
            &room.rules,
            &new.kind,
            &new.sender,
            new.state_key.as_deref(),
            &new.content,
        )?;
        let auth_events = auth
            .iter()
            .filter_map(|(kind, key)| head.state.get(&kind.to_string(), key))
            .map(|event| event.pdu.event_id.clone())
            .collect();
        let draft = EventDraft {
            room_id: Some(room.room_id.clone()),
            sender: new.sender,
            kind: new.kind,
            state_key: new.state_key,
            content: new.content,
            redacts: new.redacts.as_ref().map(|target| target.event.pdu.event_id.clone()),
            prev_events: head.extremity.iter().cloned().collect(),
            auth_events,
            depth: head.depth + 1,
            origin_server_ts: cx.now.into(),
        };
        let signed = kontor_protocol::sign(draft, &room.rules, &self.server_name, &self.signing)?;
        if !head.allowed.knows(&signed.pdu) {
            kontor_protocol::authorize(&room.rules, &signed.pdu, |kind, key| {
                head.state.get(kind, key).map(|event| &event.pdu)
            })?;
            head.allowed.note(&signed.pdu);
        }
        let replaced = signed
            .pdu
            .state_key
            .as_deref()
            .and_then(|key| head.state.get(&signed.pdu.kind.to_string(), key))
            .map(|event| event.as_replaced());
        let event = Arc::new(Event::new(signed.pdu, new.txn, replaced));
        head.extremity = Some(event.pdu.event_id.clone());
        head.depth += 1;
        head.set_state(&event);
        let redacted = match new.redacts {
            Some(target) => Some(redact(room, head, &target, &event)?),
            None => None,
        };
        Ok(Ready { event, json: signed.json, redacted, files: new.files })
    }

    /// Hands the events to the writer. From here on, either all are committed or the handle
    /// breaks off.
    pub(crate) fn write(
        &self,
        room: &Arc<Room>,
        ready: Vec<Ready>,
        extra: Option<Extra>,
    ) -> Pending<()> {
        let rooms = self.clone();
        let room = Arc::clone(room);
        self.db.enqueue(move |tx| {
            let on_failure = Arc::clone(&room);
            tx.on_failure(move || on_failure.break_off());
            if room.is_broken() {
                return Err(stale());
            }
            for ready in &ready {
                insert(tx, (&room, &rooms.ledger), ready)?;
            }
            if let Some(extra) = extra {
                extra(tx)?;
            }
            let events: Arc<[Ready]> = ready.into();
            let (shown, rooms_to_wake, room_to_wake) =
                (Arc::clone(&events), rooms.clone(), Arc::clone(&room));
            tx.after_commit(move || rooms.show(&room, &shown));
            tx.after_visible(move || rooms_to_wake.wake(&room_to_wake, &events));
            Ok(())
        })
    }

    /// Makes committed events visible.
    fn show(&self, room: &Room, events: &[Ready]) {
        room.update_live(|live| {
            for ready in events {
                live.push(&ready.event);
                if let Some(redaction) = &ready.redacted {
                    live.replace(&redaction.event);
                }
            }
        });
        for ready in events {
            self.show_membership(room, &ready.event);
        }
    }

    fn show_membership(&self, room: &Room, event: &Event) {
        let (Some(membership), Some(user)) = (&event.membership, event.member()) else { return };
        let entry = UserRoom {
            nid: room.nid,
            membership: membership.clone(),
            pos: event.pos(),
            forgotten: false,
        };
        self.registry.set_membership(user, &room.room_id, entry);
        if *membership != MembershipState::Join {
            self.feed.gone(user, Some(&room.room_id));
        }
    }

    /// Wakes the members of the room, and whoever's membership changed.
    fn wake(&self, room: &Room, events: &[Ready]) {
        let changed = events.iter().filter_map(|ready| ready.event.member());
        self.feed.wake(room.live().joined.iter().map(|user| &**user).chain(changed));
    }
}

/// The target of a redaction without its content, in memory and as it will be stored.
fn redact(
    room: &Room,
    head: &mut Head,
    Target { event: target, json }: &Target,
    redaction: &Arc<Event>,
) -> Result<Redaction> {
    let Redacted { pdu, json } = kontor_protocol::redact(json, &target.pdu, &room.rules)?;
    let mut event = Event::new(pdu, target.txn.clone(), None);
    event.redacted_because = Some(Arc::clone(redaction));
    event.set_related(target.may_be_related_to());
    event.set_pos(target.pos());
    let event = Arc::new(event);
    let kind = event.pdu.kind.to_string();
    let state_key = event.pdu.state_key.as_deref().unwrap_or_default();
    let current = head.state.get(&kind, state_key);
    if event.is_state() && current.is_some_and(|c| c.pdu.event_id == event.pdu.event_id) {
        head.set_state(&event);
    }
    Ok(Redaction { event, json })
}

/// Writes one event and what follows from it.
fn insert(tx: &mut Tx<'_>, (room, ledger): (&Room, &Ledger), ready: &Ready) -> Result<()> {
    room.sent.claim(tx, room.nid, &ready.event)?;
    let (pdu, pos) = (&ready.event.pdu, tx.next_pos());
    ready.event.set_pos(pos);
    let relation = ready.event.relation.as_ref();
    let kind = pdu.kind.to_string();
    event::insert_event(
        tx,
        &NewEventRow {
            room_nid: room.nid,
            pos,
            event_id: &pdu.event_id,
            kind: &kind,
            sender: &pdu.sender,
            state_key: pdu.state_key.as_deref(),
            json: &ready.json,
            relation: relation.map(|relation| (relation.target.as_str(), relation.kind.as_str())),
            txn: ready.event.txn.as_ref().map(|txn| (txn.device_id.as_str(), &*txn.txn_id)),
        },
    )?;
    if let Some(state_key) = &pdu.state_key {
        let replaces = ready.event.replaced.is_some();
        room_state::insert_state(tx, room.nid, (&kind, state_key), pos, replaces)?;
        if let Some(set) = &ready.event.membership {
            membership::upsert_membership(tx, state_key, room.nid, membership_text(set), pos)?;
        }
    }
    if !ready.files.is_empty() {
        media::attach_media(tx, &pdu.sender, (room.nid, pos), &ready.files)?;
    }
    if kind == RETENTION {
        room::update_retention(tx, room.nid, lifetime(&pdu.content))?;
    }
    if let Some(redaction) = &ready.redacted {
        let target = &redaction.event;
        let now = pdu.origin_server_ts.into();
        let held = keep_held(tx, room.place(), &[target.pos()], now)?;
        if !held.blobs.is_empty() {
            for file in expiry::list_files(tx, room.nid, &[target.pos()])? {
                // Blobs of thumbnails are found at the next start.
                media::take_media(tx, &file.media_id)?;
            }
        }
        let place = (room.nid, target.pos());
        event::redact_event(tx, place, &redaction.json, &pdu.event_id)?;
        media::expire_attached(tx, (room.nid, target.pos()), now)?;
        // An older backup must not bring it back.
        let subject = ledger.tombstone(Kind::Event, target.pdu.event_id.as_str());
        ledger.record(tx, &Entry::new(Kind::Event, subject, now))?;
    }
    Ok(())
}

fn membership_text(membership: &MembershipState) -> &str {
    membership.as_str()
}
