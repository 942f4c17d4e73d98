//! Folds the write-ahead log into the database file beside the writer, so that no commit waits until
//! thousands of pages are copied.
//!
//! A thread with a connection of its own copies what there is, then once more what came meanwhile, and
//! ends. Only the writer can start the log anew, when everything in it has been copied: it copies the
//! few pages that have come since, between two batches.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

use kontor_core::Result;
use rusqlite::Connection;

use crate::fault::Fault;
use crate::sqlite::Place;

/// Pages (4 KiB) in the log when it is time.
const PAGES: u32 = 4_000;
/// Somebody reads what the log was about long ago: so many more pages until it is tried again.
const MORE_PAGES: u32 = 1_000;
/// With so many the thread has not kept up, and the writer waits for it.
const MOST_PAGES: u32 = 32_000;

/// The writer's side.
pub(crate) struct Folding {
    place: Place,
    /// Pages in the log after the newest commit.
    pages: Arc<AtomicU32>,
    /// With so many it is time.
    due: Cell<u32>,
    copying: RefCell<Option<JoinHandle<Result<(), Fault>>>>,
}

impl Folding {
    /// Takes over from the engine, which would fold the log in at the end of a commit.
    pub(crate) fn start(writer: &mut Connection, place: Place) -> Result<Self, Fault> {
        let pages = Arc::new(AtomicU32::new(0));
        let noted = Arc::clone(&pages);
        let note = move |_: &mut _, pages: i32| {
            noted.store(u32::try_from(pages).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(note)).map_err(|e| Fault::sqlite("fold", &e))?;
        Ok(Self { place, pages, due: Cell::new(PAGES), copying: RefCell::default() })
    }

    /// Between two commits: begins if it is time, and finishes what is nearly done.
    pub(crate) fn look_after(&self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        let is_over = self.copying.borrow().as_ref().map(JoinHandle::is_finished);
        match is_over {
            Some(true) => self.finish(writer),
            Some(false) if pages >= MOST_PAGES => self.finish(writer),
            None if pages < PAGES => self.due.set(PAGES),
            None if pages >= self.due.get() => {
                self.due.set(pages.saturating_add(MORE_PAGES));
                self.begin(writer);
            }
            Some(false) | None => {}
        }
    }

    /// Waits until nobody copies: only one connection can at a time.
    pub(crate) fn settle(&self) {
        let Some(copying) = self.copying.take() else { return };
        // A panic there has copied a part, which is as good as none.
        if let Ok(Err(fault)) = copying.join() {
            tracing::warn!(%fault.detail, "the write-ahead log could not be folded in");
        }
    }

    fn begin(&self, writer: &Connection) {
        let place = self.place.clone();
        let copy = move || {
            let conn = place.open_folding()?;
            // The second time finds what was written during the first, and is short.
            fold(&conn)?;
            fold(&conn)
        };
        match thread::Builder::new().name("db-fold".to_owned()).spawn(copy) {
            Ok(copying) => *self.copying.borrow_mut() = Some(copying),
            // The system gives no further thread.
            Err(_) => self.finish(writer),
        }
    }

    /// The next commit starts the log anew, unless somebody reads from it.
    fn finish(&self, writer: &Connection) {
        self.settle();
        if let Err(fault) = fold(writer) {
            tracing::warn!(%fault.detail, "the write-ahead log could not be folded in");
        }
    }
}

impl Drop for Folding {
    /// The writer's connection must be the last one that closes: it removes the log.
    fn drop(&mut self) {
        self.settle();
    }
}

/// Copies what nobody needs from the log any more, and waits for nobody.
fn fold(conn: &Connection) -> Result<(), Fault> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        .map_err(|e| Fault::sqlite("fold", &e))
}
