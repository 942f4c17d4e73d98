//! How much may be uploaded.

use std::time::Duration;

use kontor_policy::Policy;

/// Limits of one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub upload_bytes: u64,
    /// Most bytes one person may store; `None` for no limit.
    pub quota_bytes: Option<u64>,
    /// Most addresses one person may have reserved at a time.
    pub reserved_per_user: u32,
    /// How long a reserved address can be used.
    pub reservation: Duration,
}

impl From<&Policy> for Limits {
    fn from(policy: &Policy) -> Self {
        Self {
            upload_bytes: policy.max_upload_bytes,
            quota_bytes: None,
            reserved_per_user: 16,
            reservation: Duration::from_hours(24),
        }
    }
}
