//! A clock that jumps ahead makes everything look old. Deletion waits until somebody could have set it
//! right. law: R-111

use std::time::{Duration, Instant};

use kontor_core::Timestamp;

/// A step ahead that only a wrong clock explains, or a machine that slept.
const JUMP: Duration = Duration::from_hours(24);
/// Deletion waits so long after one.
const WAIT: Duration = Duration::from_hours(1);

/// What the clock has shown, beside a clock that nobody can set.
#[derive(Debug, Default)]
pub(crate) struct Steadiness {
    last: Option<(Timestamp, Instant)>,
    until: Option<Instant>,
}

impl Steadiness {
    /// Whether something may be deleted by a clock that shows `now`; `at` is the time by the clock that
    /// nobody can set.
    pub(crate) fn observe(&mut self, now: Timestamp, at: Instant) -> bool {
        if let Some((before, then)) = self.last.replace((now, at)) {
            let passed = at.duration_since(then);
            if now.since(before) > passed + JUMP {
                self.until = Some(at + WAIT);
            } else if before.since(now) > JUMP {
                // Set right again.
                self.until = None;
            }
        }
        self.until = self.until.filter(|until| at < *until);
        self.until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_767_225_600_000);
    const MINUTE: Duration = Duration::from_mins(1);
    const YEAR: Duration = Duration::from_hours(24 * 365);

    #[test]
    fn a_steady_clock_deletes_at_any_time() {
        let (mut clock, begun) = (Steadiness::default(), Instant::now());
        for minutes in 0..5_000 {
            // A little fast, as clocks are.
            let now = START.plus(MINUTE * minutes + Duration::from_millis(u64::from(minutes)));
            assert!(clock.observe(now, begun + MINUTE * minutes));
        }
    }

    #[test]
    fn after_a_jump_ahead_nothing_is_deleted_for_an_hour() {
        let (mut clock, begun) = (Steadiness::default(), Instant::now());
        assert!(clock.observe(START, begun));
        for minutes in 1..=60 {
            let now = START.plus(YEAR + MINUTE * minutes);
            assert!(!clock.observe(now, begun + MINUTE * minutes), "minute {minutes}");
        }
        assert!(clock.observe(START.plus(YEAR + MINUTE * 61), begun + MINUTE * 61));
    }

    #[test]
    fn a_clock_that_was_set_right_again_is_believed_at_once() {
        let (mut clock, begun) = (Steadiness::default(), Instant::now());
        assert!(clock.observe(START, begun));
        assert!(!clock.observe(START.plus(YEAR), begun + MINUTE));
        assert!(clock.observe(START.plus(MINUTE * 2), begun + MINUTE * 2));
    }
}
