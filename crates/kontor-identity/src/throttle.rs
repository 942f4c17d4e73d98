//! How often an account or an address may try. In memory; no address is ever stored.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use kontor_core::{Error, MatrixCode, Result, Timestamp};
use kontor_policy::Rate;
use parking_lot::Mutex;

/// Most subjects kept; when full, those with full buckets go first.
const MOST_SUBJECTS: usize = 100_000;

/// Token buckets by subject.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// When the bucket is full again.
    full_at: Mutex<HashMap<Subject, Timestamp>>,
}

/// Whose tries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Log-ins into one account, by keyed hash; also for names that do not exist.
    Account([u8; 32]),
    /// Log-ins from one address.
    Address(IpAddr),
    /// New accounts from one address.
    Registration(IpAddr),
}

impl Subject {
    /// A whole IPv6 /64 is one subject: any customer has that many addresses.
    fn normalised(self) -> Self {
        match self {
            Self::Account(hash) => Self::Account(hash),
            Self::Address(address) => Self::Address(network(address)),
            Self::Registration(address) => Self::Registration(network(address)),
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    }
}

impl Throttle {
    /// Counts one try of `subject`.
    ///
    /// # Errors
    /// `Limited` (`M_LIMIT_EXCEEDED` with `retry_after_ms`) if it was one too many.
    pub(crate) fn take(&self, subject: Subject, rate: Rate, now: Timestamp) -> Result<()> {
        let interval = 60_000 / i64::from(rate.per_minute.max(1));
        let capacity = interval.saturating_mul(i64::from(rate.burst.max(1)));
        let mut full_at = self.full_at.lock();
        if full_at.len() >= MOST_SUBJECTS {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= MOST_SUBJECTS {
                full_at.clear();
            }
        }
        let slot = full_at.entry(subject.normalised()).or_insert(now);
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

/// `M_LIMIT_EXCEEDED` with the time to wait.
pub(crate) fn too_often(wait: Duration) -> Error {
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
        let alice = Subject::Account([1; 32]);
        let at = |ms| throttle.take(alice, RATE, Timestamp(ms));
        assert!(at(0).is_ok() && at(0).is_ok() && at(0).is_ok());
        let refused = at(0).unwrap_err();
        assert_eq!(refused.fields.get("retry_after_ms"), Some(&10_000.into()));
        assert!(at(9_999).is_err());
        assert!(at(10_000).is_ok());
        assert!(at(10_000).is_err());
        assert!(throttle.take(Subject::Account([2; 32]), RATE, Timestamp(0)).is_ok());
    }

    #[test]
    fn a_clock_that_jumps_back_locks_nobody_out() {
        let throttle = Throttle::default();
        let alice = Subject::Account([1; 32]);
        throttle.take(alice, RATE, Timestamp(1_000_000_000)).unwrap();
        let refused = throttle.take(alice, RATE, Timestamp(0)).unwrap_err();
        assert_eq!(refused.fields.get("retry_after_ms"), Some(&10_000.into()));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_a_bucket() {
        let throttle = Throttle::default();
        let once = Rate { burst: 1, per_minute: 1 };
        let at = |address: &str| {
            throttle.take(Subject::Address(address.parse().unwrap()), once, Timestamp(0)).is_ok()
        };
        assert!(at("2001:db8::1"));
        assert!(!at("2001:db8::2"));
        assert!(at("2001:db8:0:1::1"));
        assert!(at("192.0.2.1"));
        assert!(!at("::ffff:192.0.2.1"));
    }
}
