//! The embedded engine: one encrypted file per tenant.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_core::{Clock, Error, Kind, Result, Secret, TenantId};
use parking_lot::Mutex;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};

use crate::fault::Fault;
use crate::folding::Folding;
use crate::row::Cells;
use crate::sql::Dialect;
use crate::tx::Bound;
use crate::{Param, Sql};

/// Statements kept prepared per connection.
const PREPARED: usize = 256;
/// How long a writer waits for another process (a command line beside a running server).
const PATIENCE: Duration = Duration::from_secs(10);
/// Page cache of the writer, in KiB.
const WRITER_CACHE_KIB: u32 = 8_192;
/// Page cache of each reader, in KiB.
const READER_CACHE_KIB: u32 = 1_024;

/// Where the file is and how it opens.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) key: Secret<[u8; 32]>,
}

impl Place {
    /// Opens the writer's connection, creating the file (mode 0600) if there is none.
    pub(crate) fn open_writer(&self) -> Result<Connection> {
        create(&self.path)?;
        let conn = self.open(WRITER_CACHE_KIB)?;
        let setting = |sql: &str| {
            conn.execute_batch(sql).map_err(|e| Error::from(Fault::sqlite("open database", &e)))
        };
        // Freed pages can be given back to the disk. Counts from the first page on; to say it again
        // would write into every database that is opened.
        if !gives_pages_back(&conn) {
            setting("PRAGMA auto_vacuum = INCREMENTAL;")?;
        }
        setting("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        setting("PRAGMA secure_delete = FAST;")?;
        rebuild_once(&conn, &self.path);
        Ok(conn)
    }

    /// Opens a connection that folds the write-ahead log in.
    pub(crate) fn open_folding(&self) -> Result<Connection, Fault> {
        self.open(READER_CACHE_KIB).map_err(|e| {
            Fault::new(e.kind, e.public, e.source.map_or_else(String::new, |s| s.to_string()))
        })
    }

    fn open_reader(&self) -> Result<Connection, Fault> {
        let conn = self.open_folding()?;
        conn.execute_batch("PRAGMA query_only = ON")
            .map_err(|e| Fault::sqlite("open reader", &e))?;
        Ok(conn)
    }

    fn open(&self, cache_kib: u32) -> Result<Connection> {
        let fault = |e: rusqlite::Error| Error::from(Fault::sqlite("open database", &e));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        conn.set_prepared_statement_cache_capacity(PREPARED);
        conn.busy_timeout(PATIENCE).map_err(fault)?;
        // Failures reach the log through us, not as bare lines on standard error.
        conn.execute_batch("PRAGMA cipher_log_level = NONE").map_err(fault)?;
        // The key first: nothing else works before it. A raw key needs no derivation.
        conn.execute_batch(self.key_pragma().expose()).map_err(fault)?;
        conn.execute_batch("PRAGMA cipher_hmac_algorithm = HMAC_SHA256").map_err(fault)?;
        conn.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(
            |e| match e.sqlite_error_code() {
                Some(rusqlite::ErrorCode::NotADatabase) => Error::unavailable(format!(
                    "The key does not open {}: it belongs to another database, or the file is \
                     damaged.",
                    self.path.display()
                ))
                .because(e),
                _ => fault(e),
            },
        )?;
        conn.execute_batch(&format!(
            "PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY; \
             PRAGMA foreign_keys = ON;"
        ))
        .map_err(fault)?;
        Ok(conn)
    }

    fn key_pragma(&self) -> Secret<String> {
        use std::fmt::Write as _;
        // Sized beforehand, so that no half-filled copy is left behind in memory.
        let mut pragma = String::with_capacity(128);
        pragma.push_str("PRAGMA key = \"x'");
        for byte in self.key.expose() {
            // Writing to a String cannot fail.
            let _ = write!(pragma, "{byte:02x}");
        }
        pragma.push_str("'\"");
        Secret::new(pragma)
    }
}

/// Whether the mode of freed pages is "incremental".
fn gives_pages_back(conn: &Connection) -> bool {
    let mode = conn.query_row("PRAGMA auto_vacuum", [], |row| row.get::<_, i64>(0));
    mode.is_ok_and(|mode| mode == 2)
}

/// A database from before pages could be given back is written anew, once. Without room for that it
/// stays as it is: what is deleted is overwritten by and by, only the file does not shrink.
fn rebuild_once(conn: &Connection, path: &Path) {
    if gives_pages_back(conn) {
        return;
    }
    if let Err(error) = conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;") {
        tracing::warn!(%error, path = %path.display(), "the database cannot be written anew");
    }
}

fn create(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        // A read-only folder may still hold a database to read; opening it says what is wrong.
        Err(_) if fs::exists(path).unwrap_or(false) => Ok(()),
        Err(error) => {
            Err(Error::unavailable(format!("{} cannot be created.", path.display())).because(error))
        }
    }
}

/// Connections for reading; opened when first needed.
pub(crate) struct Readers {
    place: Place,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) const fn new(place: Place) -> Self {
        Self { place, idle: Mutex::new(Vec::new()) }
    }

    /// Runs `f` over one snapshot.
    pub(crate) fn snapshot<T>(&self, f: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.place.open_reader()?,
        };
        run(&conn, "BEGIN")?;
        let outcome = f(&conn);
        // A severe failure has ended the transaction already.
        if !conn.is_autocommit() {
            run(&conn, "ROLLBACK")?;
        }
        self.idle.lock().push(conn);
        outcome
    }

    /// Closes every idle connection.
    pub(crate) fn clear(&self) {
        self.idle.lock().clear();
    }
}

/// Runs a statement without parameters and rows.
pub(crate) fn run(conn: &Connection, text: &str) -> Result<(), Fault> {
    conn.prepare_cached(text)
        .and_then(|mut statement| statement.raw_execute())
        .map(drop)
        .map_err(|e| Fault::sqlite(text, &e))
}

pub(crate) fn execute(conn: &Connection, sql: &Sql, bound: Bound<'_>) -> Result<u64, Fault> {
    let fault = |e: rusqlite::Error| Fault::sqlite(sql.name(), &e);
    let mut statement = prepare(conn, sql, bound).map_err(fault)?;
    statement.raw_execute().map(|touched| u64::try_from(touched).unwrap_or(0)).map_err(fault)
}

/// The outer result is the engine's, the inner one that of `each`.
pub(crate) fn query(
    conn: &Connection,
    sql: &Sql,
    bound: Bound<'_>,
    mut each: impl FnMut(Cells<'_>) -> Result<()>,
) -> Result<Result<()>, Fault> {
    let fault = |e: rusqlite::Error| Fault::sqlite(sql.name(), &e);
    let mut statement = prepare(conn, sql, bound).map_err(fault)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        if let Err(error) = each(Cells::Sqlite(row)) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

pub(crate) fn describe(conn: &Connection, sql: &Sql) -> Result<Vec<String>, Fault> {
    let (text, _) = sql.with_list(Dialect::Sqlite, 1);
    let statement = conn.prepare(text).map_err(|e| Fault::sqlite(sql.name(), &e))?;
    Ok(statement.column_names().map(ToOwned::to_owned).collect())
}

/// The steps of SQLite's plan for a statement.
pub(crate) fn plan(conn: &Connection, sql: &Sql) -> Result<Vec<String>, Fault> {
    let (text, _) = sql.with_list(Dialect::Sqlite, 1);
    conn.prepare(&format!("EXPLAIN QUERY PLAN {text}"))
        .and_then(|mut statement| statement.raw_query().mapped(|row| row.get(3)).collect())
        .map_err(|e| Fault::sqlite(sql.name(), &e))
}

fn prepare<'c>(
    conn: &'c Connection,
    sql: &Sql,
    bound: Bound<'_>,
) -> rusqlite::Result<CachedStatement<'c>> {
    let text = match bound.room {
        0 => sql.plain(Dialect::Sqlite),
        room => sql.with_list(Dialect::Sqlite, room).0,
    };
    let mut statement = conn.prepare_cached(text)?;
    statement.raw_bind_parameter(1, bound.tenant.0)?;
    let mut place = 2;
    for param in bound.params.iter().chain(bound.list) {
        statement.raw_bind_parameter(place, param)?;
        place += 1;
    }
    if let Some(last) = bound.list.last() {
        for _ in bound.list.len()..bound.room {
            statement.raw_bind_parameter(place, last)?;
            place += 1;
        }
    }
    Ok(statement)
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) | Self::Sealed(value) => {
                ToSqlOutput::Borrowed(ValueRef::Blob(value))
            }
        })
    }
}

/// Positions taken in advance, so that not every commit has to write down how far it got. A
/// process that ends leaves the rest of its block unused.
const POSITION_BLOCK: i64 = 4096;

/// The writer's connection.
pub(crate) struct Writer {
    /// Before the connection, which closes last.
    folding: Folding,
    conn: Connection,
    tenant: TenantId,
    /// Positions up to here are ours, as long as `stream_head` says so too.
    reserved: Cell<i64>,
}

impl Writer {
    /// Prepares for writing; answers the newest position too.
    pub(crate) fn take(
        (mut conn, place): (Connection, Place),
        tenant: TenantId,
    ) -> Result<(Self, i64), Fault> {
        conn.execute(
            "INSERT INTO stream_head (tenant_id, pos, epoch, holder, taken_ms) \
             VALUES (?1, 0, 1, '', ?2) ON CONFLICT (tenant_id) DO NOTHING",
            (tenant.0, Clock::System.now().0),
        )
        .map_err(|e| Fault::sqlite("stream head", &e))?;
        let folding = Folding::start(&mut conn, place)?;
        let writer = Self { folding, conn, tenant, reserved: Cell::new(0) };
        let position = writer.stored_position()?;
        writer.reserved.set(position);
        Ok((writer, position))
    }

    pub(crate) const fn conn(&self) -> &Connection {
        &self.conn
    }

    /// Starts a transaction; answers the last position another process has taken, if there was
    /// one since our last block.
    pub(crate) fn begin(&self) -> Result<Option<i64>, Fault> {
        self.rollback()?;
        run(&self.conn, "BEGIN IMMEDIATE")?;
        let stored = self.stored_position()?;
        Ok((stored != self.reserved.get()).then_some(stored))
    }

    fn stored_position(&self) -> Result<i64, Fault> {
        self.conn
            .prepare_cached("SELECT pos FROM stream_head WHERE tenant_id = ?1")
            .and_then(|mut s| s.query_row([self.tenant.0], |row| row.get(0)))
            .map_err(|e| Fault::sqlite("stream head", &e))
    }

    /// SQLite ends a transaction by itself on some errors (disk full, I/O).
    fn in_transaction(&self) -> Result<(), Fault> {
        if self.conn.is_autocommit() {
            return Err(Fault::new(
                Kind::Unavailable,
                "The database could not store this. Please try again.",
                "SQLite has ended the transaction",
            ));
        }
        Ok(())
    }

    pub(crate) fn savepoint(&self) -> Result<(), Fault> {
        run(&self.conn, "SAVEPOINT closure")
    }

    pub(crate) fn release(&self) -> Result<(), Fault> {
        self.in_transaction()?;
        run(&self.conn, "RELEASE closure")
    }

    pub(crate) fn undo(&self) -> Result<(), Fault> {
        self.in_transaction()?;
        run(&self.conn, "ROLLBACK TO closure")?;
        run(&self.conn, "RELEASE closure")
    }

    /// Commits, with a new block of positions if the newest lies beyond ours: then the block is
    /// used up, or another process has taken one since.
    pub(crate) fn commit(&self, position: Option<i64>) -> Result<(), Fault> {
        let Some(position) = position.filter(|position| *position > self.reserved.get()) else {
            return run(&self.conn, "COMMIT");
        };
        let reserved = position.saturating_add(POSITION_BLOCK);
        self.conn
            .prepare_cached("UPDATE stream_head SET pos = ?2 WHERE tenant_id = ?1")
            .and_then(|mut s| s.execute([self.tenant.0, reserved]))
            .map_err(|e| Fault::sqlite("stream head", &e))?;
        run(&self.conn, "COMMIT")?;
        self.reserved.set(reserved);
        Ok(())
    }

    /// To be called between two transactions: what need not happen within one.
    pub(crate) fn look_after(&self) {
        self.folding.look_after(&self.conn);
    }

    /// Ends the transaction without trace; none may be open.
    pub(crate) fn rollback(&self) -> Result<(), Fault> {
        if self.conn.is_autocommit() {
            return Ok(());
        }
        run(&self.conn, "ROLLBACK")
    }

    /// Gives up to `pages` free pages back to the disk; once none is left, folds the write-ahead log
    /// in, unless somebody reads it. Answers how many free pages are left.
    pub(crate) fn compact(&self, pages: u32) -> Result<u64, Fault> {
        let fault = |e: rusqlite::Error| Fault::sqlite("compact", &e);
        let mut step =
            self.conn.prepare(&format!("PRAGMA incremental_vacuum({pages})")).map_err(fault)?;
        let mut rows = step.raw_query();
        while rows.next().map_err(fault)?.is_some() {}
        let left = self.conn.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0));
        let left = left.map_err(fault)?;
        self.folding.look_after(&self.conn);
        if left == 0 {
            self.folding.settle();
            // Readers are not waited for here: everybody's messages would wait with the writer.
            self.conn.busy_timeout(Duration::ZERO).map_err(fault)?;
            let folded = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.conn.busy_timeout(PATIENCE).map_err(fault)?;
            folded.map_err(fault)?;
        }
        Ok(u64::try_from(left).unwrap_or_default())
    }

    /// Moves the write-ahead log into the file, so that the file alone is complete.
    pub(crate) fn checkpoint(&self) -> Result<(), Fault> {
        self.folding.settle();
        self.conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|e| Fault::sqlite("checkpoint", &e))
    }
}
