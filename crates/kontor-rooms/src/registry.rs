//! Which rooms are in memory, and which rooms each user is in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use imbl::OrdMap;
use kontor_core::{RoomNid, StreamPos};
use parking_lot::Mutex;
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, OwnedUserId, RoomId, UserId};

use crate::Room;

/// Rooms kept in memory before unused ones are dropped.
const ROOM_LIMIT: usize = 20_000;

/// Users whose room list is kept in memory before the lists are dropped.
const USER_LIMIT: usize = 50_000;

/// A user's membership of one room.
#[derive(Clone, Debug)]
pub struct UserRoom {
    /// Short number of the room.
    pub nid: RoomNid,
    /// `join`, `invite`, `knock`, `leave` or `ban`.
    pub membership: MembershipState,
    /// Position of the membership event.
    pub pos: StreamPos,
    /// The user asked to forget the room.
    pub forgotten: bool,
}

/// Every room a user is or was in.
pub type UserRooms = OrdMap<OwnedRoomId, UserRoom>;

/// The in-memory index of one tenant.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    rooms: Mutex<Rooms>,
    users: Mutex<Users>,
}

#[derive(Debug, Default)]
struct Rooms {
    loaded: HashMap<OwnedRoomId, Arc<Room>>,
    /// Rooms whose handle broke: the next load must come behind all queued writes.
    broken: HashSet<OwnedRoomId>,
    /// Counts rooms that were changed beside their handle, so that what was read before is not kept.
    changes: u64,
}

impl Rooms {
    /// Takes a room out that was changed beside its handle; answers whether there was one.
    fn take_out(&mut self, room_id: &RoomId) -> bool {
        self.changes += 1;
        let room = self.loaded.remove(room_id);
        room.inspect(|room| room.break_off()).is_some()
    }
}

#[derive(Debug, Default)]
struct Users {
    rooms: HashMap<OwnedUserId, UserRooms>,
    /// Counts membership changes, so that a list read before one is not kept after it.
    changes: u64,
}

impl Registry {
    /// The handle of a loaded, usable room.
    pub(crate) fn room(&self, room_id: &RoomId) -> Option<Arc<Room>> {
        let mut rooms = self.rooms.lock();
        let room = rooms.loaded.get(room_id)?;
        if !room.is_broken() {
            return Some(Arc::clone(room));
        }
        rooms.loaded.remove(room_id);
        rooms.broken.insert(room_id.to_owned());
        None
    }

    /// Of these rooms, those with events or notices after `since`, and those that are not in memory.
    pub(crate) fn changed(&self, of_user: &UserRooms, since: StreamPos) -> Vec<OwnedRoomId> {
        let rooms = self.rooms.lock();
        of_user
            .keys()
            .filter(|id| {
                rooms.loaded.get(*id).is_none_or(|r| r.is_broken() || r.last_change() > since)
            })
            .cloned()
            .collect()
    }

    /// Whether the room must be loaded behind all queued writes, and the count of changes to hand to
    /// [`Self::keep`].
    pub(crate) fn must_reload(&self, room_id: &RoomId) -> (bool, u64) {
        let rooms = self.rooms.lock();
        (rooms.broken.contains(room_id), rooms.changes)
    }

    /// Takes the handle of a room out: its events were changed beside it.
    pub(crate) fn reload(&self, room_id: &RoomId) {
        let mut rooms = self.rooms.lock();
        rooms.take_out(room_id);
        rooms.broken.insert(room_id.to_owned());
    }

    /// Notes that events of a room which is not in memory were changed: what was read before is not kept.
    pub(crate) fn changed_beside(&self, room_id: &RoomId) {
        let mut rooms = self.rooms.lock();
        if rooms.take_out(room_id) {
            rooms.broken.insert(room_id.to_owned());
        }
    }

    /// Keeps a room that has just been made.
    pub(crate) fn keep_new(&self, room: Arc<Room>) {
        self.rooms.lock().loaded.insert(room.room_id.clone(), room);
    }

    /// Keeps `room`, read when `changes` was current, unless another request has loaded it meanwhile;
    /// answers the one kept, or `None` if it may be outdated.
    pub(crate) fn keep(&self, room: Arc<Room>, changes: u64) -> Option<Arc<Room>> {
        let mut rooms = self.rooms.lock();
        if rooms.changes != changes {
            return None;
        }
        if let Some(other) = rooms.loaded.get(&room.room_id).filter(|other| !other.is_broken()) {
            return Some(Arc::clone(other));
        }
        if rooms.loaded.len() >= ROOM_LIMIT {
            // Only handles nobody holds: a handle with a queued write must stay the only one.
            rooms.loaded.retain(|_, room| Arc::strong_count(room) > 1);
        }
        rooms.broken.remove(&room.room_id);
        rooms.loaded.insert(room.room_id.clone(), Arc::clone(&room));
        Some(room)
    }

    /// A user's rooms, if known, and the count of changes to hand to [`Self::keep_user`].
    pub(crate) fn user(&self, user: &UserId) -> (Option<UserRooms>, u64) {
        let users = self.users.lock();
        (users.rooms.get(user).cloned(), users.changes)
    }

    /// Keeps a list that was read when `changes` was current; `false` if it may be outdated.
    pub(crate) fn keep_user(&self, user: &UserId, rooms: UserRooms, changes: u64) -> bool {
        let mut users = self.users.lock();
        if users.changes != changes {
            return false;
        }
        if users.rooms.len() >= USER_LIMIT {
            users.rooms.clear();
        }
        users.rooms.insert(user.to_owned(), rooms);
        true
    }

    /// Forgets a room that was removed, and everybody's lists of rooms with it.
    pub(crate) fn room_gone(&self, room_id: &RoomId) {
        self.reload(room_id);
        let mut users = self.users.lock();
        users.changes += 1;
        users.rooms.retain(|_, rooms| !rooms.contains_key(room_id));
    }

    /// Forgets the rooms of somebody who is erased.
    pub(crate) fn forget_user(&self, user: &UserId) {
        let mut users = self.users.lock();
        users.changes += 1;
        users.rooms.remove(user);
    }

    /// Takes in a committed membership change.
    pub(crate) fn set_membership(&self, user: &UserId, room_id: &RoomId, entry: UserRoom) {
        let mut users = self.users.lock();
        users.changes += 1;
        if let Some(rooms) = users.rooms.get_mut(user) {
            rooms.insert(room_id.to_owned(), entry);
        }
    }
}
