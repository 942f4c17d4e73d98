//! The content of messages that are gone goes in the order in which it lies. law
//!
//! Messages of many rooms share a page there. Removed room by room, each page would be written as often as
//! it has messages; so the rooms go first, and this comes behind them.

use std::time::{Duration, Instant};

use kontor_core::{Cx, Result, StreamPos};
use kontor_db::Tx;
use kontor_store::content_to_purge;
use kontor_store::event;

use crate::Deletion;

/// Notes taken up at once, each of a batch of messages: eight bytes for each message, together eight
/// megabytes at most.
const NOTES: u16 = 5_000;
/// After each batch the database belongs to the people for this many times as long.
const REST: u32 = 3;
/// Longest rest after one batch.
const LONGEST_REST: Duration = Duration::from_millis(500);

impl Deletion {
    /// Removes the content of all messages that are gone. Being stopped in between loses nothing: what
    /// is noted is done again, to the end.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it.
    pub(crate) async fn purge_contents(&self, cx: &Cx) -> Result<()> {
        loop {
            let read = |tx: &mut Tx<'_>| {
                content_to_purge::list_contents_to_purge(tx, StreamPos::ZERO, NOTES)
            };
            let notes = self.inner.db.read(cx, read).await?;
            let Some(upto) = notes.last().map(|(pos, _)| *pos) else { return Ok(()) };
            let mut left: Vec<StreamPos> =
                notes.into_iter().flat_map(|(_, positions)| positions).collect();
            // From the end, which is the cheap place to take from: newest first.
            left.sort_unstable();
            while !left.is_empty() {
                self.purge_batch(cx, &mut left).await?;
            }
            let forget =
                move |tx: &mut Tx<'_>| content_to_purge::delete_contents_to_purge(tx, upto);
            self.inner.db.write(cx, forget).await?;
        }
    }

    async fn purge_batch(&self, cx: &Cx, left: &mut Vec<StreamPos>) -> Result<()> {
        let (began, size) = (Instant::now(), self.inner.purging.size());
        let batch = left.split_off(left.len().saturating_sub(size as usize));
        let remove = move |tx: &mut Tx<'_>| {
            let began = Instant::now();
            event::delete_contents(tx, &batch).map(|_| began.elapsed())
        };
        let took = self.inner.db.write(cx, remove).await?;
        self.inner.purging.learn(size, took);
        tokio::time::sleep((began.elapsed() * REST).min(LONGEST_REST)).await;
        Ok(())
    }
}
