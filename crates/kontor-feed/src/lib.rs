//! Who must wake when: each waiting `/sync` listens here for its user.
//!
//! A wake carries no content. Whoever wakes reads the committed position and the changes itself,
//! so a lost or doubled wake can't lose or double a message.

mod deliveries;
mod device_lists;
mod people;
mod watched;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use ruma::{OwnedUserId, RoomId, UserId};
use tokio::sync::watch;

pub use deliveries::Deliveries;
pub use device_lists::{DeviceListChange, DeviceLists};
use people::People;
pub use watched::Watch;

/// Wakes the waiting requests of users; one per tenant, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    waiting: Arc<Mutex<HashMap<OwnedUserId, watch::Sender<u64>>>>,
    device_lists: Arc<DeviceLists>,
    deliveries: Arc<Deliveries>,
    departures: Departures,
    people: Arc<People>,
    watch: Watch,
}

/// What is done when somebody has left one room (`Some`), or signed out of a device; `true` if others
/// have to hear of it.
type Departure = dyn Fn(&UserId, Option<&RoomId>) -> bool + Send + Sync;

/// What is done when somebody goes.
#[derive(Clone, Default)]
struct Departures(Arc<Mutex<Vec<Arc<Departure>>>>);

impl std::fmt::Debug for Departures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Departures({})", self.0.lock().len())
    }
}

/// Waits for the next wake of one user.
#[derive(Debug)]
pub struct Listener {
    user: OwnedUserId,
    changes: watch::Receiver<u64>,
    feed: Feed,
}

impl Feed {
    /// Wakes every request that waits for one of `users`. Cost: one look-up per user, two where
    /// somebody is watched.
    #[expect(single_use_lifetimes, reason = "an elided lifetime is not allowed here")]
    pub fn wake<'u>(&self, users: impl IntoIterator<Item = &'u UserId>) {
        let waiting = self.waiting.lock();
        let mut watched = self.watch.lock_if_any();
        if waiting.is_empty() && watched.is_none() {
            return;
        }
        for user in users {
            if let Some(sender) = waiting.get(user) {
                sender.send_modify(|count| *count += 1);
            }
            if let Some(watched) = &mut watched {
                watched.note(user);
            }
        }
        drop(watched);
        self.watch.ring();
    }

    /// Who is to be told of even though no request of theirs waits.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Wakes every waiting request of the tenant.
    pub fn wake_everyone(&self) {
        for sender in self.waiting.lock().values() {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// Has `tell` called whenever somebody has left a room or signed out of a device: for what is
    /// kept of them in memory only. It must not hold on to the feed, and must not wait. If it says
    /// so, every waiting request wakes.
    pub fn when_gone(
        &self,
        tell: impl Fn(&UserId, Option<&RoomId>) -> bool + Send + Sync + 'static,
    ) {
        self.departures.0.lock().push(Arc::new(tell));
    }

    /// Says that somebody has left a room (`Some`), or signed out of a device.
    pub fn gone(&self, user: &UserId, room: Option<&RoomId>) {
        let told = self.departures.0.lock().clone();
        let concerned = told.iter().filter(|tell| tell(user, room)).count();
        if concerned > 0 {
            self.wake_everyone();
        }
    }

    /// How far devices have confirmed what they were sent.
    pub fn deliveries(&self) -> &Arc<Deliveries> {
        &self.deliveries
    }

    /// The newest changes of people's devices and keys.
    pub fn device_lists(&self) -> &Arc<DeviceLists> {
        &self.device_lists
    }

    /// Notes that it has changed whether `user` is here, or what others call her: lists of people
    /// made before are out of date. To be called once that is committed.
    pub fn people_changed(&self, user: &UserId) {
        self.people.changed(user);
    }

    /// Of whom [`Self::people_changed`] has told since it was at this version; `None` if these are
    /// too many to remember.
    #[must_use]
    pub fn people_changed_since(&self, version: u64) -> Option<BTreeSet<OwnedUserId>> {
        self.people.changed_since(version)
    }

    /// Grows with every call of [`Self::people_changed`]. To be read before the list is.
    #[must_use]
    pub fn people_version(&self) -> u64 {
        self.people.version()
    }

    /// Starts to listen for `user`. Wakes from now on are noticed, also before the first wait.
    #[must_use]
    pub fn listen(&self, user: &UserId) -> Listener {
        let mut waiting = self.waiting.lock();
        let changes = if let Some(sender) = waiting.get(user) {
            sender.subscribe()
        } else {
            let (sender, changes) = watch::channel(0);
            waiting.insert(user.to_owned(), sender);
            changes
        };
        Listener { user: user.to_owned(), changes, feed: self.clone() }
    }
}

impl Listener {
    /// Resolves after the next wake since the last call (or since `listen`).
    pub async fn changed(&mut self) {
        // The sender lives in the feed for as long as this listener does.
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut waiting = self.feed.waiting.lock();
        if waiting.get(&self.user).is_some_and(|sender| sender.receiver_count() <= 1) {
            waiting.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruma::user_id;

    #[tokio::test]
    async fn wakes_only_the_named_user() {
        let feed = Feed::default();
        let (alice, bob) = (user_id!("@alice:a.example"), user_id!("@bob:a.example"));
        let mut for_alice = feed.listen(alice);
        let for_bob = feed.listen(bob);
        feed.wake([alice]);
        for_alice.changed().await;
        assert!(!for_bob.changes.has_changed().unwrap());
    }

    #[test]
    fn forgets_users_nobody_waits_for() {
        let feed = Feed::default();
        let first = feed.listen(user_id!("@alice:a.example"));
        let second = feed.listen(user_id!("@alice:a.example"));
        drop(first);
        assert_eq!(feed.waiting.lock().len(), 1);
        drop(second);
        assert!(feed.waiting.lock().is_empty());
    }
}
