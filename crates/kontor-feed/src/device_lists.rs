//! The newest changes of people's devices and keys, so that a waiting `/sync` need not ask the
//! database.

use std::collections::{HashMap, VecDeque};

use kontor_core::StreamPos;
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};

/// Changes kept in memory; older ones are in the database.
const KEPT: usize = 16_384;

/// One change of a person's devices or keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceListChange {
    /// Position of the change.
    pub pos: StreamPos,
    /// Whose keys changed.
    pub user_id: OwnedUserId,
    /// The only one concerned; `None`: everybody who shares a room.
    pub viewer: Option<OwnedUserId>,
}

/// The newest changes of people's devices and keys.
///
/// Whoever writes a change notes it here, in `after_commit`: then it is known before the position
/// counts as committed.
#[derive(Debug, Default)]
pub struct DeviceLists {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Changes up to this position may be missing.
    floor: StreamPos,
    changes: VecDeque<DeviceListChange>,
    /// How often devices of a user were removed since the start; absent: never.
    removals: HashMap<OwnedUserId, u64>,
}

impl DeviceLists {
    /// Says that changes up to `pos` happened before this process started.
    pub fn start_at(&self, pos: StreamPos) {
        let mut kept = self.kept.lock();
        kept.floor = kept.floor.max(pos);
    }

    /// Notes a change. To be called in the order of positions.
    pub fn note(&self, change: DeviceListChange) {
        let mut kept = self.kept.lock();
        if kept.changes.len() >= KEPT
            && let Some(oldest) = kept.changes.pop_front()
        {
            kept.floor = kept.floor.max(oldest.pos);
        }
        kept.changes.push_back(change);
    }

    /// Notes that devices of `user` were removed: what is remembered about their keys is void. If
    /// one had keys, that is a change of the user's list.
    pub fn note_removal(&self, user: &UserId, change: Option<StreamPos>) {
        let mut kept = self.kept.lock();
        if let Some(count) = kept.removals.get_mut(user) {
            *count += 1;
        } else {
            kept.removals.insert(user.to_owned(), 1);
        }
        drop(kept);
        if let Some(pos) = change {
            self.note(DeviceListChange { pos, user_id: user.to_owned(), viewer: None });
        }
    }

    /// How often devices of a user were removed since the start.
    pub fn removals(&self, user: &UserId) -> u64 {
        self.kept.lock().removals.get(user).copied().unwrap_or(0)
    }

    /// Changes after `from`, up to and including `to`, oldest first; `None` if some of them are
    /// only in the database.
    pub fn between(&self, from: StreamPos, to: StreamPos) -> Option<Vec<DeviceListChange>> {
        let kept = self.kept.lock();
        if from < kept.floor {
            return None;
        }
        let newest_first = kept.changes.iter().rev();
        let mut found: Vec<_> = newest_first
            .take_while(|change| change.pos > from)
            .filter(|change| change.pos <= to)
            .cloned()
            .collect();
        found.reverse();
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruma::owned_user_id;

    fn change(pos: i64) -> DeviceListChange {
        let user_id = owned_user_id!("@alice:a.example");
        DeviceListChange { pos: StreamPos(pos), user_id, viewer: None }
    }

    #[test]
    fn gives_what_lies_between_two_positions() {
        let lists = DeviceLists::default();
        for pos in 1..=5 {
            lists.note(change(pos));
        }
        let found = lists.between(StreamPos(2), StreamPos(4)).unwrap();
        assert_eq!(found, [change(3), change(4)]);
        assert_eq!(lists.between(StreamPos(5), StreamPos(9)).unwrap(), []);
    }

    #[test]
    fn does_not_answer_for_times_it_has_not_seen() {
        let lists = DeviceLists::default();
        lists.start_at(StreamPos(10));
        assert_eq!(lists.between(StreamPos(9), StreamPos(12)), None);
        assert_eq!(lists.between(StreamPos(10), StreamPos(12)), Some(vec![]));
        for pos in 11..=(12 + i64::try_from(KEPT).unwrap()) {
            lists.note(change(pos));
        }
        assert_eq!(lists.between(StreamPos(10), StreamPos(12)), None);
    }
}
