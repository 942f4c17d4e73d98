//! How often something may be done.

/// A token bucket: `burst` at once, then `per_minute` on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Size of the bucket; at least 1.
    pub burst: u32,
    /// Refill per minute; at least 1.
    pub per_minute: u32,
}

/// How often one person, or one address before sign-in, may do something.
///
/// law: §4.1 "Password (with 2FA, lock 10)": guessing must be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Log-ins per account, and those in vain per address; twenty times as many that succeed.
    pub login: Rate,
    /// New accounts, per address.
    pub registration: Rate,
    /// Messages and other events, per person.
    pub event: Rate,
    /// Rooms created, invitations and joins, per person.
    pub membership: Rate,
    /// Uploads, per person.
    pub upload: Rate,
    /// Every other request, per person.
    pub request: Rate,
}

impl RateLimits {
    /// Limits that nobody reaches by hand.
    pub(crate) const fn standard() -> Self {
        Self {
            login: Rate { burst: 10, per_minute: 10 },
            registration: Rate { burst: 3, per_minute: 1 },
            event: Rate { burst: 50, per_minute: 300 },
            membership: Rate { burst: 50, per_minute: 60 },
            upload: Rate { burst: 20, per_minute: 60 },
            request: Rate { burst: 500, per_minute: 3000 },
        }
    }
}
