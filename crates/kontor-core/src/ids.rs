//! Kontor's own identifiers. Matrix identifiers (user, room, event …) come from `ruma`.

use std::fmt;

/// Number of a tenant inside one node; `1` for the first. Bound as `$1` of every statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub i64);

/// Number of a room inside one tenant: short form of a room id for rows and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomNid(pub i64);

/// Position in a tenant's one stream of changes. Order of positions = order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct StreamPos(pub i64);

impl StreamPos {
    /// The position before every change.
    pub const ZERO: Self = Self(0);
    /// A position after every change; marks a state row that is still current.
    pub const MAX: Self = Self(i64::MAX);
}

impl fmt::Display for StreamPos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one request in logs; random, carries no personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
