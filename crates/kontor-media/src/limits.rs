//! How much may be uploaded.

use std::time::Duration;

use kontor_policy::InForce;

/// Limits of one organisation.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Says how large a file may be.
    pub policy: InForce,
    /// Most bytes one person may store; `None` for no limit.
    pub quota_bytes: Option<u64>,
    /// Most addresses one person may have reserved at a time.
    pub reserved_per_user: u32,
    /// How long a reserved address can be used.
    pub reservation: Duration,
}

impl Limits {
    /// Those of an organisation with this policy.
    pub const fn of(policy: InForce) -> Self {
        Self {
            policy,
            quota_bytes: None,
            reserved_per_user: 16,
            reservation: Duration::from_hours(24),
        }
    }
}
