//! What a waiting `/sync` asks of each device, in memory: how many keys are left.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use parking_lot::Mutex;
use ruma::{DeviceId, OneTimeKeyAlgorithm, OwnedDeviceId, OwnedUserId, UInt, UserId};

/// Parts with a lock each.
const PARTS: usize = 64;
/// Devices remembered per part before the part is emptied.
const DEVICES_PER_PART: usize = 1024;

/// How many keys a device has left on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyCounts {
    /// Unclaimed one-time keys; `signed_curve25519` is always listed.
    pub one_time_keys: BTreeMap<OneTimeKeyAlgorithm, UInt>,
    /// Algorithms whose fallback key has not been handed out.
    pub unused_fallback_keys: Vec<OneTimeKeyAlgorithm>,
}

/// What is known of one device.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) counts: Arc<KeyCounts>,
    /// `DeviceLists::removals` when this was read.
    pub(crate) removals: u64,
}

/// What is known of the devices of an organisation. Bounded; the database has the rest.
#[derive(Debug)]
pub(crate) struct Shelf {
    hasher: RandomState,
    parts: Vec<Mutex<Part>>,
}

#[derive(Debug, Default)]
struct Part {
    /// Grows with each change, so that what was read before one is not kept after it.
    changes: u64,
    size: usize,
    known: HashMap<OwnedUserId, HashMap<OwnedDeviceId, Known>>,
}

impl Default for Shelf {
    fn default() -> Self {
        let parts = (0..PARTS).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), parts }
    }
}

impl Shelf {
    /// What is known of a device, if it was read after the last removal.
    pub(crate) fn get(&self, user: &UserId, device: &DeviceId, removals: u64) -> Option<Known> {
        let part = self.part(user)?.lock();
        let known = part.known.get(user)?.get(device)?;
        (known.removals == removals).then(|| known.clone())
    }

    /// The count to hand to [`Self::keep`]; to be taken before reading.
    pub(crate) fn changes(&self, user: &UserId) -> u64 {
        self.part(user).map_or(0, |part| part.lock().changes)
    }

    /// Keeps what was read when `changes` was current, unless something has changed since.
    pub(crate) fn keep(&self, (user, device): (&UserId, &DeviceId), known: Known, changes: u64) {
        let Some(part) = self.part(user) else { return };
        let mut part = part.lock();
        if part.changes != changes {
            return;
        }
        if part.size >= DEVICES_PER_PART {
            part.known.clear();
            part.size = 0;
        }
        let devices = part.known.entry(user.to_owned()).or_default();
        if devices.insert(device.to_owned(), known).is_none() {
            part.size += 1;
        }
    }

    /// The keys of a device changed.
    pub(crate) fn forget(&self, user: &UserId, device: &DeviceId) {
        let Some(part) = self.part(user) else { return };
        let mut part = part.lock();
        part.changes += 1;
        if part.known.get_mut(user).is_some_and(|devices| devices.remove(device).is_some()) {
            part.size = part.size.saturating_sub(1);
        }
    }

    fn part(&self, user: &UserId) -> Option<&Mutex<Part>> {
        let hash = usize::try_from(self.hasher.hash_one(user) % 64).unwrap_or(0);
        self.parts.get(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruma::{device_id, user_id};

    fn known() -> Known {
        Known { counts: Arc::default(), removals: 0 }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let shelf = Shelf::default();
        let (alice, device) = (user_id!("@alice:a.example"), device_id!("A"));
        let before = shelf.changes(alice);
        shelf.forget(alice, device);
        shelf.keep((alice, device), known(), before);
        assert!(shelf.get(alice, device, 0).is_none());
        shelf.keep((alice, device), known(), shelf.changes(alice));
        assert!(shelf.get(alice, device, 0).is_some());
        assert!(shelf.get(alice, device, 1).is_none(), "removed");
    }

    #[test]
    fn memory_is_bounded() {
        let shelf = Shelf::default();
        let alice = user_id!("@alice:a.example");
        for n in 0..3000 {
            let device = OwnedDeviceId::from(format!("D{n}"));
            shelf.keep((alice, &device), known(), shelf.changes(alice));
        }
        let part = shelf.part(alice).unwrap().lock();
        assert!(part.known.values().map(HashMap::len).sum::<usize>() <= DEVICES_PER_PART);
    }
}
