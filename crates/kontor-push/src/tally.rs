//! What one person has not read in one room, as far as it notifies.

use std::sync::Arc;

use kontor_core::StreamPos;
use kontor_receipts::ReadPositions;
use kontor_rooms::{Event, Live};
use ruma::events::room::member::MembershipState;
use ruma::{OwnedEventId, UserId};

use crate::rules::OwnRules;
use crate::unread::Unread;

/// Relations followed to find an event's thread (spec: "a maximum of 3 hops").
const HOPS: usize = 3;

/// Unread events that notify, of one room and person.
pub(crate) struct Tally {
    /// The rules they were judged by.
    pub(crate) rules: Arc<OwnRules>,
    /// Events up to here are judged.
    pub(crate) upto: StreamPos,
    /// Oldest first.
    pub(crate) unread: Vec<Item>,
}

/// One event that notifies.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) pos: StreamPos,
    pub(crate) highlight: bool,
    /// The first event of its thread; `None` in the main timeline.
    pub(crate) thread: Option<OwnedEventId>,
}

impl Item {
    fn is_read(&self, read: &ReadPositions) -> bool {
        is_read((self.pos, self.thread.as_ref()), read)
    }
}

impl Tally {
    /// Takes in an event of the person: sending is reading (spec: "Marking notifications as
    /// read"), joining forgets what was before.
    pub(crate) fn take_own(&mut self, event: &Event, live: &Live) {
        match &event.membership {
            Some(MembershipState::Join) if !was_joined(event) => self.unread.clear(),
            // A new name or picture reaches all rooms at once: nobody has read them for it.
            Some(_) => {}
            None => {
                let thread = thread_of(event, live);
                self.unread.retain(|item| item.thread != thread);
            }
        }
    }

    /// Forgets what has been read.
    pub(crate) fn prune(&mut self, read: &ReadPositions) {
        self.unread.retain(|item| !item.is_read(read));
    }

    pub(crate) fn count(&self, read: &ReadPositions) -> Unread {
        let mut unread = Unread::default();
        for item in self.unread.iter().filter(|item| !item.is_read(read)) {
            let counts = match &item.thread {
                None => &mut unread.main,
                Some(root) => unread.threads.entry(root.clone()).or_default(),
            };
            counts.notifications += 1;
            counts.highlights += u32::from(item.highlight);
        }
        unread
    }
}

/// Whether the person has read up to an event, in its thread or altogether.
pub(crate) fn is_read(
    (pos, thread): (StreamPos, Option<&OwnedEventId>),
    read: &ReadPositions,
) -> bool {
    let thread = thread.map_or("main", |root| root.as_str());
    pos <= read.unthreaded || read.threads.get(thread).is_some_and(|upto| pos <= *upto)
}

/// The first event of the thread an event belongs to; `None` in the main timeline.
///
/// Indirect relations are followed among the events in memory.
pub(crate) fn thread_of(event: &Event, live: &Live) -> Option<OwnedEventId> {
    let mut relation = event.relation.as_ref()?;
    for _ in 0..HOPS {
        if relation.kind == "m.thread" {
            return Some(relation.target.clone());
        }
        let parent = live.recent.iter().rev().find(|e| e.pdu.event_id == relation.target)?;
        relation = parent.relation.as_ref()?;
    }
    None
}

/// Whether the person was in the room already before this membership event.
fn was_joined(event: &Event) -> bool {
    #[derive(serde::Deserialize)]
    struct Content {
        membership: MembershipState,
    }
    let before = event.replaced.as_ref();
    before
        .and_then(|before| serde_json::from_str::<Content>(before.content.get()).ok())
        .is_some_and(|content| content.membership == MembershipState::Join)
}

/// Whether the event is the person's own.
pub(crate) fn is_own(event: &Event, user: &UserId) -> bool {
    // An invitation that one accepts is sent by oneself; one that is sent to oneself is not.
    event.pdu.sender == user
}
