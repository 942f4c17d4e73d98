//! The ledger: recording, and telling the file beside the backups.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use kontor_audit::{Audit, Digest};
use kontor_core::{Cx, Error, Result, Secret, Timestamp};
use kontor_db::{Db, Tx};
use kontor_store::erasure_ledger;
use kontor_vault::Sealer;
use parking_lot::Mutex;
use ruma::{RoomId, UserId};
use tokio::sync::Mutex as Turn;

use crate::file::{self, Tail};
use crate::{Entry, Kind};

/// How long entries are kept: the longest retention of backups, and 30 days. law: R-233
pub const KEPT: Duration = Duration::from_hours(24 * 60);

/// Entries told in one go.
const BATCH: u16 = 500;

/// The erasure ledger of one organisation. Clones share everything.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    audit: Audit,
    key: hmac::Key,
    /// The file beside the backups; `None`: there are none.
    file: Option<PathBuf>,
    /// Number of the newest entry, as far as known: who asks every few seconds whether all is told
    /// need not look into the database.
    recorded: Arc<AtomicI64>,
    /// Number of the newest entry that no backup needs any more; -1: not known yet.
    unneeded: AtomicI64,
    /// One tells at a time; where the file ends, once that is known.
    turn: Turn<Option<Tail>>,
    state: Mutex<State>,
}

/// How far the file beside the backups is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Number of the last entry in it; `None`: not known yet, or there is no file.
    pub told: Option<i64>,
    /// Since when it cannot be written, and why.
    pub failing: Option<(Timestamp, String)>,
}

impl Ledger {
    /// The ledger in `db`. `key` is the vault's key for it, `file` lies beside the backups.
    #[must_use]
    pub fn new((db, audit): (Db, Audit), key: &Secret<[u8; 32]>, file: Option<PathBuf>) -> Self {
        let inner = Inner {
            db,
            audit,
            key: hmac::Key::new(hmac::HMAC_SHA256, key.expose()),
            file,
            recorded: Arc::new(AtomicI64::new(-1)),
            unneeded: AtomicI64::new(-1),
            turn: Turn::new(None),
            state: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What stands in entries for an id: 64 hexadecimal digits, the same in a restored instance.
    #[must_use]
    pub fn tombstone(&self, kind: Kind, id: &str) -> String {
        let mut context = hmac::Context::with_key(&self.inner.key);
        context.update(kind.as_str().as_bytes());
        context.update(b" ");
        context.update(id.as_bytes());
        let mut digest = Digest::default();
        for (to, from) in digest.0.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        digest.to_string()
    }

    /// Seals what an entry says beside its tombstone: whoever finds the file cannot read it, a restored
    /// instance can.
    pub(crate) fn sealer(&self) -> Result<Sealer> {
        let key = hmac::sign(&self.inner.key, b"kontor erasure ledger details v1");
        let key = <[u8; 32]>::try_from(key.as_ref()).map_err(Error::internal)?;
        Sealer::new(&Secret::new(key))
    }

    /// Records that a person is erased, in the transaction that does it; with a cutoff if the person's
    /// messages up to then go, too. Answers the entry's number.
    pub fn record_person(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        (at, cutoff): (Timestamp, Option<Timestamp>),
    ) -> Result<i64> {
        let subject = self.tombstone(Kind::Person, user.as_str());
        self.record(tx, &Entry { cutoff, ..Entry::new(Kind::Person, subject, at) })
    }

    /// Records that a room is removed, in the transaction that does it.
    pub fn record_room(&self, tx: &mut Tx<'_>, room: &RoomId, at: Timestamp) -> Result<i64> {
        let subject = self.tombstone(Kind::Room, room.as_str());
        self.record(tx, &Entry::new(Kind::Room, subject, at))
    }

    /// Records that a rule has removed what was older than `cutoff` by a period, in the transaction
    /// that does it.
    pub fn record_rule(
        &self,
        tx: &mut Tx<'_>,
        rule: &str,
        at: Timestamp,
        (period_ms, cutoff): (i64, Timestamp),
    ) -> Result<i64> {
        let entry = Entry::new(Kind::Rule, rule.to_owned(), at);
        let entry = Entry { cutoff: Some(cutoff), period_ms: Some(period_ms), ..entry };
        self.record(tx, &entry)
    }

    /// Records any entry; its own number is ignored. Answers the number it gets.
    pub fn record(&self, tx: &mut Tx<'_>, entry: &Entry) -> Result<i64> {
        let seq = erasure_ledger::newest_seq(tx)? + 1;
        erasure_ledger::insert_entry(tx, &entry.to_row(seq))?;
        let recorded = Arc::clone(&self.inner.recorded);
        tx.after_commit(move || {
            recorded.fetch_max(seq, Ordering::Release);
        });
        Ok(seq)
    }

    /// Number of the newest entry; 0 if there is none.
    pub async fn newest(&self, cx: &Cx) -> Result<i64> {
        self.inner.db.read(cx, erasure_ledger::newest_seq).await
    }

    /// Takes in an entry of the file under its number, unless it is there already. For restoring.
    pub async fn adopt(&self, cx: &Cx, entry: &Entry) -> Result<()> {
        let (row, recorded) = (entry.to_row(entry.seq), Arc::clone(&self.inner.recorded));
        let adopt = move |tx: &mut Tx<'_>| {
            let newest = erasure_ledger::newest_seq(tx)?;
            if row.seq <= newest {
                return Ok(());
            }
            erasure_ledger::insert_entry(tx, &row)?;
            tx.after_commit(move || {
                recorded.fetch_max(row.seq, Ordering::Release);
            });
            Ok(())
        };
        self.inner.db.write(cx, adopt).await
    }

    /// Waits until everything recorded before the call is in the file beside the backups, durably.
    /// At once if there are no backups.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be written: then it is tried again later. Also if the file knows
    /// of more than this database: it belongs to another one, or this one is an old copy.
    pub async fn told(&self, cx: &Cx) -> Result<()> {
        let Some(path) = self.inner.file.clone() else { return Ok(()) };
        let mut turn = self.inner.turn.lock().await;
        let outcome = self.tell(cx, path, *turn).await;
        let mut state = self.inner.state.lock();
        match outcome {
            Ok(tail) => {
                *turn = Some(tail);
                *state = State { told: Some(tail.seq), failing: None };
                Ok(())
            }
            Err(error) => {
                // What is in the file now is read again the next time.
                *turn = None;
                let since = state.failing.as_ref().map_or(cx.now, |(since, _)| *since);
                state.failing = Some((since, error.public.to_string()));
                Err(error)
            }
        }
    }

    async fn tell(&self, cx: &Cx, path: PathBuf, known: Option<Tail>) -> Result<Tail> {
        let newest = match self.inner.recorded.load(Ordering::Acquire) {
            ..0 => self.newest(cx).await?,
            known => known,
        };
        self.inner.recorded.fetch_max(newest, Ordering::AcqRel);
        let mut tail = if let Some(tail) = known {
            tail
        } else {
            let path = path.clone();
            blocking(move || file::tail_of(&path)).await?
        };
        if tail.seq > newest {
            return Err(Error::unavailable(format!(
                "{}: the erasure ledger knows {} entries, this database {newest}. Either the file \
                 belongs to another instance, or this data folder is an old copy: restore it with \
                 kontor restore.",
                path.display(),
                tail.seq
            )));
        }
        // Empty, it is there all the same: a ledger that is missing is noticed.
        if tail.length == 0 {
            let (path, audit) = (path.clone(), self.inner.audit.clone());
            tail = blocking(move || file::append(&path, tail, &[], &audit)).await?;
        }
        while tail.seq < newest {
            let after = tail.seq;
            let list = move |tx: &mut Tx<'_>| erasure_ledger::list_entries(tx, after, BATCH);
            let rows = self.inner.db.read(cx, list).await?;
            if rows.is_empty() {
                break;
            }
            let entries = rows.into_iter().map(Entry::from_row).collect::<Result<Vec<_>>>()?;
            let (path, audit) = (path.clone(), self.inner.audit.clone());
            tail = blocking(move || file::append(&path, tail, &entries, &audit)).await?;
        }
        Ok(tail)
    }

    /// Says which entries backups still need: those behind the one that the oldest set knows of;
    /// `None`: there is no set.
    pub fn needed_behind(&self, oldest: Option<i64>) {
        self.inner.unneeded.store(oldest.unwrap_or(i64::MAX), Ordering::Release);
    }

    /// Removes entries whose time is over, here and in the file. None goes that a set needs, however old
    /// it says it is: the clock may have been wrong when it was recorded.
    pub async fn expire(&self, cx: &Cx) -> Result<()> {
        let upto = match (&self.inner.file, self.inner.unneeded.load(Ordering::Acquire)) {
            (None, _) => i64::MAX,
            (Some(_), ..0) => return Ok(()),
            (Some(_), known) => known,
        };
        let before = cx.now.minus(KEPT);
        let delete = move |tx: &mut Tx<'_>| {
            let gone = erasure_ledger::delete_entries_before(tx, before, upto)?;
            let oldest = erasure_ledger::list_entries(tx, 0, 1)?;
            Ok(oldest.first().map(|row| row.seq).filter(|_| gone > 0))
        };
        let oldest = self.inner.db.write(cx, delete).await?;
        let Some((path, oldest)) = self.inner.file.clone().zip(oldest) else { return Ok(()) };
        let mut turn = self.inner.turn.lock().await;
        *turn = None;
        blocking(move || file::prune(&path, oldest)).await
    }

    /// How far the file beside the backups is.
    #[must_use]
    pub fn state(&self) -> State {
        self.inner.state.lock().clone()
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("file", &self.inner.file).finish_non_exhaustive()
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    #[expect(clippy::disallowed_methods, reason = "file work blocks; one at a time by `turn`")]
    let task = tokio::task::spawn_blocking(work);
    task.await.map_err(Error::internal)?
}
