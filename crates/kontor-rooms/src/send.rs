//! Sends message and state events.

use std::sync::Arc;

use kontor_core::{Cx, Error, Kind, MatrixCode, Result, RoomClass};
use kontor_policy::{ClassRules, Encryption};
use kontor_store::{event, media};
use ruma::events::TimelineEventType;
use ruma::{EventId, OwnedEventId, OwnedMxcUri, OwnedRoomId, OwnedTransactionId, RoomId};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::append::{NewEvent, Target};
use crate::class::SEALED_NAME;
use crate::content::{check_encrypted, check_state_words, redaction};
use crate::event::Txn;
use crate::sent::remembered_since;
use crate::supervision::READING;
use crate::{Event, Room, Rooms};

/// A message event a device wants to send.
#[derive(Clone, Debug)]
pub struct Send {
    /// Target room.
    pub room_id: OwnedRoomId,
    /// Event type.
    pub kind: TimelineEventType,
    /// Content; any JSON object.
    pub content: Box<RawValue>,
    /// Transaction id chosen by the device.
    pub txn_id: OwnedTransactionId,
    /// Files of the sender that live and die with the message (proposal 3911).
    pub files: Vec<OwnedMxcUri>,
}

/// A state event somebody wants to set.
#[derive(Clone, Debug)]
pub struct SetState {
    /// Target room.
    pub room_id: OwnedRoomId,
    /// Event type.
    pub kind: TimelineEventType,
    /// State key.
    pub state_key: String,
    /// Content; any JSON object.
    pub content: Box<RawValue>,
}

/// Event types that may be sent unencrypted into an encrypted room: they carry no content that
/// clients encrypt. Everything else would be a leak.
const PLAIN_IN_ENCRYPTED: [TimelineEventType; 3] = [
    TimelineEventType::RoomEncrypted,
    TimelineEventType::RoomRedaction,
    TimelineEventType::Reaction,
];

/// The algorithm of encrypted rooms.
pub(crate) const MEGOLM: &str = "m.megolm.v1.aes-sha2";

/// Files that one message can have: a picture, its preview, and some more.
const MOST_FILES: usize = 10;

/// State of these types is set by the server alone, but for [`SEALED_NAME`].
pub(crate) const OURS: &str = "app.kontor.";

impl Rooms {
    /// Sends a message event; the same transaction id again answers the first event's id. An
    /// `m.room.redaction` redacts.
    pub async fn send(&self, cx: &Cx, send: Send) -> Result<OwnedEventId> {
        let session = cx.session()?;
        if send.kind == TimelineEventType::RoomRedaction {
            let (target, reason) = redaction(&send.content)?;
            return self.redact(cx, (&send.room_id, &target), send.txn_id, reason).await;
        }
        let txn = Txn { device_id: session.device_id.clone(), txn_id: send.txn_id.to_string() };
        let room = self.joined_room(cx, &send.room_id).await?;
        if tells_of_look(&room, &send.content) {
            return Err(Error::forbidden(format!("{READING} is said by the server.")));
        }
        if send.kind == TimelineEventType::RoomEncrypted {
            check_encrypted(&send.content)?;
        }
        let mut event = NewEvent::message(session.user_id.clone(), send.kind, send.content);
        event.txn = Some(txn);
        match self.own_files(cx, &send.files).await {
            Ok(files) => event.files.extend(files),
            // Sent before, and the answer was lost: then they belong to that message.
            Err(error) => return self.sent_before(cx, &room, &event).await?.ok_or(error),
        }
        self.send_once(cx, &send.room_id, event).await
    }

    /// Media ids of files that the caller wants to bind to a message.
    ///
    /// # Errors
    /// `Invalid` if there are too many, or one does not exist, is somebody else's, or belongs to
    /// another message.
    async fn own_files(&self, cx: &Cx, files: &[OwnedMxcUri]) -> Result<Vec<String>> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let refuse = |text: &str| {
            let error = Error::invalid(MatrixCode::InvalidParam, format!("attach_media: {text}"));
            Err(error.with_field("field", "attach_media"))
        };
        if files.len() > MOST_FILES {
            return refuse("too many files.");
        }
        let mut ids = Vec::with_capacity(files.len());
        for uri in files {
            match uri.parts() {
                Ok((server, id)) if *server == *self.server_name => ids.push(id.to_owned()),
                _ => return refuse("not a file of this server."),
            }
        }
        let (wanted, user) = (ids.clone(), cx.user()?.to_owned());
        let free = self.db.read(cx, move |tx| media::count_free(tx, &user, &wanted)).await?;
        match usize::try_from(free).is_ok_and(|free| free == ids.len()) {
            true => Ok(ids),
            false => refuse("no such file of yours, or it belongs to another message."),
        }
    }

    /// Redacts an event (spec: `PUT /rooms/{roomId}/redact/{eventId}/{txnId}`).
    pub async fn redact(
        &self,
        cx: &Cx,
        (room_id, event_id): (&RoomId, &EventId),
        txn_id: OwnedTransactionId,
        reason: Option<String>,
    ) -> Result<OwnedEventId> {
        let session = cx.session()?;
        let room = self.joined_room(cx, room_id).await?;
        let target = self.redaction_target(cx, &room, event_id).await?;
        if target.event.pdu.sender != session.user_id {
            cx.require_writing()?;
        }
        require_redactable(&room, &target.event)?;
        let mut event = NewEvent::message(
            session.user_id.clone(),
            TimelineEventType::RoomRedaction,
            kontor_protocol::redaction_content(&room.rules, event_id, reason)?,
        );
        self.require_may_redact(&room, session, &target.event)?;
        event.redacts = Some(target);
        event.txn = Some(Txn { device_id: session.device_id.clone(), txn_id: txn_id.to_string() });
        self.send_once(cx, room_id, event).await
    }

    /// Sets a state event.
    pub async fn set_state(&self, cx: &Cx, set: SetState) -> Result<OwnedEventId> {
        let sender = cx.user()?.to_owned();
        if set.kind == TimelineEventType::RoomMember {
            return self.set_member_state(cx, set).await;
        }
        self.joined_room(cx, &set.room_id).await?;
        if set.kind == TimelineEventType::RoomCreate {
            return Err(Error::forbidden("A room is created once."));
        }
        let kind = set.kind.to_string();
        if kind.starts_with(OURS) && kind != SEALED_NAME {
            return Err(Error::forbidden(format!("{} is set by the server.", set.kind)));
        }
        check_state_words(&set.kind, &set.content)?;
        if set.kind == TimelineEventType::RoomCanonicalAlias {
            self.check_canonical_alias(cx, &set.room_id, &set.content).await?;
        }
        self.retry(cx, &set.room_id, async |room| {
            require_encryption_stays(&room, &set)?;
            let event = NewEvent::state(
                sender.clone(),
                set.kind.clone(),
                set.state_key.clone(),
                set.content.clone(),
            );
            self.append_one(cx, &room, event).await
        })
        .await
    }

    /// Appends one event.
    pub(crate) async fn append_one(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        event: NewEvent,
    ) -> Result<OwnedEventId> {
        let ids = self.append(cx, room, vec![event], None).await?;
        ids.into_iter().next().ok_or_else(|| Error::internal("append answered no event id"))
    }

    /// Appends an event with a transaction id at most once.
    async fn send_once(&self, cx: &Cx, room_id: &RoomId, event: NewEvent) -> Result<OwnedEventId> {
        self.retry(cx, room_id, async |room| {
            self.require_encrypted(&room, &event)?;
            self.require_acknowledged(cx, &room).await?;
            if let Some(sent) = recently_sent(&room, &event) {
                return Ok(sent);
            }
            if event.kind == TimelineEventType::Reaction
                && let Err(error) = self.require_new_annotation(cx, &room, &event).await
            {
                return self.sent_before(cx, &room, &event).await?.ok_or(error);
            }
            match self.append_one(cx, &room, event.clone()).await {
                Err(error) if error.kind == Kind::Conflict => {
                    match self.sent_before(cx, &room, &event).await? {
                        Some(sent) => Ok(sent),
                        None => Err(error),
                    }
                }
                outcome => outcome,
            }
        })
        .await
    }

    /// An event of this room, with its stored form.
    async fn redaction_target(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        event_id: &EventId,
    ) -> Result<Target> {
        let event = self.event_in_room(cx, room, event_id).await?;
        let (nid, wanted) = (room.nid, event_id.to_owned());
        let row = self.db.read(cx, move |tx| event::find_event(tx, nid, &wanted)).await?;
        let json = row.map(|row| row.json).ok_or_else(|| Error::not_found("No such event."))?;
        Ok(Target { event, json })
    }

    /// The event this device has sent under this transaction id, if any.
    async fn sent_before(
        &self,
        cx: &Cx,
        room: &Room,
        event: &NewEvent,
    ) -> Result<Option<OwnedEventId>> {
        let Some(txn) = event.txn.clone() else { return Ok(None) };
        let (nid, kind, sender) = (room.nid, event.kind.to_string(), event.sender.clone());
        let now = cx.now;
        let found = self
            .db
            .read(cx, move |tx| {
                let place = (nid, remembered_since(tx, now)?);
                let txn = (txn.device_id.as_str(), &*txn.txn_id);
                event::find_event_by_txn(tx, place, (&sender, &kind), txn)
            })
            .await?;
        found.map(|id| OwnedEventId::try_from(id).map_err(Error::internal)).transpose()
    }

    /// Plaintext guard: an encrypted room takes no unencrypted message.
    fn require_encrypted(&self, room: &Room, event: &NewEvent) -> Result<()> {
        let live = room.live();
        let encrypted = live.state.get("m.room.encryption", "").is_some();
        let is_guarded = self.policy.now().plaintext_guard
            || ClassRules::of(room.class).encryption == Encryption::Always;
        if !is_guarded || !encrypted || PLAIN_IN_ENCRYPTED.contains(&event.kind) {
            return Ok(());
        }
        Err(Error::forbidden(format!(
            "This room is end-to-end encrypted: {} may not be sent unencrypted.",
            event.kind
        )))
    }
}

/// What a room is, by whom it is supervised, who looked into it and that it is encrypted stays
/// readable: a redaction would take the words from under what the server goes on enforcing, and
/// clients would fall back to sending in clear.
fn require_redactable(room: &Room, target: &Event) -> Result<()> {
    let kind = target.pdu.kind.to_string();
    let stays = target.is_state() && (kind == "m.room.create" || kind == "m.room.encryption");
    if stays || kind.starts_with(OURS) || tells_of_look(room, &target.pdu.content) {
        return Err(Error::forbidden(format!("This event of type {kind} can't be redacted.")));
    }
    Ok(())
}

/// Whether this is the message that tells a supervised room of a look.
fn tells_of_look(room: &Room, content: &RawValue) -> bool {
    if room.class != RoomClass::Supervised {
        return false;
    }
    let content: Value = serde_json::from_str(content.get()).unwrap_or_default();
    content.get(READING).is_some()
}

/// Encryption, once on, stays on with the same algorithm; with the usual one if the event has lost
/// its content.
fn require_encryption_stays(room: &Room, set: &SetState) -> Result<()> {
    if set.kind != TimelineEventType::RoomEncryption {
        return Ok(());
    }
    let algorithm = |content: &RawValue| {
        serde_json::from_str::<Value>(content.get())
            .ok()
            .and_then(|content| content.get("algorithm")?.as_str().map(str::to_owned))
    };
    let now = room.live().state.get("m.room.encryption", "").map(|e| algorithm(&e.pdu.content));
    let Some(present) = now else { return Ok(()) };
    if algorithm(&set.content) == Some(present.unwrap_or_else(|| MEGOLM.to_owned())) {
        return Ok(());
    }
    Err(Error::forbidden("Encryption of a room can't be switched off or changed."))
}

/// The transaction among the events in memory.
fn recently_sent(room: &Room, event: &NewEvent) -> Option<OwnedEventId> {
    let txn = event.txn.as_ref()?;
    // The transaction id first: it differs most often.
    let same = |sent: &&Arc<Event>| {
        sent.txn.as_ref().is_some_and(|sent| sent.txn_id == txn.txn_id && sent == txn)
            && sent.pdu.sender == event.sender
            && sent.pdu.kind == event.kind
    };
    room.live().recent.iter().rev().find(same).map(|sent| sent.pdu.event_id.clone())
}
