//! What tables a database really has, in words common to both engines.

use rusqlite::{Connection, Row as SqliteRow, ToSql};
use tokio_postgres::Row as PostgresRow;

use crate::fault::Fault;
use crate::postgres::Session;

/// All tables, ordered by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Columns, as declared.
    pub columns: Vec<Column>,
    /// Indexes, those of keys included, ordered by columns.
    pub indexes: Vec<Index>,
    /// Foreign keys, ordered by columns.
    pub foreign_keys: Vec<ForeignKey>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type in the engine's own word: `BIGINT` on PostgreSQL is `INTEGER` on SQLite.
    pub kind: String,
    /// May be NULL.
    pub nullable: bool,
}

/// One index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    /// Columns in order, `DESC` added where it says so.
    pub columns: Vec<String>,
    /// The table's primary key.
    pub primary: bool,
    /// No two rows alike.
    pub unique: bool,
    /// Covers only rows that fulfil a condition.
    pub partial: bool,
    /// Name; empty for a key, which each engine names in its own way.
    pub name: String,
}

/// One foreign key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    /// Columns here.
    pub columns: Vec<String>,
    /// The table pointed to.
    pub table: String,
    /// Columns there.
    pub references: Vec<String>,
    /// What deleting the row pointed to does: `NO ACTION`, `CASCADE` …
    pub on_delete: String,
}

impl Schema {
    /// The same schema with PostgreSQL's words replaced by SQLite's: equal on both engines.
    #[must_use]
    pub fn in_sqlite_words(mut self) -> Self {
        for column in self.tables.iter_mut().flat_map(|table| &mut table.columns) {
            column.kind = crate::migrate::to_sqlite(&column.kind);
        }
        self
    }
}

pub(crate) fn of_sqlite(conn: &Connection) -> Result<Schema, Fault> {
    let names = sqlite_rows(
        conn,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
        &[],
        |row| row.get::<_, String>(0),
    )?;
    let tables = names.into_iter().map(|name| sqlite_table(conn, name));
    Ok(Schema { tables: tables.collect::<Result<_, _>>()? })
}

fn sqlite_table(conn: &Connection, name: String) -> Result<Table, Fault> {
    let columns = sqlite_rows(
        conn,
        "SELECT name, type, \"notnull\" FROM pragma_table_info(?1) ORDER BY cid",
        &[&name],
        |row| {
            Ok(Column { name: row.get(0)?, kind: row.get(1)?, nullable: !row.get::<_, bool>(2)? })
        },
    )?;
    let mut indexes = sqlite_rows(
        conn,
        "SELECT i.name, i.\"unique\", i.origin, i.partial, (
             SELECT group_concat(coalesce(name, '(expression)') || iif(\"desc\", ' DESC', ''), ',' ORDER BY seqno)
               FROM pragma_index_xinfo(i.name) WHERE key = 1)
           FROM pragma_index_list(?1) AS i",
        &[&name],
        |row| {
            let origin: String = row.get(2)?;
            Ok(Index {
                name: if origin == "c" { row.get(0)? } else { String::new() },
                unique: row.get(1)?,
                primary: origin == "pk",
                partial: row.get(3)?,
                columns: split(&row.get::<_, String>(4)?),
            })
        },
    )?;
    // A primary key that is the row's own number has no index of its own.
    if !indexes.iter().any(|index| index.primary) {
        let key = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
        let mut columns: Vec<String> = sqlite_rows(conn, key, &[&name], |row| row.get(0))?;
        // Where one number is left of a key, the tenant was the rest of it: a file has one.
        if columns == ["pos"] {
            columns.insert(0, "tenant_id".to_owned());
        }
        let name = String::new();
        indexes.push(Index { columns, primary: true, unique: true, partial: false, name });
    }
    indexes.sort_unstable();
    let mut foreign_keys = sqlite_rows(
        conn,
        "SELECT group_concat(\"from\", ',' ORDER BY seq), \"table\",
                group_concat(\"to\", ',' ORDER BY seq), on_delete
           FROM pragma_foreign_key_list(?1) GROUP BY id, \"table\", on_delete",
        &[&name],
        |row| {
            Ok(ForeignKey {
                columns: split(&row.get::<_, String>(0)?),
                table: row.get(1)?,
                references: split(&row.get::<_, String>(2)?),
                on_delete: row.get(3)?,
            })
        },
    )?;
    foreign_keys.sort_unstable();
    Ok(Table { name, columns, indexes, foreign_keys })
}

fn sqlite_rows<T>(
    conn: &Connection,
    text: &str,
    params: &[&dyn ToSql],
    map: fn(&SqliteRow<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Fault> {
    conn.prepare(text)
        .and_then(|mut statement| statement.query_map(params, map)?.collect())
        .map_err(|e| Fault::sqlite("schema", &e))
}

pub(crate) fn of_postgres(session: &Session) -> Result<Schema, Fault> {
    let fault = |e: tokio_postgres::Error| Fault::postgres("schema", &e);
    let names = session.rows(
        "SELECT relname::text FROM pg_class
          WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
          ORDER BY relname::text COLLATE \"C\"",
        &[],
    )?;
    let tables = names
        .iter()
        .map(|row| postgres_table(session, row.try_get(0).map_err(fault)?))
        .collect::<Result<_, _>>()?;
    Ok(Schema { tables })
}

fn postgres_table(session: &Session, name: String) -> Result<Table, Fault> {
    let columns = postgres_rows(
        session,
        "SELECT attname::text, upper(format_type(atttypid, atttypmod)), NOT attnotnull
           FROM pg_attribute
          WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped
          ORDER BY attnum",
        &name,
        |row| {
            Ok(Column { name: row.try_get(0)?, kind: row.try_get(1)?, nullable: row.try_get(2)? })
        },
    )?;
    let mut indexes = postgres_rows(
        session,
        "SELECT c.relname::text, i.indisunique, i.indisprimary, i.indpred IS NOT NULL,
                EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u')),
                (SELECT string_agg(coalesce(a.attname::text, '(expression)')
                          || CASE WHEN i.indoption[n] & 1 = 1 THEN ' DESC' ELSE '' END, ',' ORDER BY n)
                   FROM generate_series(0, i.indnkeyatts - 1) AS n
                   LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n])
           FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
          WHERE i.indrelid = to_regclass(quote_ident($1))",
        &name,
        |row| {
            let key: bool = row.try_get(4)?;
            Ok(Index {
                name: if key { String::new() } else { row.try_get(0)? },
                unique: row.try_get(1)?,
                primary: row.try_get(2)?,
                partial: row.try_get(3)?,
                columns: split(row.try_get(5)?),
            })
        },
    )?;
    indexes.sort_unstable();
    let mut foreign_keys = postgres_rows(
        session,
        "SELECT (SELECT string_agg(attname::text, ',' ORDER BY n)
                   FROM unnest(conkey) WITH ORDINALITY AS k(num, n)
                   JOIN pg_attribute ON attrelid = conrelid AND attnum = num),
                (SELECT relname::text FROM pg_class WHERE oid = confrelid),
                (SELECT string_agg(attname::text, ',' ORDER BY n)
                   FROM unnest(confkey) WITH ORDINALITY AS k(num, n)
                   JOIN pg_attribute ON attrelid = confrelid AND attnum = num),
                CASE confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT'
                     WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END
           FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(quote_ident($1))",
        &name,
        |row| {
            Ok(ForeignKey {
                columns: split(row.try_get(0)?),
                table: row.try_get(1)?,
                references: split(row.try_get(2)?),
                on_delete: row.try_get(3)?,
            })
        },
    )?;
    foreign_keys.sort_unstable();
    Ok(Table { name, columns, indexes, foreign_keys })
}

fn postgres_rows<T>(
    session: &Session,
    text: &str,
    table: &str,
    map: fn(&PostgresRow) -> Result<T, tokio_postgres::Error>,
) -> Result<Vec<T>, Fault> {
    session
        .rows(text, &[&table])?
        .iter()
        .map(map)
        .collect::<Result<_, _>>()
        .map_err(|e| Fault::postgres("schema", &e))
}

fn split(names: &str) -> Vec<String> {
    names.split(',').map(ToOwned::to_owned).collect()
}
