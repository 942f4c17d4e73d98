//! The handle on one tenant's database.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use kontor_core::{Cx, Error, Result, Secret, StreamPos, TenantId};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

use crate::meter::{Load, Meter};
use crate::migrate::{self, Migration};
use crate::seal::Sealer;
use crate::tx::Conn;
use crate::writer::{Closure, Engine, Job, Message, Step, Writer};
use crate::{Sql, Tx, postgres, sqlite};

/// Closures of [`Db::write`] that may wait at once; further callers wait for their turn.
const LONGEST_QUEUE: usize = 4096;
/// Reads that run at once on SQLite.
const SQLITE_READERS: u32 = 4;
/// Reads that run at once on PostgreSQL, each with a connection.
const POSTGRES_READERS: u32 = 8;

/// On PostgreSQL. The tenant is bound to every statement and means nothing here.
static SIZE: Sql =
    Sql::new("db.size", "SELECT pg_database_size(current_database()) WHERE $1::BIGINT IS NOT NULL");

/// Where a tenant's data lies.
#[derive(Clone, Debug)]
pub enum Settings {
    /// An encrypted file (SQLCipher), created if missing; its folder must exist.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A PostgreSQL database (version 15 or newer, collation C). Several tenants may share one.
    /// Opening takes over: a writer opened earlier, in whichever process, answers `Unavailable`
    /// from then on.
    Postgres {
        /// `postgres://user:password@host:port/database`. The role should be an ordinary one:
        /// superusers are exempt from row-level security.
        url: Secret<String>,
        /// A store of its own beside the tenant's tables: the schema of this name, created if
        /// missing. Opening it takes over from nobody: several processes write to it in turn, so
        /// closures must not rely on what they remember.
        beside: Option<&'static str>,
    },
}

impl Settings {
    /// A store of its own beside this one: the file `NAME.db`, or the schema `NAME`.
    #[must_use]
    pub fn beside(&self, name: &'static str) -> Self {
        match self {
            Self::Sqlite { path } => {
                Self::Sqlite { path: path.with_file_name(name).with_extension("db") }
            }
            Self::Postgres { url, .. } => Self::Postgres { url: url.clone(), beside: Some(name) },
        }
    }
}

/// The keys of one tenant's database; from the vault.
#[derive(Clone, Debug)]
pub struct DatabaseKeys {
    /// Encrypts the SQLite file.
    pub cipher_key: Secret<[u8; 32]>,
    /// Seals single values on PostgreSQL.
    pub seal_key: Secret<[u8; 32]>,
}

/// One tenant's database. Clones are handles on the same one; when the last is dropped, queued
/// writes are finished and the database is closed before the drop returns.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    tenant: TenantId,
    /// Never blocks: the channel is unbounded, [`Db::write`] holds back by `permits`.
    queue: Mutex<mpsc::Sender<Message>>,
    /// Taken when the last handle is dropped.
    writer: Option<JoinHandle<()>>,
    permits: Semaphore,
    readers: Readers,
    reading: Arc<Semaphore>,
    most_reads: u32,
    sealer: Arc<Sealer>,
    committed: Arc<AtomicI64>,
    meter: Arc<Meter>,
    /// `None`: on a server of its own.
    file: Option<PathBuf>,
}

enum Readers {
    Sqlite(sqlite::Readers),
    Postgres(postgres::Readers),
}

/// The answer to an enqueued write; resolves once it is durable. Dropping it does not cancel the
/// write.
#[must_use = "an enqueued write has not succeeded before this resolves"]
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T>>);

impl<T> Future for Pending<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(closed())))
    }
}

fn closed() -> Error {
    Error::unavailable("The database is closed.")
}

impl Db {
    /// Opens a tenant's database, creating it if there is none, and brings its schema to
    /// `migrations`.
    ///
    /// # Errors
    /// `Unavailable`, with a text for the operator, if the key does not fit, the schema is newer
    /// than `migrations`, or the engine cannot be reached.
    pub async fn open(
        settings: Settings,
        tenant: TenantId,
        keys: DatabaseKeys,
        migrations: &'static [Migration],
    ) -> Result<Self> {
        let file = match &settings {
            Settings::Sqlite { path } => Some(path.clone()),
            Settings::Postgres { .. } => None,
        };
        let opening = match settings {
            Settings::Sqlite { path } => {
                Opening::Sqlite(sqlite::Place { path, key: keys.cipher_key }, tenant)
            }
            Settings::Postgres { url, beside } => {
                Opening::Postgres(postgres::Place { url, tenant, beside })
            }
        };
        let (readers, most_reads, sealer) = match &opening {
            Opening::Sqlite(place, _) => (
                Readers::Sqlite(sqlite::Readers::new(place.clone())),
                SQLITE_READERS,
                Sealer::Plain,
            ),
            Opening::Postgres(place) => (
                Readers::Postgres(postgres::Readers::new(place.clone())),
                POSTGRES_READERS,
                Sealer::aead(&keys.seal_key, tenant)?,
            ),
        };
        let sealer = Arc::new(sealer);
        let committed = Arc::new(AtomicI64::new(0));
        let meter = Arc::new(Meter::new());
        let (queue, waiting) = mpsc::channel();
        let (opened, ready) = oneshot::channel();

        let (writer_sealer, writer_committed) = (Arc::clone(&sealer), Arc::clone(&committed));
        let writer_meter = Arc::clone(&meter);
        let writer = thread::Builder::new()
            .name(format!("db-{}", tenant.0))
            .spawn(move || match opening.engine(migrations) {
                Ok((engine, position)) => {
                    writer_committed.store(position, Ordering::Release);
                    let writer =
                        Writer::new(engine, tenant, writer_sealer, writer_committed, writer_meter);
                    if opened.send(Ok(())).is_ok() {
                        writer.run(&waiting);
                    }
                }
                // Whoever opens may have gone away.
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(|e| Error::unavailable("The system gives no further thread.").because(e))?;
        ready.await.unwrap_or_else(|_| Err(closed()))?;
        let inner = Inner {
            tenant,
            queue: Mutex::new(queue),
            writer: Some(writer),
            permits: Semaphore::new(LONGEST_QUEUE),
            readers,
            reading: Arc::new(Semaphore::new(usize::try_from(most_reads).unwrap_or(1))),
            most_reads,
            sealer,
            committed,
            meter,
            file,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `f` in the tenant's next batch of writes; resolves once its work is durable.
    ///
    /// `f` is one user action: it succeeds or is rolled back as a whole, alone. It runs on the
    /// writer's thread and must be quick. If the future is dropped before it was queued, `f` never
    /// runs; afterwards it runs all the same.
    ///
    /// # Errors
    /// What `f` answers; `Internal` if it panics; `Unavailable` if the batch could not be
    /// committed, in which case nothing of it happened.
    pub async fn write<T, F>(&self, cx: &Cx, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.check(cx)?;
        let _permit = self.inner.permits.acquire().await.map_err(|_| closed())?;
        self.enqueue(f).await
    }

    /// As [`Db::write`], but queues `f` before it returns and never waits: the order of calls is
    /// the order of commits and of stream positions.
    pub fn enqueue<T, F>(&self, f: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.queue(Message::Job, f)
    }

    /// As [`Db::enqueue`], for what nobody waits for: it may be kept for 100 ms, so that several of
    /// its kind share a commit. The order of calls stays the order of commits; whatever is asked of
    /// the writer meanwhile, a [`Db::ping`] too, ends the wait.
    pub fn enqueue_patiently<T, F>(&self, f: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.queue(Message::Patient, f)
    }

    fn queue<T, F>(&self, kind: fn(Box<dyn Job>) -> Message, f: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // A closed database drops the job, and with it `reply`: the answer then says so.
        drop(self.inner.queue.lock().send(kind(Box::new(Closure::new(f, reply)))));
        Pending(answer)
    }

    /// Runs `f` over one consistent snapshot that contains every acknowledged write.
    ///
    /// # Errors
    /// What `f` answers; `Internal` if it panics or tries to write.
    pub async fn read<T, F>(&self, cx: &Cx, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.check(cx)?;
        let turn = Arc::clone(&self.inner.reading).acquire_owned().await.map_err(|_| closed())?;
        let inner = Arc::clone(&self.inner);
        #[expect(clippy::disallowed_methods, reason = "reads block; this crate may")]
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            inner.read(f)
        });
        task.await.map_err(Error::internal)?
    }

    /// Resolves once the writer has begun and ended a transaction in which nothing happens.
    ///
    /// # Errors
    /// What keeps it from that.
    pub async fn ping(&self) -> Result<()> {
        self.enqueue(|_| Ok(())).await
    }

    /// Gives at most `pages` free pages (4 KiB each) back to the disk, between two batches of writes,
    /// and folds the write-ahead log in: what was deleted is then nowhere in the files. Answers how
    /// many free pages are left. On PostgreSQL nothing: autovacuum does it there.
    ///
    /// # Errors
    /// `Unavailable` if the engine cannot store now.
    pub async fn compact(&self, pages: u32) -> Result<u64> {
        let (reply, answer) = oneshot::channel();
        // A closed database drops the step, and with it `reply`.
        drop(self.inner.queue.lock().send(Message::Compact(Step { pages, reply })));
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// What the writer has done since the database was opened.
    pub fn load(&self) -> Load {
        self.inner.meter.read()
    }

    /// Bytes that the database takes; on PostgreSQL the whole one, which tenants share.
    pub async fn size_bytes(&self, cx: &Cx) -> Result<u64> {
        if let Some(file) = &self.inner.file {
            let mut log = file.clone().into_os_string();
            log.push("-wal");
            let size = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
            return Ok(size(file).saturating_add(size(Path::new(&log))));
        }
        let size = self.read(cx, |tx| tx.query_one(&SIZE, &[], |row| row.int(0))).await?;
        Ok(u64::try_from(size).unwrap_or_default())
    }

    /// Newest committed stream position; everything up to it can be read.
    pub fn committed(&self) -> StreamPos {
        StreamPos(self.inner.committed.load(Ordering::Acquire))
    }

    /// The tenant whose database this is.
    pub fn tenant(&self) -> TenantId {
        self.inner.tenant
    }

    /// Finishes every queued write, then closes. Later writes and reads are `Unavailable`.
    pub async fn close(&self) {
        // Reads under way end first: they would keep the write-ahead log from being folded in.
        if let Ok(last) = self.inner.reading.acquire_many(self.inner.most_reads).await {
            last.forget();
        }
        self.inner.reading.close();
        match &self.inner.readers {
            Readers::Sqlite(readers) => readers.clear(),
            Readers::Postgres(readers) => readers.clear(),
        }
        let (done, closed) = oneshot::channel();
        if self.inner.queue.lock().send(Message::Close(done)).is_ok() {
            // An error means that the writer has ended already.
            drop(closed.await);
        }
    }

    fn check(&self, cx: &Cx) -> Result<()> {
        if cx.tenant == self.inner.tenant {
            return Ok(());
        }
        Err(Error::internal(format!(
            "a request of tenant {} reached the database of tenant {}",
            cx.tenant.0, self.inner.tenant.0
        )))
    }
}

impl Drop for Inner {
    /// Waits for the writer: SQLCipher frees what all connections share when the process ends,
    /// so a connection that is still open then would bring the process down.
    fn drop(&mut self) {
        let (done, _) = oneshot::channel();
        // An error means that it has ended already, or is about to.
        drop(self.queue.lock().send(Message::Close(done)));
        let Some(writer) = self.writer.take() else { return };
        // A closure may have held the last handle; its thread cannot wait for itself.
        if writer.thread().id() != thread::current().id() {
            drop(writer.join());
        }
    }
}

impl Inner {
    fn read<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (tenant, sealer) = (self.tenant, &*self.sealer);
        match &self.readers {
            Readers::Sqlite(readers) => {
                readers.snapshot(|conn| f(&mut Tx::new(Conn::Sqlite(conn), tenant, sealer, 0)))
            }
            Readers::Postgres(readers) => readers
                .snapshot(|session| f(&mut Tx::new(Conn::Postgres(session), tenant, sealer, 0))),
        }
    }
}

/// What the writer's thread needs to open the engine.
enum Opening {
    Sqlite(sqlite::Place, TenantId),
    Postgres(postgres::Place),
}

impl Opening {
    /// Opens, migrates, and answers the newest stored position too. Blocks.
    fn engine(self, migrations: &'static [Migration]) -> Result<(Engine, i64)> {
        match self {
            Self::Sqlite(place, tenant) => {
                let mut conn = place.open_writer()?;
                migrate::migrate_sqlite(&mut conn, migrations)?;
                let (writer, position) = sqlite::Writer::take((conn, place), tenant)?;
                Ok((Engine::Sqlite(Box::new(writer)), position))
            }
            Self::Postgres(place) => {
                let session = place.connect()?;
                migrate::migrate_postgres(&session, migrations)?;
                let (writer, position) = postgres::Writer::take(place, session)?;
                Ok((Engine::Postgres(Box::new(writer)), position))
            }
        }
    }
}
