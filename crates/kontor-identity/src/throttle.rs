//! How often an account or an address may try. In memory; no address is ever stored.

use std::net::{IpAddr, Ipv6Addr};

use kontor_core::{Result, Timestamp};
use kontor_policy::Rate;

/// Tries by subject.
#[derive(Debug, Default)]
pub(crate) struct Throttle(kontor_policy::Throttle<Subject>);

/// Whose tries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Log-ins into one account, by keyed hash; also for names that do not exist.
    Account([u8; 32]),
    /// Log-ins in vain from one address.
    Address(IpAddr),
    /// Log-ins from one address, also those that succeed: whoever tries many accounts with
    /// passwords stolen elsewhere succeeds often.
    Anybody(IpAddr),
    /// New accounts from one address.
    Registration(IpAddr),
    /// Requests for a new password by mail from one address.
    Forgotten(IpAddr),
}

impl Subject {
    /// A whole IPv6 /64 is one subject: any customer has that many addresses.
    fn normalised(self) -> Self {
        match self {
            Self::Account(hash) => Self::Account(hash),
            Self::Address(address) => Self::Address(network(address)),
            Self::Anybody(address) => Self::Anybody(network(address)),
            Self::Registration(address) => Self::Registration(network(address)),
            Self::Forgotten(address) => Self::Forgotten(network(address)),
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
    /// Takes back one counted try of `subject`.
    pub(crate) fn give_back(&self, subject: Subject, rate: Rate, now: Timestamp) {
        self.0.give_back(&subject.normalised(), rate, now);
    }

    /// Counts one try of `subject`.
    ///
    /// # Errors
    /// `Limited` (`M_LIMIT_EXCEEDED` with `retry_after_ms`) if it was one too many.
    pub(crate) fn take(&self, subject: Subject, rate: Rate, now: Timestamp) -> Result<()> {
        self.0.take(subject.normalised(), rate, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
