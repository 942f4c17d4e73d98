//! Who may send what, as far as it is known, so that the rules are not gone through for each
//! message.

use imbl::{OrdMap, OrdSet};
use kontor_protocol::Pdu;
use ruma::OwnedUserId;
use ruma::events::TimelineEventType;

/// Most senders remembered, and most types of each; whoever is beyond is asked anew each time.
const MOST_SENDERS: usize = 1_000;
const MOST_KINDS: usize = 16;

/// Types whose rules look into the content, also of events that are not state.
const LOOKED_INTO: [TimelineEventType; 3] = [
    TimelineEventType::RoomMember,
    TimelineEventType::RoomPowerLevels,
    TimelineEventType::RoomRedaction,
];

/// Senders with the types of messages that a room's state allows them. A copy costs nothing.
///
/// Of an event that is not state, the authorization rules of every room version here ask for its
/// sender, its type and the state, and for nothing else, but for the types in [`LOOKED_INTO`]. So what
/// they answered holds until the state changes; whoever changes it starts with an empty one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    senders: OrdMap<OwnedUserId, OrdSet<TimelineEventType>>,
}

impl Allowed {
    /// Whether such an event is known to be allowed. `false` says nothing.
    pub(crate) fn knows(&self, pdu: &Pdu) -> bool {
        is_plain(pdu)
            && self.senders.get(&pdu.sender).is_some_and(|kinds| kinds.contains(&pdu.kind))
    }

    /// Remembers that an event was allowed.
    pub(crate) fn note(&mut self, pdu: &Pdu) {
        let is_new = !self.senders.contains_key(&pdu.sender);
        if !is_plain(pdu) || (is_new && self.senders.len() >= MOST_SENDERS) {
            return;
        }
        let kinds = self.senders.entry(pdu.sender.clone()).or_default();
        if kinds.len() < MOST_KINDS {
            kinds.insert(pdu.kind.clone());
        }
    }
}

/// Whether nothing of an event counts but its sender and type.
fn is_plain(pdu: &Pdu) -> bool {
    pdu.state_key.is_none() && !LOOKED_INTO.contains(&pdu.kind)
}
