//! What is true only now: who is typing, who is there. Kept in memory, gone with a restart.
//!
//! Both share one counter per organisation, the second half of the `/sync` token.

mod presence;
mod typing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use presence::{Presence, Status};
pub use typing::Typing;

/// Counts the changes of typing and presence of one organisation.
#[derive(Clone, Debug)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// A counter that starts at `start`: the time in milliseconds, so that tokens from before a
    /// restart are recognized as old.
    #[must_use]
    pub fn starting_at(start: u64) -> Self {
        Self(Arc::new(AtomicU64::new(start)))
    }

    /// The newest change.
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}
