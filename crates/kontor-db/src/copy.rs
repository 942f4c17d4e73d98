//! Whole tables, out and in again: what backups are made of. Values go as they are stored; what is
//! sealed stays sealed.

use std::fmt::Write as _;

use kontor_core::{Error, Result, StreamPos, TenantId};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql};
use tokio_postgres::types::{ToSql as PostgresValue, Type};

use crate::fault::Fault;
use crate::postgres::Session;
use crate::tx::Conn;
use crate::{Table, Tx};

/// Rows fetched from PostgreSQL in one round trip.
const FETCH: &str = "FETCH FORWARD 200 FROM kontor_copy";
/// Rows in one INSERT on PostgreSQL.
const ROWS_PER_INSERT: usize = 32;

/// A value as stored, borrowed from a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stored<'r> {
    /// NULL.
    Null,
    /// BIGINT; BOOLEAN on SQLite.
    Int(i64),
    /// BOOLEAN on PostgreSQL.
    Bool(bool),
    /// TEXT.
    Text(&'r str),
    /// BYTEA.
    Bytes(&'r [u8]),
}

/// Takes one row of a copy.
pub type TakeRow<'f> = dyn FnMut(&[Stored<'_>]) -> Result<()> + 'f;

impl Tx<'_> {
    /// Calls `each` with every row of the tenant in `table`, in an order that a copy made by
    /// [`Self::copy_in`] keeps (that of the key, or of insertion on SQLite); with `only`, a
    /// condition in words common to both engines, with those rows alone. Holds a few rows in memory
    /// at a time. Answers how many there were.
    ///
    /// # Errors
    /// What `each` answers; `Internal` for a table without tenant or key.
    pub fn copy_out(
        &mut self,
        table: &Table,
        only: Option<&'static str>,
        each: &mut TakeRow<'_>,
    ) -> Result<u64> {
        let (key, tenant) = (key(table)?, self.tenant());
        let outcome = match self.conn() {
            Conn::Sqlite(conn) => sqlite_out(conn, (table, only, tenant), (&key, each)),
            Conn::Postgres(session) => {
                let tenant = format!("tenant_id = {}", tenant.0);
                postgres_out(session, &select(table, only, (&tenant, &key)), each)
            }
        };
        self.noting(outcome)?
    }

    /// Adds rows of [`Self::copy_out`] to `table`.
    ///
    /// # Errors
    /// `Invalid` for a row that does not fit; else as [`Tx::execute`].
    pub fn copy_in(&mut self, table: &Table, rows: &[Vec<Stored<'_>>]) -> Result<()> {
        if rows.iter().any(|row| row.len() != table.columns.len()) {
            return Err(Error::internal(format!("{}: a row of another shape", table.name)));
        }
        let outcome = match self.conn() {
            Conn::Sqlite(conn) => sqlite_in(conn, table, rows),
            Conn::Postgres(session) => postgres_in(session, table, rows),
        };
        self.noting(outcome)
    }

    /// Removes every row of the tenant from `table`.
    pub fn clear_table(&mut self, table: &Table) -> Result<()> {
        let text = format!("DELETE FROM {} WHERE tenant_id = {}", table.name, self.tenant().0);
        self.run_text(&text)
    }

    fn run_text(&mut self, text: &str) -> Result<()> {
        let outcome = match self.conn() {
            Conn::Sqlite(conn) => {
                conn.execute_batch(text).map_err(|e| Fault::sqlite("copy tables", &e))
            }
            Conn::Postgres(session) => session.batch(text),
        };
        self.noting(outcome)
    }

    /// Makes the next position one behind `to` at the earliest.
    pub fn raise_position(&mut self, to: StreamPos) -> Result<()> {
        let text = format!(
            "UPDATE stream_head SET pos = {0} WHERE tenant_id = {1} AND pos < {0}",
            to.0,
            self.tenant().0
        );
        self.run_text(&text)
    }

    /// Number of the newest migration that the database has.
    pub fn schema_number(&mut self) -> Result<i64> {
        const TEXT: &str = "SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) FROM schema_migration";
        let outcome = match self.conn() {
            Conn::Sqlite(conn) => conn
                .query_row(TEXT, [], |row| row.get(0))
                .map_err(|e| Fault::sqlite("schema number", &e)),
            Conn::Postgres(session) => session.rows(TEXT, &[]).and_then(|rows| {
                let row = rows.first().ok_or_else(|| Fault::internal("no schema number"))?;
                row.try_get(0).map_err(|e| Fault::postgres("schema number", &e))
            }),
        };
        self.noting(outcome)
    }
}

/// Everything of the tenant, in the order of `order`. Names come from the schema, not from outside.
fn select(table: &Table, only: Option<&str>, (tenant, order): (&str, &str)) -> String {
    let only = only.map(|only| format!(" AND ({only})")).unwrap_or_default();
    let (columns, name) = (columns(table), &table.name);
    format!("SELECT {columns} FROM {name} WHERE {tenant}{only} ORDER BY {order}")
}

/// The columns of the key.
fn key(table: &Table) -> Result<String> {
    let key = table.indexes.iter().find(|index| index.primary);
    let has_tenant = table.columns.iter().any(|column| column.name == "tenant_id");
    let key = key.filter(|_| has_tenant).map(|key| key.columns.join(", "));
    key.ok_or_else(|| Error::internal(format!("{}: a table without tenant or key", table.name)))
}

fn columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    names.join(", ")
}

fn sqlite_out(
    conn: &Connection,
    (table, only, tenant): (&Table, Option<&str>, TenantId),
    (key, each): (&str, &mut TakeRow<'_>),
) -> Result<Result<u64>, Fault> {
    const HAS_KEY_ORDER: &str =
        "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    let fault = |e: rusqlite::Error| Fault::sqlite("copy table", &e);
    let has_key_order = conn.query_row(HAS_KEY_ORDER, [&table.name], |row| row.get(0));
    // As the rows lie in the file, so that each page is read once; `+` keeps it off the indexes.
    let text = match has_key_order.map_err(fault)? {
        true => select(table, only, (&format!("tenant_id = {}", tenant.0), key)),
        false => select(table, only, (&format!("+tenant_id = {}", tenant.0), "rowid")),
    };
    let mut statement = conn.prepare(&text).map_err(fault)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut count = 0;
    while let Some(row) = rows.next().map_err(fault)? {
        let mut values = Vec::with_capacity(width);
        for column in 0..width {
            values.push(match row.get_ref(column).map_err(fault)? {
                ValueRef::Null => Stored::Null,
                ValueRef::Integer(value) => Stored::Int(value),
                ValueRef::Blob(value) => Stored::Bytes(value),
                ValueRef::Text(value) => Stored::Text(
                    std::str::from_utf8(value).map_err(|_| Fault::internal("text of no UTF-8"))?,
                ),
                ValueRef::Real(_) => return Err(Fault::internal("a column of fractions")),
            });
        }
        count += 1;
        if let Err(error) = each(&values) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(count))
}

fn postgres_out(
    session: &Session,
    text: &str,
    each: &mut TakeRow<'_>,
) -> Result<Result<u64>, Fault> {
    session.batch(&format!("DECLARE kontor_copy NO SCROLL CURSOR FOR {text}"))?;
    let mut count = 0;
    loop {
        let rows = session.rows(FETCH, &[])?;
        if rows.is_empty() {
            session.batch("CLOSE kontor_copy")?;
            return Ok(Ok(count));
        }
        for row in &rows {
            let values = postgres_values(row)?;
            count += 1;
            if let Err(error) = each(&values) {
                session.batch("CLOSE kontor_copy")?;
                return Ok(Err(error));
            }
        }
    }
}

fn postgres_values(row: &tokio_postgres::Row) -> Result<Vec<Stored<'_>>, Fault> {
    let value = |(at, column): (usize, &tokio_postgres::Column)| {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|it| it.map(Stored::Int)),
            Type::BOOL => row.try_get::<_, Option<bool>>(at).map(|it| it.map(Stored::Bool)),
            Type::TEXT => row.try_get::<_, Option<&str>>(at).map(|it| it.map(Stored::Text)),
            Type::BYTEA => row.try_get::<_, Option<&[u8]>>(at).map(|it| it.map(Stored::Bytes)),
            _ => return Err(Fault::internal(format!("a column of type {}", column.type_()))),
        };
        value.map(|it| it.unwrap_or(Stored::Null)).map_err(|e| Fault::postgres("copy table", &e))
    };
    row.columns().iter().enumerate().map(value).collect()
}

fn sqlite_in(conn: &Connection, table: &Table, rows: &[Vec<Stored<'_>>]) -> Result<(), Fault> {
    let fault = |e: rusqlite::Error| Fault::sqlite("fill table", &e);
    let places = vec!["?"; table.columns.len()].join(", ");
    let text = format!("INSERT INTO {} ({}) VALUES ({places})", table.name, columns(table));
    let mut statement = conn.prepare_cached(&text).map_err(fault)?;
    for row in rows {
        statement.execute(rusqlite::params_from_iter(row)).map_err(fault)?;
    }
    Ok(())
}

fn postgres_in(session: &Session, table: &Table, rows: &[Vec<Stored<'_>>]) -> Result<(), Fault> {
    for round in rows.chunks(ROWS_PER_INSERT) {
        let mut text = format!("INSERT INTO {} ({}) VALUES ", table.name, columns(table));
        let mut place = 0;
        for at in 0..round.len() {
            text.push_str(if at == 0 { "(" } else { ", (" });
            for column in 0..table.columns.len() {
                place += 1;
                // Writing to a String cannot fail.
                let _ = write!(text, "{}${place}", if column == 0 { "" } else { ", " });
            }
            text.push(')');
        }
        let params = round.iter().flatten().map(|value| value as &(dyn PostgresValue + Sync));
        session.rows(&text, &params.collect::<Vec<_>>())?;
    }
    Ok(())
}

impl ToSql for Stored<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

impl PostgresValue for Stored<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let param = match *self {
            Self::Null => crate::Param::Null,
            Self::Int(value) => crate::Param::Int(value),
            Self::Bool(value) => crate::Param::Bool(value),
            Self::Text(value) => crate::Param::Text(value.into()),
            Self::Bytes(value) => crate::Param::Bytes(value.into()),
        };
        PostgresValue::to_sql(&param, kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
