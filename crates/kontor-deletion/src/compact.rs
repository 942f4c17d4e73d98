//! What was deleted is nowhere in the files, and the files shrink. law: R-112

use std::time::{Duration, Instant};

use kontor_core::Result;

use crate::Deletion;

/// Pages (4 KiB) given back between two batches of people's writes.
const PAGES: u32 = 256;
/// After each step the database belongs to the people for this many times as long.
const REST: u32 = 3;
/// Longest rest after one step.
const LONGEST_REST: Duration = Duration::from_millis(200);

impl Deletion {
    /// Gives the space of what was deleted back to the disk, with pauses. Being stopped in between
    /// loses nothing.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store now.
    pub async fn compact(&self) -> Result<()> {
        let mut before = u64::MAX;
        loop {
            let began = Instant::now();
            let left = self.inner.db.compact(PAGES).await?;
            // Where pages cannot be given back, asking again changes nothing.
            if left == 0 || left >= before {
                return Ok(());
            }
            before = left;
            tokio::time::sleep((began.elapsed() * REST).min(LONGEST_REST)).await;
        }
    }
}
