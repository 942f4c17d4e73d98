//! Counting what could not be recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kontor_db::Tx;

/// Security events that may wait to be written at once; beyond that they are only counted.
const MOST_WAITING: u64 = 10_000;

/// Security events that could not be recorded since this was last told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lost(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    lost: AtomicU64,
    waiting: AtomicU64,
}

impl Lost {
    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Takes the count, to be written in `tx`; `None` if nothing was lost. If `tx` fails, it
    /// remains to be told.
    pub(crate) fn tell(&self, tx: &mut Tx<'_>) -> Option<u64> {
        let count = self.0.lost.swap(0, Ordering::Relaxed);
        if count == 0 {
            return None;
        }
        let untold = Untold { counts: Arc::clone(&self.0), count };
        tx.after_commit(move || untold.settle());
        Some(count)
    }

    /// One event on its way to the writer; `None` if too many wait, and then it is lost.
    pub(crate) fn entrust(&self) -> Option<Entrusted> {
        let untold = Untold { counts: Arc::clone(&self.0), count: 1 };
        if self.0.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
            return None;
        }
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        Some(Entrusted(untold))
    }
}

/// Counts again when dropped unsettled.
#[derive(Debug)]
struct Untold {
    counts: Arc<Counts>,
    count: u64,
}

impl Untold {
    fn settle(mut self) {
        self.count = 0;
    }
}

impl Drop for Untold {
    fn drop(&mut self) {
        self.counts.lost.fetch_add(self.count, Ordering::Relaxed);
    }
}

/// An event on its way; lost if it is dropped before it is durable.
#[derive(Debug)]
pub(crate) struct Entrusted(Untold);

impl Entrusted {
    /// It is durable.
    pub(crate) fn settle(mut self) {
        self.0.count = 0;
    }
}

impl Drop for Entrusted {
    fn drop(&mut self) {
        self.0.counts.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_on_the_way_is_lost() {
        let lost = Lost::default();
        drop(lost.entrust());
        lost.entrust().unwrap().settle();
        assert_eq!(lost.count(), 1);
    }

    #[test]
    fn what_does_not_fit_the_queue_is_lost() {
        let lost = Lost::default();
        let waiting: Vec<_> = (0..MOST_WAITING).map(|_| lost.entrust().unwrap()).collect();
        assert!(lost.entrust().is_none());
        assert_eq!(lost.count(), 1);
        waiting.into_iter().for_each(Entrusted::settle);
        assert!(lost.entrust().is_some());
    }
}
