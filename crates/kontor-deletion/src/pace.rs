//! How many messages go in one write, so that nobody's message waits for it noticeably.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// So long a batch may keep the writer; to store it takes about twice as long again.
const BUDGET: Duration = Duration::from_millis(3);
/// Fewer would cost more than they spare.
const LEAST: u32 = 25;
/// Before anything has been measured.
const FIRST: u32 = 50;

/// The size of batches, learned from how long they took.
#[derive(Debug)]
pub(crate) struct Pace {
    size: AtomicU32,
    most: u32,
}

impl Pace {
    /// Batches of up to `most` messages.
    pub(crate) const fn new(most: u32) -> Self {
        Self { size: AtomicU32::new(FIRST), most }
    }

    /// Most messages of the next batch.
    pub(crate) fn size(&self) -> u32 {
        self.size.load(Ordering::Relaxed)
    }

    /// A batch of `size` messages kept the writer for `took`. Grows step by step, shrinks at once.
    pub(crate) fn learn(&self, size: u32, took: Duration) {
        let took = took.as_micros().max(1);
        let fits = u128::from(size) * BUDGET.as_micros() / took;
        let fits = u32::try_from(fits).unwrap_or(u32::MAX);
        let next = fits.min(size.saturating_mul(2)).clamp(LEAST, self.most);
        self.size.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_as_large_as_its_time_allows() {
        let pace = Pace::new(200);
        pace.learn(pace.size(), BUDGET * 2);
        assert_eq!(pace.size(), FIRST / 2);
        pace.learn(50, BUDGET / 2);
        assert_eq!(pace.size(), 100);
    }

    #[test]
    fn one_batch_changes_no_more_than_it_says() {
        let pace = Pace::new(200);
        pace.learn(pace.size(), Duration::ZERO);
        assert_eq!(pace.size(), FIRST * 2, "no leap upwards");
        pace.learn(pace.size(), Duration::from_mins(1));
        assert_eq!(pace.size(), LEAST, "never stands still");
        for _ in 0..10 {
            pace.learn(pace.size(), Duration::ZERO);
        }
        assert_eq!(pace.size(), 200);
    }
}
