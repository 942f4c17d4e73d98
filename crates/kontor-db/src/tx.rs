//! The transaction a closure works in.

use kontor_core::{Error, Result, StreamPos, TenantId};

use crate::fault::Fault;
use crate::row::Cells;
use crate::seal::Sealer;
use crate::sql::LONGEST_LIST;
use crate::{Param, Row, Schema, Sql, postgres, schema, sqlite};

/// Most rows in one statement: 2 to the power of this.
const MOST_ROWS_POWER: u32 = 6;

/// What a closure leaves to be run later.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// One closure's transaction (write: its savepoint in the batch; read: its snapshot).
///
/// `$1` of every statement is the tenant, bound here: `params[0]` is `$2`. After a statement has
/// failed, the transaction accepts no further one and a write is rolled back even if its closure
/// answers `Ok`: PostgreSQL could not go on, so neither engine does.
pub struct Tx<'c> {
    conn: Conn<'c>,
    tenant: TenantId,
    sealer: &'c Sealer,
    /// Set once a statement has failed.
    broken: Option<Fault>,
    position: i64,
    effects: Effects,
}

pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c postgres::Session),
}

/// Hooks in order of registration.
#[derive(Default)]
pub(crate) struct Effects {
    pub(crate) after_commit: Vec<Hook>,
    pub(crate) after_visible: Vec<Hook>,
    pub(crate) on_failure: Vec<Hook>,
}

/// Values for a statement's placeholders, the tenant's aside.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'p> {
    pub(crate) tenant: TenantId,
    pub(crate) params: &'p [Param<'p>],
    /// Values of `{in}`, the last one repeated up to `room`; or those of `{rows}`, one row after the
    /// other.
    pub(crate) list: &'p [Param<'p>],
    pub(crate) room: usize,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: Conn<'c>, tenant: TenantId, sealer: &'c Sealer, position: i64) -> Self {
        Self { conn, tenant, sealer, broken: None, position, effects: Effects::default() }
    }

    /// Runs a statement that returns no rows; answers how many rows it touched.
    ///
    /// # Errors
    /// `Conflict` (without Matrix code) if a unique key exists already; `Invalid` for text with
    /// NUL; `Unavailable` if the engine cannot store now (disk full, read-only, connection lost).
    pub fn execute(&mut self, sql: &'static Sql, params: &[Param<'_>]) -> Result<u64> {
        self.check(sql, params)?;
        self.run(sql, self.bound(params, &[], 0))
    }

    /// Runs a statement and maps each row.
    pub fn query<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Param<'_>],
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.check(sql, params)?;
        let mut rows = Vec::new();
        self.select(sql, self.bound(params, &[], 0), map, &mut rows)?;
        Ok(rows)
    }

    /// Runs a statement and maps its first row; `None` if there is none.
    pub fn query_opt<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Param<'_>],
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, map)?.into_iter().next())
    }

    /// Runs a statement and maps its first row.
    ///
    /// # Errors
    /// `Internal` if there is none.
    pub fn query_one<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Param<'_>],
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_opt(sql, params, map)?
            .ok_or_else(|| Error::internal(format!("{}: a row is missing", sql.name())))
    }

    /// Runs a statement whose `{in}` stands for `list`, and maps each row.
    ///
    /// An empty list gives no rows. A list longer than 512 runs in several rounds, so ORDER BY and
    /// LIMIT hold within a round only.
    pub fn query_in<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Param<'_>],
        list: &[Param<'_>],
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.check(sql, params)?;
        let mut rows = Vec::new();
        for round in list.chunks(LONGEST_LIST) {
            round.iter().try_for_each(Param::check)?;
            let bound = self.bound(params, round, round.len().next_power_of_two());
            self.select(sql, bound, map, &mut rows)?;
        }
        Ok(rows)
    }

    /// Runs a statement whose `{in}` stands for `list` and that returns no rows; answers how many
    /// rows it touched. An empty list touches none.
    pub fn execute_in(
        &mut self,
        sql: &'static Sql,
        params: &[Param<'_>],
        list: &[Param<'_>],
    ) -> Result<u64> {
        self.check(sql, params)?;
        let mut touched = 0;
        for round in list.chunks(LONGEST_LIST) {
            round.iter().try_for_each(Param::check)?;
            touched += self.run(sql, self.bound(params, round, round.len().next_power_of_two()))?;
        }
        Ok(touched)
    }

    /// Runs a statement whose `{rows}` stands for `rows` ([`Sql::of_rows`]); answers how many rows
    /// it touched. No rows touch none; many run in several rounds.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn execute_rows<const WIDTH: usize>(
        &mut self,
        sql: &'static Sql,
        rows: &[[Param<'_>; WIDTH]],
    ) -> Result<u64> {
        self.check(sql, &[])?;
        if sql.width() != WIDTH {
            return Err(Error::internal(format!("{}: rows of {WIDTH} values", sql.name())));
        }
        let (mut touched, mut rest) = (0, rows);
        while let Some(power) = rest.len().checked_ilog2() {
            // Whole powers of two, so that there are few texts and nothing to fill up.
            let (round, later) = rest.split_at(1 << power.min(MOST_ROWS_POWER));
            rest = later;
            let values = round.as_flattened();
            values.iter().try_for_each(Param::check)?;
            touched += self.run(sql, self.bound(&[], values, values.len()))?;
        }
        Ok(touched)
    }

    /// Prepares a statement without running it; answers the names of its columns. For tests that
    /// hold every statement against the schema.
    pub fn describe(&mut self, sql: &'static Sql) -> Result<Vec<String>> {
        let outcome = match &self.conn {
            Conn::Sqlite(conn) => sqlite::describe(conn, sql),
            Conn::Postgres(session) => postgres::describe(session, sql),
        };
        self.noting(outcome)
    }

    /// How SQLite would run a statement, step by step. PostgreSQL decides by the rows at hand, so
    /// for it the answer is empty. For tests.
    pub fn plan(&mut self, sql: &'static Sql) -> Result<Vec<String>> {
        let outcome = match &self.conn {
            Conn::Sqlite(conn) => sqlite::plan(conn, sql),
            Conn::Postgres(_) => Ok(Vec::new()),
        };
        self.noting(outcome)
    }

    /// The tables as they really are.
    pub fn schema(&mut self) -> Result<Schema> {
        let outcome = match &self.conn {
            Conn::Sqlite(conn) => schema::of_sqlite(conn),
            Conn::Postgres(session) => schema::of_postgres(session),
        };
        self.noting(outcome)
    }

    /// Takes the next stream position. Positions grow in commit order and are never given twice;
    /// those of a closure that fails stay unused. Meaningless in a read.
    pub const fn next_pos(&mut self) -> StreamPos {
        self.position += 1;
        StreamPos(self.position)
    }

    /// Runs `f` on the writer's thread, in commit order, once this closure's work is durable and
    /// before [`crate::Db::committed`] moves and anyone is answered: the place to publish new
    /// in-memory state. Must be quick. Dropped if the closure fails or the batch is lost.
    pub fn after_commit(&mut self, f: impl FnOnce() + Send + 'static) {
        self.effects.after_commit.push(Box::new(f));
    }

    /// As [`Tx::after_commit`], but once [`crate::Db::committed`] covers this closure's positions
    /// and every `after_commit` of its batch has run: the place to wake whoever waits for news, so
    /// that they find them.
    pub fn after_visible(&mut self, f: impl FnOnce() + Send + 'static) {
        self.effects.after_visible.push(Box::new(f));
    }

    /// Runs `f` on the writer's thread if this closure's work is undone: right after its rollback,
    /// before the next closure starts, or when the batch's commit fails. The place to mark
    /// in-memory state that ran ahead as stale.
    pub fn on_failure(&mut self, f: impl FnOnce() + Send + 'static) {
        self.effects.on_failure.push(Box::new(f));
    }

    pub(crate) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) const fn conn(&self) -> &Conn<'c> {
        &self.conn
    }

    pub(crate) const fn position(&self) -> i64 {
        self.position
    }

    pub(crate) const fn broken(&self) -> Option<&Fault> {
        self.broken.as_ref()
    }

    pub(crate) fn into_effects(self) -> Effects {
        self.effects
    }

    fn bound<'p>(&self, params: &'p [Param<'p>], list: &'p [Param<'p>], room: usize) -> Bound<'p> {
        Bound { tenant: self.tenant, params, list, room }
    }

    fn check(&self, sql: &Sql, params: &[Param<'_>]) -> Result<()> {
        if let Some(fault) = &self.broken {
            return Err(Error::internal(format!(
                "{}: an earlier statement of this transaction failed ({})",
                sql.name(),
                fault.detail
            )));
        }
        if params.len() + 1 != sql.placeholders() {
            return Err(Error::internal(format!(
                "{}: {} parameters for placeholders up to ${}",
                sql.name(),
                params.len(),
                sql.placeholders()
            )));
        }
        params.iter().try_for_each(Param::check)
    }

    fn run(&mut self, sql: &'static Sql, bound: Bound<'_>) -> Result<u64> {
        let outcome = match &self.conn {
            Conn::Sqlite(conn) => sqlite::execute(conn, sql, bound),
            Conn::Postgres(session) => postgres::execute(session, self.sealer, sql, bound),
        };
        self.noting(outcome)
    }

    fn select<T>(
        &mut self,
        sql: &'static Sql,
        bound: Bound<'_>,
        map: fn(&Row<'_>) -> Result<T>,
        rows: &mut Vec<T>,
    ) -> Result<()> {
        let sealer = self.sealer;
        let each = |cells: Cells<'_>| {
            rows.push(map(&Row { cells, sql, sealer })?);
            Ok(())
        };
        let outcome = match &self.conn {
            Conn::Sqlite(conn) => sqlite::query(conn, sql, bound, each),
            Conn::Postgres(session) => postgres::query(session, sealer, sql, bound, each),
        };
        // A row that could not be mapped is the caller's error; the transaction itself is sound.
        self.noting(outcome)?
    }

    pub(crate) fn noting<T>(&mut self, outcome: Result<T, Fault>) -> Result<T> {
        outcome.map_err(|fault| {
            self.broken = Some(fault.clone());
            fault.into()
        })
    }
}
