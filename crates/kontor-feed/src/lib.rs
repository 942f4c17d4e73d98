//! Who must wake when: each waiting `/sync` listens here for its user.
//!
//! A wake carries no content. Whoever wakes reads the committed position and the changes itself,
//! so a lost or doubled wake can't lose or double a message.

mod device_lists;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};
use tokio::sync::watch;

pub use device_lists::{DeviceListChange, DeviceLists};

/// Wakes the waiting requests of users; one per tenant, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    waiting: Arc<Mutex<HashMap<OwnedUserId, watch::Sender<u64>>>>,
    device_lists: Arc<DeviceLists>,
}

/// Waits for the next wake of one user.
#[derive(Debug)]
pub struct Listener {
    user: OwnedUserId,
    changes: watch::Receiver<u64>,
    feed: Feed,
}

impl Feed {
    /// Wakes every request that waits for one of `users`. Cost: one look-up per user.
    #[expect(single_use_lifetimes, reason = "an elided lifetime is not allowed here")]
    pub fn wake<'u>(&self, users: impl IntoIterator<Item = &'u UserId>) {
        let waiting = self.waiting.lock();
        if waiting.is_empty() {
            return;
        }
        for user in users {
            if let Some(sender) = waiting.get(user) {
                sender.send_modify(|count| *count += 1);
            }
        }
    }

    /// Wakes every waiting request of the tenant.
    pub fn wake_everyone(&self) {
        for sender in self.waiting.lock().values() {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// The newest changes of people's devices and keys.
    pub fn device_lists(&self) -> &Arc<DeviceLists> {
        &self.device_lists
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
