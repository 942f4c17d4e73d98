//! The engine for those who outgrow one file: a PostgreSQL server, version 15 or newer.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use bytes::{BufMut as _, BytesMut};
use kontor_core::{Clock, Kind, Result, Secret, TenantId};
use parking_lot::Mutex;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::fault::Fault;
use crate::row::Cells;
use crate::seal::Sealer;
use crate::sql::Dialect;
use crate::tx::Bound;
use crate::{Param, Sql};

/// Oldest server that is tested.
const OLDEST_VERSION: i32 = 150_000;
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// The newest position and who may write, locked until the transaction ends: a writer that takes
/// over waits for it, so no two writers' commits overlap.
const LOCK_HEAD: &str = "SELECT pos, epoch FROM stream_head WHERE tenant_id = $1 FOR UPDATE";
const STORE_HEAD: &str = "UPDATE stream_head SET pos = $2 WHERE tenant_id = $1";
const TAKE_HEAD: &str = "\
INSERT INTO stream_head (tenant_id, pos, epoch, holder, taken_ms) VALUES ($1, 0, 1, $2, $3) \
ON CONFLICT (tenant_id) DO UPDATE SET epoch = stream_head.epoch + 1, \
    holder = excluded.holder, taken_ms = excluded.taken_ms \
RETURNING pos, epoch";

/// Where the server is and for whom the connection speaks.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) url: Secret<String>,
    pub(crate) tenant: TenantId,
    /// Schema of a store that several processes write to; see [`crate::Settings`].
    pub(crate) beside: Option<&'static str>,
}

/// One connection. It has a runtime of its own, driven by whoever waits for an answer: no other
/// thread takes part in a round trip.
pub(crate) struct Session {
    runtime: Option<Runtime>,
    client: Client,
    /// By address of the text, which lives in a `static`.
    statements: RefCell<HashMap<usize, Statement>>,
    /// A command sent together with the next one.
    ahead: Cell<Option<&'static str>>,
}

impl Place {
    pub(crate) fn connect(&self) -> Result<Session, Fault> {
        let mut config: Config = self.url.expose().parse().map_err(|_| {
            // The parser's message might quote the password.
            Fault::new(
                Kind::Unavailable,
                "The database URL cannot be read. It looks like \
                 postgres://user:password@host:5432/database.",
                "unreadable database URL",
            )
        })?;
        config.application_name("kontor").connect_timeout(CONNECT_PATIENCE);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Fault::new(Kind::Unavailable, "The system is busy.", e.to_string()))?;
        let (client, connection) =
            runtime.block_on(config.connect(NoTls)).map_err(|e| Fault::postgres("connect", &e))?;
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a database connection ended");
            }
        });
        let session = Session {
            runtime: Some(runtime),
            client,
            statements: RefCell::default(),
            ahead: Cell::new(None),
        };
        session.set_up(self.tenant)?;
        if let Some(schema) = self.beside {
            session.enter(schema)?;
        }
        Ok(session)
    }
}

impl Session {
    /// Checks the server and settles what every statement relies on.
    fn set_up(&self, tenant: TenantId) -> Result<(), Fault> {
        let row = self.one(
            "SELECT current_setting('server_version_num')::int4, datcollate, \
                    pg_encoding_to_char(encoding), current_setting('synchronous_commit'), \
                    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) \
             FROM pg_database WHERE datname = current_database()",
            &[],
        )?;
        let fault = |e: tokio_postgres::Error| Fault::postgres("set up connection", &e);
        let version: i32 = row.try_get(0).map_err(fault)?;
        let collation: String = row.try_get(1).map_err(fault)?;
        let encoding: String = row.try_get(2).map_err(fault)?;
        let synchronous: String = row.try_get(3).map_err(fault)?;
        let unlimited: bool = row.try_get(4).map_err(fault)?;
        let refused = |text: String| Err(Fault::new(Kind::Unavailable, text.clone(), text));
        if version < OLDEST_VERSION {
            return refused(format!(
                "PostgreSQL {} is too old; Kontor needs version 15 or newer.",
                version / 10_000
            ));
        }
        let bytewise = ["C", "POSIX", "C.UTF-8", "C.utf8"].contains(&collation.as_str());
        if !bytewise || encoding != "UTF8" {
            return refused(format!(
                "The database has collation {collation} and encoding {encoding}; Kontor needs C \
                 and UTF8. Create it with: CREATE DATABASE kontor TEMPLATE template0 LOCALE 'C' \
                 ENCODING 'UTF8';"
            ));
        }
        if unlimited {
            tracing::warn!(
                "the database role is exempt from row-level security; use an ordinary role"
            );
        }
        // An acknowledged write must survive a crash of the server.
        if synchronous == "off" {
            self.batch("SET synchronous_commit = on")?;
        }
        self.batch("SET plan_cache_mode = force_generic_plan; SET lock_timeout = '10s'")?;
        self.one("SELECT set_config('kontor.tenant', $1, false)", &[&tenant.0.to_string()])?;
        Ok(())
    }

    /// Works in `schema` from now on.
    fn enter(&self, schema: &str) -> Result<(), Fault> {
        let fault = |e: tokio_postgres::Error| Fault::postgres("enter schema", &e);
        let exists = || -> Result<bool, Fault> {
            let row = self.one("SELECT to_regnamespace($1) IS NOT NULL", &[&schema])?;
            row.try_get(0).map_err(fault)
        };
        if !exists()? {
            let created = self.batch(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
            // Another process may have been quicker.
            if let (Err(cause), false) = (created, exists()?) {
                let text = format!(
                    "The schema {schema} is missing and cannot be created. Let the database's \
                     owner run: CREATE SCHEMA {schema} AUTHORIZATION the role of Kontor;"
                );
                return Err(Fault::new(Kind::Unavailable, text, cause.detail));
            }
        }
        self.batch(&format!("SET search_path = {schema}"))
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T, Fault> {
        match &self.runtime {
            Some(runtime) => Ok(runtime.block_on(future)),
            None => Err(Fault::internal("the connection is closed")),
        }
    }

    /// Runs `future` together with the command that was put ahead of it, in one round trip.
    fn with_ahead<T>(
        &self,
        during: &str,
        future: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Fault> {
        let fault = |e: tokio_postgres::Error| Fault::postgres(during, &e);
        match self.ahead.take() {
            None => self.wait(future)?.map_err(fault),
            Some(text) => {
                let (first, second) = self.wait(async {
                    tokio::join!(biased; self.client.batch_execute(text), future)
                })?;
                first.map_err(|e| Fault::postgres(text, &e))?;
                second.map_err(fault)
            }
        }
    }

    /// Runs statements without parameters and rows.
    pub(crate) fn batch(&self, text: &str) -> Result<(), Fault> {
        self.with_ahead(text, self.client.batch_execute(text))
    }

    /// Runs an unprepared statement that gives one row.
    fn one(
        &self,
        text: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<tokio_postgres::Row, Fault> {
        self.with_ahead(text, self.client.query_one(text, params))
    }

    /// Runs an unprepared statement.
    pub(crate) fn rows(
        &self,
        text: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>, Fault> {
        self.with_ahead(text, self.client.query(text, params))
    }

    fn prepare(&self, during: &str, text: &'static str) -> Result<Statement, Fault> {
        let address = text.as_ptr().addr();
        if let Some(statement) = self.statements.borrow().get(&address) {
            return Ok(statement.clone());
        }
        let statement = self.with_ahead(during, self.client.prepare(text))?;
        self.statements.borrow_mut().insert(address, statement.clone());
        Ok(statement)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Dropped inside an async task, a runtime must not wait for its own end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn text_of(sql: &'static Sql, bound: Bound<'_>) -> &'static str {
    match bound.room {
        0 => sql.plain(Dialect::Postgres),
        room => sql.with_list(Dialect::Postgres, room).0,
    }
}

pub(crate) fn execute(
    session: &Session,
    sealer: &Sealer,
    sql: &'static Sql,
    bound: Bound<'_>,
) -> Result<u64, Fault> {
    let statement = session.prepare(sql.name(), text_of(sql, bound))?;
    let values = values(sealer, bound)?;
    session.with_ahead(sql.name(), session.client.execute_raw(&statement, &values))
}

/// The outer result is the engine's, the inner one that of `each`.
pub(crate) fn query(
    session: &Session,
    sealer: &Sealer,
    sql: &'static Sql,
    bound: Bound<'_>,
    mut each: impl FnMut(Cells<'_>) -> Result<()>,
) -> Result<Result<()>, Fault> {
    let statement = session.prepare(sql.name(), text_of(sql, bound))?;
    let values = values(sealer, bound)?;
    let refs: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as &(dyn ToSql + Sync)).collect();
    let rows = session.with_ahead(sql.name(), session.client.query(&statement, &refs))?;
    Ok(rows.iter().try_for_each(|row| each(Cells::Postgres(row))))
}

pub(crate) fn describe(session: &Session, sql: &'static Sql) -> Result<Vec<String>, Fault> {
    let (text, _) = sql.with_list(Dialect::Postgres, 1);
    let statement = session.prepare(sql.name(), text)?;
    Ok(statement.columns().iter().map(|column| column.name().to_owned()).collect())
}

/// All values in the order of placeholders, sealed where they must be.
fn values<'p>(sealer: &Sealer, bound: Bound<'p>) -> Result<Vec<Param<'p>>, Fault> {
    let mut values = Vec::with_capacity(1 + bound.params.len() + bound.room);
    values.push(Param::Int(bound.tenant.0));
    for param in bound.params.iter().chain(bound.list) {
        values.push(match param {
            Param::Sealed(value) => match sealer.seal(value) {
                Ok(Some(sealed)) => Param::Bytes(sealed.into()),
                Ok(None) => Param::Bytes(value.as_ref().into()),
                Err(error) => return Err(Fault::internal(error.to_string())),
            },
            other => other.borrowed(),
        });
    }
    if let Some(last) = bound.list.last() {
        values.resize(1 + bound.params.len() + bound.room, last.borrowed());
    }
    Ok(values)
}

/// The writer's connection.
pub(crate) struct Writer {
    place: Place,
    session: Session,
    /// Number of this writer; a greater one in the database has taken over.
    epoch: i64,
}

impl Writer {
    /// Takes over as the tenant's writer; answers the newest position too.
    pub(crate) fn take(place: Place, session: Session) -> Result<(Self, i64), Fault> {
        let holder = format!("{}:{}", host(), std::process::id());
        let now = Clock::System.now().0;
        let row = session.one(TAKE_HEAD, &[&place.tenant.0, &holder, &now])?;
        let fault = |e: tokio_postgres::Error| Fault::postgres("stream head", &e);
        let position = row.try_get(0).map_err(fault)?;
        let epoch = row.try_get(1).map_err(fault)?;
        Ok((Self { place, session, epoch }, position))
    }

    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    /// Starts a transaction, on a new connection if the old one is gone; answers the newest
    /// stored position.
    pub(crate) fn begin(&mut self) -> Result<i64, Fault> {
        match self.lock_head() {
            Err(fault) if fault.disconnected => {
                self.session = self.place.connect()?;
                self.lock_head()
            }
            outcome => outcome,
        }
    }

    fn lock_head(&self) -> Result<i64, Fault> {
        let session = &self.session;
        session.ahead.set(None);
        let statement = session.prepare("stream head", LOCK_HEAD)?;
        session.ahead.set(Some("BEGIN"));
        let row = session.with_ahead(
            "stream head",
            session.client.query_one(&statement, &[&self.place.tenant.0]),
        );
        let fault = |e: tokio_postgres::Error| Fault::postgres("stream head", &e);
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                if !fault.disconnected {
                    self.rollback()?;
                }
                return Err(fault);
            }
        };
        let epoch: i64 = row.try_get(1).map_err(fault)?;
        if epoch != self.epoch && self.place.beside.is_none() {
            self.rollback()?;
            return Err(Fault::new(
                Kind::Unavailable,
                "Another Kontor process writes to this database now.",
                format!("this writer is number {}, the database has {epoch}", self.epoch),
            ));
        }
        row.try_get(0).map_err(fault)
    }

    /// Sent with the first statement after it.
    pub(crate) fn savepoint(&self) {
        let ahead = match self.session.ahead.take() {
            Some(RELEASE) => RELEASE_AND_SAVEPOINT,
            _ => "SAVEPOINT closure",
        };
        self.session.ahead.set(Some(ahead));
    }

    /// Sent with the next savepoint or the commit. A savepoint that was not even sent stays.
    pub(crate) fn release(&self) {
        let ahead = match self.session.ahead.take() {
            None | Some(RELEASE_AND_SAVEPOINT) => Some(RELEASE),
            Some(_) => None,
        };
        self.session.ahead.set(ahead);
    }

    pub(crate) fn undo(&self) -> Result<(), Fault> {
        self.session.batch("ROLLBACK TO SAVEPOINT closure; RELEASE SAVEPOINT closure")
    }

    /// Commits, with the newest position if it has moved.
    pub(crate) fn commit(&self, position: Option<i64>) -> Result<(), Fault> {
        let Some(position) = position else { return self.session.batch("COMMIT") };
        let statement = self.session.prepare("stream head", STORE_HEAD)?;
        let session = &self.session;
        let ahead = session.ahead.take().unwrap_or_default();
        let tenant = self.place.tenant.0;
        let params: [&(dyn ToSql + Sync); 2] = [&tenant, &position];
        let (released, stored, committed) = session.wait(async {
            tokio::join!(
                biased;
                session.client.batch_execute(ahead),
                session.client.execute(&statement, &params),
                session.client.batch_execute("COMMIT")
            )
        })?;
        released.map_err(|e| Fault::postgres("release", &e))?;
        // A failed statement turns COMMIT into ROLLBACK without saying so.
        stored.map_err(|e| Fault::postgres("stream head", &e))?;
        committed.map_err(|e| Fault::postgres("commit", &e))
    }

    pub(crate) fn rollback(&self) -> Result<(), Fault> {
        self.session.ahead.set(None);
        self.session.batch("ROLLBACK")
    }
}

const RELEASE: &str = "RELEASE SAVEPOINT closure";
const RELEASE_AND_SAVEPOINT: &str = "RELEASE SAVEPOINT closure; SAVEPOINT closure";

/// This machine's name, for the operator who reads `stream_head.holder`.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| String::new(), |name| name.trim().to_owned())
}

/// Connections for reading; opened when first needed.
pub(crate) struct Readers {
    place: Place,
    idle: Mutex<Vec<Session>>,
}

impl Readers {
    pub(crate) const fn new(place: Place) -> Self {
        Self { place, idle: Mutex::new(Vec::new()) }
    }

    /// Runs `f` over one snapshot.
    pub(crate) fn snapshot<T>(&self, f: impl FnOnce(&Session) -> Result<T>) -> Result<T> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let idle = self.idle.lock().pop();
        let session = match idle {
            Some(session) if session.batch(BEGIN).is_ok() => session,
            // None yet, or one that was cut in the meantime; the others were probably cut as well.
            _ => {
                self.idle.lock().clear();
                let session = self.place.connect()?;
                session.batch(BEGIN)?;
                session
            }
        };
        let outcome = f(&session);
        if session.batch("ROLLBACK").is_ok() {
            self.idle.lock().push(session);
        }
        outcome
    }

    /// Closes every idle connection.
    pub(crate) fn clear(&self) {
        self.idle.lock().clear();
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, kind) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Int(value), &Type::INT8) => out.put_i64(*value),
            // LIMIT and the like never take these, but an expression may.
            (Self::Int(value), &Type::INT4) => out.put_i32(i32::try_from(*value)?),
            (Self::Bool(value), &Type::BOOL) => out.put_u8(u8::from(*value)),
            (Self::Text(value), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                out.put_slice(value.as_bytes());
            }
            (Self::Bytes(value), &Type::BYTEA) => out.put_slice(value),
            (value, kind) => {
                return Err(format!("{} does not fit {kind}", value.kind()).into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
