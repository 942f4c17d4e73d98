//! One event in memory: the PDU, its client form, and what the server knows about it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use kontor_core::{Error, Result, Session, StreamPos, Timestamp};
use kontor_protocol::{ClientEvent, Pdu, Relation, RoomRules};
use kontor_store::event::EventRow;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedDeviceId, OwnedEventId, OwnedUserId, RoomId, UserId};
use serde::Serialize;
use serde_json::value::RawValue;

/// One event. Shared by everything that shows it; immutable but for its position, which the
/// writer sets once.
#[derive(Debug)]
pub struct Event {
    /// The event as signed.
    pub pdu: Pdu,
    /// The event as clients see it, ready to be sent.
    pub client: ClientEvent,
    /// What it relates to.
    pub relation: Option<Relation>,
    /// Membership it sets, if it is an `m.room.member` state event.
    pub membership: Option<MembershipState>,
    /// Device and transaction id it was sent with.
    pub txn: Option<Txn>,
    /// State it replaced.
    pub replaced: Option<Replaced>,
    /// Redaction that emptied it.
    pub redacted_because: Option<Arc<Self>>,
    pos: OnceLock<StreamPos>,
    /// Whether another event may relate to it: exact for new events, assumed for stored ones.
    related: AtomicBool,
}

/// Where an event came from: a device and the transaction id it chose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Txn {
    /// Sending device.
    pub device_id: OwnedDeviceId,
    /// Transaction id, unique per device, room and event type.
    pub txn_id: String,
}

/// The state event that a state event replaced.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// Its id.
    pub event_id: OwnedEventId,
    /// Its sender.
    pub sender: OwnedUserId,
    /// Its content.
    pub content: Arc<RawValue>,
}

/// The `unsigned` object of an event as sent to one client.
#[derive(Debug, Default, Serialize)]
pub struct Unsigned<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_content: Option<&'e RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_sender: Option<&'e OwnedUserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces_state: Option<&'e OwnedEventId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted_because: Option<Box<RawValue>>,
    /// The viewer's membership at the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membership: Option<&'e str>,
    /// Bundled aggregations.
    #[serde(rename = "m.relations", skip_serializing_if = "Option::is_none")]
    pub relations: Option<Box<RawValue>>,
}

impl Event {
    /// An event that is not stored yet.
    #[must_use]
    pub fn new(pdu: Pdu, txn: Option<Txn>, replaced: Option<Replaced>) -> Self {
        Self {
            client: ClientEvent::new(&pdu),
            relation: kontor_protocol::relation(&pdu),
            membership: pdu.membership(),
            pdu,
            txn,
            replaced,
            redacted_because: None,
            pos: OnceLock::new(),
            related: AtomicBool::new(false),
        }
    }

    /// A stored event. `redacted_because` is looked up by the caller.
    pub fn from_row(
        row: EventRow,
        rules: &RoomRules,
        room_id: &RoomId,
        redacted_because: Option<Arc<Self>>,
    ) -> Result<Self> {
        let event_id = OwnedEventId::try_from(row.event_id).map_err(Error::internal)?;
        let pdu = Pdu::from_stored(event_id, room_id, &row.json, rules)?;
        let txn = row
            .device_id
            .zip(row.txn_id)
            .map(|(device, txn_id)| Txn { device_id: device.into(), txn_id });
        let event = Self { redacted_because, ..Self::new(pdu, txn, None) };
        event.set_pos(row.pos);
        event.set_related(true);
        Ok(event)
    }

    /// Position in the tenant's stream; [`StreamPos::MAX`] until written.
    pub fn pos(&self) -> StreamPos {
        self.pos.get().copied().unwrap_or(StreamPos::MAX)
    }

    /// Sets the position; later calls change nothing.
    pub(crate) fn set_pos(&self, pos: StreamPos) {
        let _already_set = self.pos.set(pos);
    }

    /// Whether another event may relate to it; `false` is certain.
    pub fn may_be_related_to(&self) -> bool {
        self.related.load(Ordering::Relaxed)
    }

    pub(crate) fn set_related(&self, related: bool) {
        self.related.store(related, Ordering::Relaxed);
    }

    /// The person whose membership it sets.
    #[must_use]
    pub fn member(&self) -> Option<&UserId> {
        self.membership.as_ref()?;
        self.pdu.state_key.as_deref()?.try_into().ok()
    }

    /// Whether it is the state event for (`kind`, `state_key`).
    #[must_use]
    pub fn is_state(&self) -> bool {
        self.pdu.state_key.is_some()
    }

    /// Whether a redaction has emptied it.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.redacted_because.is_some()
    }

    /// The same event as the state that a later event replaces.
    #[must_use]
    pub fn as_replaced(&self) -> Replaced {
        Replaced {
            event_id: self.pdu.event_id.clone(),
            sender: self.pdu.sender.clone(),
            content: Arc::clone(&self.pdu.content),
        }
    }

    /// The event itself without the content of the state it replaced, which has been redacted.
    #[must_use]
    pub(crate) fn replacing(&self, redacted: Replaced) -> Self {
        let replaced = Some(redacted);
        let mut event = Self::new(self.pdu.clone(), self.txn.clone(), replaced);
        event.redacted_because.clone_from(&self.redacted_because);
        event.set_related(self.may_be_related_to());
        event.set_pos(self.pos());
        event
    }

    /// The event as somebody sees it who ignores its sender, where it is shown at all: as if its
    /// content had been redacted.
    #[must_use]
    pub(crate) fn emptied(&self) -> Self {
        let mut pdu = self.pdu.clone();
        pdu.content = Arc::from(RawValue::from_string("{}".to_owned()).unwrap_or_default());
        let event = Self::new(pdu, None, None);
        event.set_related(self.may_be_related_to());
        event.set_pos(self.pos());
        event
    }

    /// What to say beside the event to `viewer`; add membership and relations before rendering.
    #[must_use]
    pub fn unsigned(&self, viewer: Option<&Session>, now: Timestamp) -> Unsigned<'_> {
        let sent = Timestamp::from(self.pdu.origin_server_ts);
        let own = viewer.zip(self.txn.as_ref()).filter(|(viewer, txn)| {
            viewer.device_id == txn.device_id && viewer.user_id == self.pdu.sender
        });
        let replaced = self.replaced.as_ref();
        Unsigned {
            age: i64::try_from(now.since(sent).as_millis()).ok(),
            transaction_id: own.map(|(_, txn)| txn.txn_id.as_str()),
            prev_content: replaced.map(|replaced| &*replaced.content),
            prev_sender: replaced.map(|replaced| &replaced.sender),
            replaces_state: replaced.map(|replaced| &replaced.event_id),
            redacted_because: self
                .redacted_because
                .as_ref()
                .map(|redaction| redaction.client.render(Some(&redaction.pdu.room_id), None)),
            membership: None,
            relations: None,
        }
    }

    /// The event for a client; with `room_id` everywhere but inside `/sync`.
    #[must_use]
    pub fn render(&self, with_room_id: bool, unsigned: &Unsigned<'_>) -> Box<RawValue> {
        let room_id = with_room_id.then_some(&*self.pdu.room_id);
        let unsigned = serde_json::to_string(unsigned).unwrap_or_default();
        self.client.render(room_id, Some(&unsigned))
    }
}
