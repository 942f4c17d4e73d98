//! A persistent data unit: one event as it is hashed, signed and stored.

use std::sync::Arc;

use kontor_core::{Error, Result};
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use ruma::{MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::RoomRules;

/// One event. Signatures and hashes stay in the stored JSON.
#[derive(Clone, Debug)]
pub struct Pdu {
    /// Id: the reference hash.
    pub event_id: OwnedEventId,
    /// Room.
    pub room_id: OwnedRoomId,
    /// Sender.
    pub sender: OwnedUserId,
    /// Event type.
    pub kind: TimelineEventType,
    /// State key, if it is a state event.
    pub state_key: Option<String>,
    /// Content.
    pub content: Arc<RawValue>,
    /// Time of creation.
    pub origin_server_ts: MilliSecondsSinceUnixEpoch,
    /// Events before this one.
    pub prev_events: Vec<OwnedEventId>,
    /// Events that authorize this one.
    pub auth_events: Vec<OwnedEventId>,
    /// Longest path from the create event.
    pub depth: u64,
    /// Event redacted by this one, wherever the room version puts it.
    pub redacts: Option<OwnedEventId>,
}

/// The stored form.
#[derive(Deserialize)]
struct Stored<'j> {
    sender: OwnedUserId,
    #[serde(rename = "type")]
    kind: TimelineEventType,
    state_key: Option<String>,
    #[serde(borrow)]
    content: &'j RawValue,
    origin_server_ts: MilliSecondsSinceUnixEpoch,
    prev_events: Vec<OwnedEventId>,
    auth_events: Vec<OwnedEventId>,
    depth: u64,
    redacts: Option<OwnedEventId>,
}

/// The only field read from a redaction's content.
#[derive(Deserialize)]
struct RedactionContent {
    redacts: Option<OwnedEventId>,
}

/// The only field read from a membership event's content.
#[derive(Deserialize)]
struct MemberContent {
    membership: MembershipState,
}

impl Pdu {
    /// Reads an event from its stored canonical JSON.
    ///
    /// # Errors
    /// `Internal`: what is stored was checked when it was stored.
    pub fn from_stored(
        event_id: OwnedEventId,
        room_id: &RoomId,
        json: &[u8],
        rules: &RoomRules,
    ) -> Result<Self> {
        let stored = serde_json::from_slice(json)
            .map_err(|cause| Error::internal(format!("event {event_id} is damaged: {cause}")))?;
        Ok(Self::assemble(event_id, room_id, stored, rules))
    }

    /// Reads an event made by others.
    pub(crate) fn from_received(
        event_id: OwnedEventId,
        room_id: &RoomId,
        json: &[u8],
        rules: &RoomRules,
    ) -> serde_json::Result<Self> {
        Ok(Self::assemble(event_id, room_id, serde_json::from_slice(json)?, rules))
    }

    fn assemble(
        event_id: OwnedEventId,
        room_id: &RoomId,
        stored: Stored<'_>,
        rules: &RoomRules,
    ) -> Self {
        let mut redacts = stored.redacts;
        if rules.redacts_in_content() && stored.kind == TimelineEventType::RoomRedaction {
            redacts = serde_json::from_str::<RedactionContent>(stored.content.get())
                .ok()
                .and_then(|content| content.redacts);
        }
        Self {
            event_id,
            room_id: room_id.to_owned(),
            sender: stored.sender,
            kind: stored.kind,
            state_key: stored.state_key,
            content: stored.content.to_owned().into(),
            origin_server_ts: stored.origin_server_ts,
            prev_events: stored.prev_events,
            auth_events: stored.auth_events,
            depth: stored.depth,
            redacts,
        }
    }

    /// The membership an `m.room.member` state event sets.
    #[must_use]
    pub fn membership(&self) -> Option<MembershipState> {
        if self.kind != TimelineEventType::RoomMember || self.state_key.is_none() {
            return None;
        }
        let content: MemberContent = serde_json::from_str(self.content.get()).ok()?;
        Some(content.membership)
    }
}

impl ruma::state_res::Event for Pdu {
    type Id = OwnedEventId;

    fn event_id(&self) -> &Self::Id {
        &self.event_id
    }

    /// From room version 12 on, a create event does not name its room: it is the room's name, and
    /// that has no server part.
    fn room_id(&self) -> Option<&RoomId> {
        let names_itself =
            self.kind == TimelineEventType::RoomCreate && self.room_id.server_name().is_none();
        (!names_itself).then_some(&*self.room_id)
    }

    fn sender(&self) -> &UserId {
        &self.sender
    }

    fn origin_server_ts(&self) -> MilliSecondsSinceUnixEpoch {
        self.origin_server_ts
    }

    fn event_type(&self) -> &TimelineEventType {
        &self.kind
    }

    fn content(&self) -> &RawValue {
        &self.content
    }

    fn state_key(&self) -> Option<&str> {
        self.state_key.as_deref()
    }

    fn prev_events(&self) -> Box<dyn DoubleEndedIterator<Item = &Self::Id> + '_> {
        Box::new(self.prev_events.iter())
    }

    fn auth_events(&self) -> Box<dyn DoubleEndedIterator<Item = &Self::Id> + '_> {
        Box::new(self.auth_events.iter())
    }

    fn redacts(&self) -> Option<&Self::Id> {
        self.redacts.as_ref()
    }

    fn rejected(&self) -> bool {
        false
    }
}
