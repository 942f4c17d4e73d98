//! The service and what its parts share.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use kontor_audit::Audit;
use kontor_core::{Clock, Cx, Result, RoomClass, RoomNid};
use kontor_db::Db;
use kontor_identity::Identity;
use kontor_ledger::Ledger;
use kontor_media::Media;
use kontor_policy::InForce;
use kontor_rooms::{BATCH, Rooms};
use kontor_store::stream_mark::{self, StreamMark};
use parking_lot::Mutex;

use crate::pace::Pace;
use crate::rules::check_inventory;
use crate::steadiness::Steadiness;
use crate::sweep::Swept;

/// Deletes what is due in one organisation. Clones share everything.
#[derive(Clone)]
pub struct Deletion {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) audit: Audit,
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) rooms: Rooms,
    pub(crate) media: Media,
    pub(crate) policy: InForce,
    /// Up to where each room has been looked through; in memory only, to save looking again.
    pub(crate) swept: Mutex<HashMap<RoomNid, Swept>>,
    /// How many messages go in one write.
    pub(crate) pace: Pace,
    /// Of how many messages the content goes in one write.
    pub(crate) purging: Pace,
    /// One round at a time.
    pub(crate) round: tokio::sync::Mutex<()>,
    /// When it was last told that something is overdue, in milliseconds.
    pub(crate) told_ms: AtomicI64,
    /// When it was last told that holds wait to be looked at, in milliseconds.
    pub(crate) told_holds_ms: AtomicI64,
    /// Whether the machine's clock has jumped ahead.
    steadiness: Mutex<Steadiness>,
}

impl Deletion {
    /// The service over what it deletes from.
    ///
    /// # Errors
    /// `Unavailable` if a column of the inventory has no deletion rule: then nothing is served.
    pub fn open(
        (db, audit, ledger): (Db, Audit, Ledger),
        (identity, rooms): (Identity, Rooms),
        media: Media,
        policy: InForce,
    ) -> Result<Self> {
        check_inventory()?;
        let (swept, told_ms) = (Mutex::default(), AtomicI64::new(i64::MIN));
        let told_holds_ms = AtomicI64::new(i64::MIN);
        Ok(Self {
            inner: Arc::new(Inner {
                db,
                audit,
                ledger,
                identity,
                rooms,
                media,
                policy,
                swept,
                pace: Pace::new(BATCH),
                purging: Pace::new(PURGED),
                round: tokio::sync::Mutex::default(),
                told_ms,
                told_holds_ms,
                steadiness: Mutex::default(),
            }),
        })
    }

    /// Does what is due: notes the time, deletes, certifies finished days, tells what is overdue.
    /// To be called every few minutes.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it; what is not done then is done the next time.
    pub async fn look_after(&self, cx: &Cx) -> Result<()> {
        let _round = self.inner.round.lock().await;
        // A clock in a test is set by hand, and means it.
        let is_real = matches!(cx.clock, Clock::System);
        if is_real && !self.inner.steadiness.lock().observe(cx.now, Instant::now()) {
            tracing::error!(
                "the clock has jumped ahead by more than a day: nothing is deleted for an hour"
            );
            return Ok(());
        }
        self.note_time(cx).await?;
        self.sweep(cx).await?;
        self.inner.ledger.expire(cx).await?;
        self.look_after_holds(cx).await?;
        self.compact().await?;
        let certified = self.certify_finished_days(cx).await;
        self.tell_overdue(cx).await?;
        certified
    }

    /// Removes the bytes of files whose rows are gone. What cannot be removed now keeps nothing else from
    /// going: it is tried again until it is gone, and nothing is certified before.
    pub(crate) async fn remove_blobs(&self, blobs: &[String]) {
        if let Err(error) = self.inner.media.delete_blobs(blobs).await {
            tracing::error!(%error, "files of what was deleted are still there");
        }
    }

    /// Notes what time it is at the newest position, if anything was written since the last time. To be called
    /// when the server stops, too: else what was written last is as old as the next start.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot store it.
    pub async fn note_time(&self, cx: &Cx) -> Result<()> {
        let mark = StreamMark { pos: self.inner.db.committed(), at: cx.now };
        let newest = self.inner.db.read(cx, stream_mark::newest_mark).await?;
        // A clock that was set back says nothing until it has caught up: data would seem too old.
        if newest.is_some_and(|newest| newest.pos >= mark.pos || newest.at > mark.at) {
            return Ok(());
        }
        self.inner.db.write(cx, move |tx| stream_mark::insert_mark(tx, mark)).await
    }
}

/// Of at most so many messages the content goes in one write.
const PURGED: u32 = 500;

impl fmt::Debug for Deletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deletion").finish_non_exhaustive()
    }
}

/// Key of the runs that delete files without a message.
pub(crate) const FILES: &str = "files";

/// Key of the runs that delete messages of a class.
pub(crate) const fn run_key(class: RoomClass) -> &'static str {
    match class {
        RoomClass::Internal => "messages_intern",
        RoomClass::External => "messages_extern",
        RoomClass::BusinessLetter => "messages_handelsbrief",
        RoomClass::Supervised => "messages_beaufsichtigt",
        RoomClass::Private => "messages_privat",
        RoomClass::Confidential => "messages_vertraulich",
        RoomClass::Ephemeral => "messages_fluechtig",
        RoomClass::Announcement => "messages_bekanntmachung",
    }
}
