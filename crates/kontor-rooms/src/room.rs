//! A room in memory: the head that new events are built on, and the live view that is committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use imbl::{OrdSet, Vector};
use kontor_core::{RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_protocol::RoomRules;
use parking_lot::{Mutex, MutexGuard, RwLock};
use ruma::events::room::member::MembershipState;
use ruma::{OwnedEventId, OwnedRoomId, OwnedUserId, RoomId};

use crate::allowed::Allowed;
use crate::sent::Sent;
use crate::{Event, State};

/// Number of newest events a room keeps in memory.
pub const RECENT: usize = 50;

/// Number of newest notices of expired events a room keeps in memory.
pub(crate) const NOTICES: usize = 8;

/// A loaded room. There is at most one usable handle per room.
#[derive(Debug)]
pub struct Room {
    /// Short number.
    pub nid: RoomNid,
    /// Matrix room id.
    pub room_id: OwnedRoomId,
    /// Rules of its room version.
    pub rules: RoomRules,
    /// What it is for.
    pub class: RoomClass,
    /// Transactions of late.
    pub(crate) sent: Sent,
    head: Mutex<Head>,
    live: RwLock<Live>,
    broken: AtomicBool,
}

/// What the next event is built on: everything enqueued, also what is not durable yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) state: State,
    pub(crate) extremity: Option<OwnedEventId>,
    pub(crate) depth: u64,
    /// What `state` is known to allow.
    pub(crate) allowed: Allowed,
}

impl Head {
    /// Takes in a state event; other events change nothing.
    pub(crate) fn set_state(&mut self, event: &Arc<Event>) {
        if event.is_state() {
            self.state.insert(Arc::clone(event));
            self.allowed = Allowed::default();
        }
    }
}

/// What is durable and may be shown. A copy costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Current state.
    pub state: State,
    /// The newest events, oldest first; at most [`RECENT`], unless one write brought more.
    pub recent: Vector<Arc<Event>>,
    /// Position of the newest event.
    pub last_pos: StreamPos,
    /// Events at or before this position are not in `recent`.
    pub recent_floor: StreamPos,
    /// Joined members.
    pub joined: OrdSet<OwnedUserId>,
    /// Number of invited members.
    pub invited: usize,
    /// Of the events up to here only state is left: the time of the rest is over.
    pub purged: StreamPos,
    /// The newest notices of what is to be forgotten, oldest first.
    pub notices: Vector<Arc<Notice>>,
    /// Position of the newest notice.
    pub last_notice: StreamPos,
}

/// What a room's members are told to forget because its time is over. law: R-111
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Position in the tenant's stream.
    pub pos: StreamPos,
    /// When the events went.
    pub expired: Timestamp,
    /// The events.
    pub event_ids: Vec<OwnedEventId>,
}

impl Room {
    pub(crate) fn new(
        (nid, room_id): (RoomNid, OwnedRoomId),
        rules: RoomRules,
        class: RoomClass,
    ) -> Self {
        Self {
            nid,
            room_id,
            rules,
            class,
            sent: Sent::default(),
            head: Mutex::default(),
            live: RwLock::default(),
            broken: AtomicBool::new(false),
        }
    }

    pub(crate) fn with_head(self, head: Head, live: Live) -> Self {
        Self { head: Mutex::new(head), live: RwLock::new(live), ..self }
    }

    /// What names it in the database and outside, and what it is for.
    pub(crate) fn place(&self) -> (RoomNid, &RoomId, RoomClass) {
        (self.nid, &self.room_id, self.class)
    }

    /// The committed view.
    pub fn live(&self) -> Live {
        self.live.read().clone()
    }

    /// Position of the newest committed event.
    pub fn last_pos(&self) -> StreamPos {
        self.live.read().last_pos
    }

    /// Position of the newest event or notice: what a device behind it has not heard of.
    pub fn last_change(&self) -> StreamPos {
        let live = self.live.read();
        live.last_pos.max(live.last_notice)
    }

    pub(crate) fn head(&self) -> MutexGuard<'_, Head> {
        self.head.lock()
    }

    pub(crate) fn update_live(&self, change: impl FnOnce(&mut Live)) {
        change(&mut self.live.write());
    }

    /// Marks the handle unusable: a write failed, so the head holds events that do not exist.
    pub(crate) fn break_off(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }
}

impl Live {
    /// Takes in a committed event, in order of position.
    pub(crate) fn push(&mut self, event: &Arc<Event>) {
        self.last_pos = event.pos();
        self.take_state(event);
        if let Some(relation) = &event.relation {
            let target = self.recent.iter().rev().find(|e| e.pdu.event_id == relation.target);
            target.inspect(|target| target.set_related(true));
        }
        self.recent.push_back(Arc::clone(event));
        while self.recent.len() > RECENT {
            if let Some(oldest) = self.recent.pop_front() {
                self.recent_floor = oldest.pos();
            }
        }
    }

    /// Takes in a state event that is older than `recent`.
    pub(crate) fn take_state(&mut self, event: &Arc<Event>) {
        if let (Some(membership), Some(user)) = (&event.membership, &event.pdu.state_key) {
            self.count_member(user, membership);
        }
        self.state.insert(Arc::clone(event));
    }

    fn count_member(&mut self, user: &str, membership: &MembershipState) {
        let before = self.state.get("m.room.member", user).and_then(|e| e.membership.clone());
        if before == Some(MembershipState::Invite) {
            self.invited = self.invited.saturating_sub(1);
        }
        let Ok(user) = OwnedUserId::try_from(user) else { return };
        match membership {
            MembershipState::Join => drop(self.joined.insert(user)),
            MembershipState::Invite => {
                self.joined.remove(&user);
                self.invited += 1;
            }
            _ => drop(self.joined.remove(&user)),
        }
    }

    /// Puts a changed copy of an event (redacted) in the place of the original, also where a later
    /// event shows what it replaced.
    pub(crate) fn replace(&mut self, event: &Arc<Event>) {
        let id = &event.pdu.event_id;
        let shows =
            |later: &Event| later.replaced.as_ref().is_some_and(|before| before.event_id == *id);
        for slot in &mut self.recent {
            if slot.pdu.event_id == *id {
                *slot = Arc::clone(event);
            } else if shows(slot) {
                *slot = Arc::new(slot.replacing(event.as_replaced()));
            }
        }
        let Some(state_key) = event.pdu.state_key.as_deref() else { return };
        let current = self.state.get(&event.pdu.kind.to_string(), state_key).cloned();
        match current {
            Some(current) if current.pdu.event_id == *id => self.state.insert(Arc::clone(event)),
            Some(current) if shows(&current) => {
                self.state.insert(Arc::new(current.replacing(event.as_replaced())));
            }
            _ => {}
        }
    }

    /// Takes out what has expired: of the events up to `upto` all that is not present state.
    pub(crate) fn purge(&mut self, upto: StreamPos, notice: Option<Arc<Notice>>) {
        let state = self.state.clone();
        // `Vector::retain` of imbl 7.0.2 reads and frees what is gone, once a long vector has lost its first item.
        let stays = |event: &Event| event.pos() > upto || state.holds(event);
        self.recent = self.recent.iter().filter(|event| stays(event)).cloned().collect();
        self.purged = self.purged.max(upto);
        let Some(notice) = notice else { return };
        self.last_notice = self.last_notice.max(notice.pos);
        self.notices.push_back(notice);
        while self.notices.len() > NOTICES {
            self.notices.pop_front();
        }
    }

    /// Takes out messages that have been delivered: behind `after` and up to `upto`.
    pub(crate) fn take_out(&mut self, after: StreamPos, upto: StreamPos) {
        let is_gone = |event: &Event| event.pos() > after && event.pos() <= upto;
        let stays = |event: &Event| event.is_state() || !is_gone(event);
        self.recent = self.recent.iter().filter(|event| stays(event)).cloned().collect();
    }

    /// Whether every event after `pos` is in `recent`.
    #[must_use]
    pub fn covers(&self, pos: StreamPos) -> bool {
        pos >= self.recent_floor
    }
}
