//! How often something may be done: token buckets in memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use kontor_core::{Error, MatrixCode, Result, Timestamp};
use parking_lot::Mutex;

use crate::Rate;

/// Most subjects kept; when full, those with full buckets go first.
const MOST_SUBJECTS: usize = 100_000;

/// Token buckets by subject. Nothing of it is ever stored.
#[derive(Debug)]
pub struct Throttle<S> {
    /// When the bucket is full again.
    full_at: Mutex<HashMap<S, Timestamp>>,
}

impl<S> Default for Throttle<S> {
    fn default() -> Self {
        Self { full_at: Mutex::default() }
    }
}

impl<S: Eq + Hash> Throttle<S> {
    /// Counts one try of `subject`.
    ///
    /// # Errors
    /// `Limited` (`M_LIMIT_EXCEEDED` with `retry_after_ms`) if it was one too many.
    pub fn take(&self, subject: S, rate: Rate, now: Timestamp) -> Result<()> {
        let interval = 60_000 / i64::from(rate.per_minute.max(1));
        let capacity = interval.saturating_mul(i64::from(rate.burst.max(1)));
        let mut full_at = self.full_at.lock();
        if full_at.len() >= MOST_SUBJECTS {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= MOST_SUBJECTS {
                full_at.clear();
            }
        }
        let slot = full_at.entry(subject).or_insert(now);
        // The clock may have jumped back: nobody waits longer than an empty bucket takes to fill.
        let start = slot.0.clamp(now.0, now.0.saturating_add(capacity));
        let wait = start + interval - now.0 - capacity;
        if wait > 0 {
            return Err(too_often(Duration::from_millis(wait.unsigned_abs())));
        }
        *slot = Timestamp(start + interval);
        Ok(())
    }
}

impl<S: Eq + Hash> Throttle<S> {
    /// Takes back what one [`Self::take`] of `subject` has counted: it was none of those meant.
    pub fn give_back(&self, subject: &S, rate: Rate, now: Timestamp) {
        let interval = 60_000 / i64::from(rate.per_minute.max(1));
        if let Some(slot) = self.full_at.lock().get_mut(subject) {
            *slot = Timestamp((slot.0 - interval).max(now.0));
        }
    }
}

/// `M_LIMIT_EXCEEDED` with the time to wait.
pub fn too_often(wait: Duration) -> Error {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Error::limited(MatrixCode::LimitExceeded, "Too many tries. Wait, then try again.")
        .with_field("retry_after_ms", wait_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_minute: 6 };

    #[test]
    fn burst_passes_then_one_per_interval() {
        let throttle = Throttle::default();
        let alice = "alice";
        let at = |ms| throttle.take(alice, RATE, Timestamp(ms));
        assert!(at(0).is_ok() && at(0).is_ok() && at(0).is_ok());
        let refused = at(0).unwrap_err();
        assert_eq!(refused.fields.get("retry_after_ms"), Some(&10_000.into()));
        assert!(at(9_999).is_err());
        assert!(at(10_000).is_ok());
        assert!(at(10_000).is_err());
        assert!(throttle.take("bob", RATE, Timestamp(0)).is_ok());
    }

    #[test]
    fn what_is_given_back_does_not_count() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.take("alice", RATE, Timestamp(0)).unwrap();
            throttle.give_back(&"alice", RATE, Timestamp(0));
        }
        // Nobody has more than a full bucket.
        throttle.give_back(&"alice", RATE, Timestamp(0));
        for _ in 0..3 {
            throttle.take("alice", RATE, Timestamp(0)).unwrap();
        }
        assert!(throttle.take("alice", RATE, Timestamp(0)).is_err());
    }

    #[test]
    fn a_clock_that_jumps_back_locks_nobody_out() {
        let throttle = Throttle::default();
        let alice = "alice";
        throttle.take(alice, RATE, Timestamp(1_000_000_000)).unwrap();
        let refused = throttle.take(alice, RATE, Timestamp(0)).unwrap_err();
        assert_eq!(refused.fields.get("retry_after_ms"), Some(&10_000.into()));
    }
}
