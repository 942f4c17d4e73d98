//! People for whom something is to be done while they are away: their sleeping devices are woken.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};
use ruma::{OwnedUserId, UserId};
use tokio::sync::Notify;

/// Notes which of the watched people something may have happened for, and rings a bell.
///
/// Like a wake, a note carries no content, and any number of them is one.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Whether anybody is watched: where nobody is, a wake costs nothing more.
    any: AtomicBool,
    /// Whether something was noted since the bell rang last.
    is_noted: AtomicBool,
    watched: Mutex<Watched>,
    bell: Mutex<Option<Arc<Notify>>>,
}

/// Who is watched, and for whom something was noted.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    people: HashSet<OwnedUserId>,
    noted: HashSet<OwnedUserId>,
}

impl Watch {
    /// Rings `bell` from now on.
    pub fn set_bell(&self, bell: Arc<Notify>) {
        *self.0.bell.lock() = Some(bell);
    }

    /// Begins to watch for somebody; `false` if that was done already.
    pub fn begin(&self, user: &UserId) -> bool {
        let mut watched = self.0.watched.lock();
        self.0.any.store(true, Ordering::Release);
        watched.people.insert(user.to_owned())
    }

    /// Ends it.
    pub fn end(&self, user: &UserId) {
        let mut watched = self.0.watched.lock();
        watched.people.remove(user);
        watched.noted.remove(user);
        self.0.any.store(!watched.people.is_empty(), Ordering::Release);
    }

    /// For whom something was noted since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<OwnedUserId> {
        self.0.watched.lock().noted.drain().collect()
    }

    pub(crate) fn lock_if_any(&self) -> Option<Noting<'_>> {
        let any = self.0.any.load(Ordering::Acquire);
        any.then(|| Noting { watched: self.0.watched.lock(), is_noted: &self.0.is_noted })
    }

    pub(crate) fn ring(&self) {
        if self.0.is_noted.swap(false, Ordering::AcqRel)
            && let Some(bell) = &*self.0.bell.lock()
        {
            bell.notify_one();
        }
    }
}

/// The list, open for notes.
pub(crate) struct Noting<'w> {
    watched: MutexGuard<'w, Watched>,
    is_noted: &'w AtomicBool,
}

impl Noting<'_> {
    pub(crate) fn note(&mut self, user: &UserId) {
        if self.watched.people.contains(user) && !self.watched.noted.contains(user) {
            self.watched.noted.insert(user.to_owned());
            self.is_noted.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use ruma::user_id;

    use super::*;
    use crate::Feed;

    #[test]
    fn only_the_watched_are_noted_and_once() {
        let feed = Feed::default();
        let bell = Arc::new(Notify::new());
        feed.watch().set_bell(Arc::clone(&bell));
        let rang = || {
            let rung = pin!(bell.notified());
            rung.poll(&mut Context::from_waker(Waker::noop())).is_ready()
        };
        let (alice, bob) = (user_id!("@alice:a.example"), user_id!("@bob:a.example"));
        feed.wake([alice, bob]);
        assert!(!rang() && feed.watch().take().is_empty());
        assert!(feed.watch().begin(alice) && !feed.watch().begin(alice));
        feed.wake([bob]);
        assert!(!rang());
        feed.wake([bob, alice]);
        feed.wake([alice]);
        assert!(rang());
        assert_eq!(feed.watch().take(), [alice]);
        assert!(!rang() && feed.watch().take().is_empty());
        feed.watch().end(alice);
        feed.wake([alice]);
        assert!(!rang() && feed.watch().take().is_empty());
    }
}
