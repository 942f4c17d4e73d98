//! Numbered migrations, run when a database opens.

use aws_lc_rs::digest;
use kontor_core::{Clock, Error, Result};
use rusqlite::Connection;

use crate::fault::Fault;
use crate::postgres;

/// One step of the schema, in PostgreSQL words limited to BIGINT, TEXT, BYTEA and BOOLEAN.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Order of execution, from 1; never reused.
    pub number: i64,
    /// For logs.
    pub name: &'static str,
    /// Statements, separated by `;`, which occurs nowhere else (comments start with `--`).
    pub sql: &'static str,
}

/// Tables of this crate itself. `stream_head.epoch` counts the writers a tenant has had.
pub(crate) const FOUNDATION: &str = "
CREATE TABLE IF NOT EXISTS schema_migration (
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_ms BIGINT NOT NULL,
    PRIMARY KEY (number)
);
CREATE TABLE IF NOT EXISTS stream_head (
    tenant_id BIGINT NOT NULL,
    pos BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    holder TEXT NOT NULL,
    taken_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
";

/// Number of the advisory lock that migrations hold: "kontor" in ASCII.
const MIGRATION_LOCK: i64 = 0x6b6f_6e74_6f72;

/// Tables with a tenant that are not yet under row-level security, quoted.
const UNPROTECTED: &str = "
SELECT quote_ident(t.relname)
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
 WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r'
   AND NOT t.relrowsecurity AND a.attname = 'tenant_id' AND NOT a.attisdropped
 ORDER BY 1";

/// Tables under row-level security that also binds their owner, or does not; quoted.
const FORCED: &str = "
SELECT quote_ident(relname) FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
   AND relrowsecurity AND relforcerowsecurity = $1
 ORDER BY 1";

/// A migration recorded in the database.
pub(crate) struct Applied {
    pub(crate) number: i64,
    pub(crate) checksum: String,
}

/// Compares what the database has with what this program knows; answers what is missing, with
/// checksums.
///
/// # Errors
/// `Unavailable` if the database is newer than this program, or was made by another version of a
/// migration.
pub(crate) fn missing(
    applied: &[Applied],
    known: &'static [Migration],
) -> Result<Vec<(&'static Migration, String)>> {
    if !known.is_sorted_by(|a, b| a.number < b.number) {
        return Err(Error::internal("migrations are not listed in rising order"));
    }
    let newest_known = known.last().map_or(0, |m| m.number);
    let newest_applied = applied.iter().map(|a| a.number).max().unwrap_or(0);
    if newest_applied > newest_known {
        return Err(Error::unavailable(format!(
            "This data was written by a newer Kontor (schema {newest_applied}); this binary knows \
             {newest_known}. Start the newer version."
        )));
    }
    let mut missing = Vec::new();
    for migration in known {
        let checksum = checksum(migration.sql);
        match applied.iter().find(|a| a.number == migration.number) {
            None => missing.push((migration, checksum)),
            Some(found) if found.checksum == checksum => {}
            Some(_) => {
                return Err(Error::unavailable(format!(
                    "This data was made with another version of migration {} ({}). Start the \
                     version of Kontor that wrote it.",
                    migration.number, migration.name
                )));
            }
        }
    }
    Ok(missing)
}

fn checksum(sql: &str) -> String {
    use std::fmt::Write as _;
    digest::digest(&digest::SHA256, sql.as_bytes()).as_ref().iter().fold(
        String::with_capacity(64),
        |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        },
    )
}

/// The statements of a script, comments removed.
pub(crate) fn statements(script: &str) -> Vec<String> {
    let code: String = script.lines().map(|line| line.split("--").next().unwrap_or("")).fold(
        String::with_capacity(script.len()),
        |mut code, line| {
            code.push_str(line);
            code.push('\n');
            code
        },
    );
    code.split(';').map(str::trim).filter(|s| !s.is_empty()).map(ToOwned::to_owned).collect()
}

/// PostgreSQL's words to SQLite's; tables become STRICT, short ones WITHOUT ROWID.
pub(crate) fn to_sqlite(statement: &str) -> String {
    let mut out = String::with_capacity(statement.len() + 8);
    let mut quoted = false;
    let mut word = String::new();
    for c in statement.chars().chain(std::iter::once(' ')) {
        if !quoted && (c.is_ascii_alphanumeric() || c == '_') {
            word.push(c);
            continue;
        }
        out.push_str(match word.as_str() {
            "BIGINT" | "BOOLEAN" => "INTEGER",
            "BYTEA" => "BLOB",
            other => other,
        });
        word.clear();
        quoted ^= c == '\'';
        out.push(c);
    }
    out.pop();
    if out.trim_start().starts_with("CREATE TABLE") {
        // One file has one tenant: rows with a position alone are kept under it, without an index.
        if out.contains(" BLOB") {
            out = out.replace("PRIMARY KEY (tenant_id, pos)", "PRIMARY KEY (pos)");
        }
        // Rows without bytes are short: kept in the order of their key, a write touches one page
        // less and a range is read in one sweep. Long rows would make that tree too high.
        out.push_str(if out.contains(" BLOB") { " STRICT" } else { " STRICT, WITHOUT ROWID" });
    }
    out
}

/// Brings a SQLite database to the schema of `known`.
pub(crate) fn migrate_sqlite(conn: &mut Connection, known: &'static [Migration]) -> Result<()> {
    let fault = |e: rusqlite::Error| Error::from(Fault::sqlite("migrate", &e));
    let tx =
        conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fault)?;
    for statement in statements(FOUNDATION) {
        tx.execute_batch(&to_sqlite(&statement)).map_err(fault)?;
    }
    let applied = tx
        .prepare("SELECT number, checksum FROM schema_migration")
        .and_then(|mut s| {
            s.query_map([], |row| Ok(Applied { number: row.get(0)?, checksum: row.get(1)? }))?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .map_err(fault)?;
    for (migration, checksum) in missing(&applied, known)? {
        for statement in statements(migration.sql) {
            tx.execute_batch(&to_sqlite(&statement)).map_err(|e| {
                Error::internal(format!("migration {}: {e} in: {statement}", migration.name))
            })?;
        }
        tx.execute(
            "INSERT INTO schema_migration (number, name, checksum, applied_ms) VALUES (?1, ?2, ?3, ?4)",
            (migration.number, migration.name, checksum, Clock::System.now().0),
        )
        .map_err(fault)?;
        tracing::info!(number = migration.number, name = migration.name, "schema migrated");
    }
    advise_planner(&tx).map_err(fault)?;
    tx.commit().map_err(fault)
}

/// Rows a table is assumed to have when SQLite plans.
const ASSUMED_ROWS: f64 = 1_000_000.0;
/// Rows assumed for a full match of an index that is not unique.
const ASSUMED_MATCHES: f64 = 10.0;

/// Tells SQLite's planner how selective each index is.
///
/// Without numbers it takes `tenant_id = ?` to leave ten rows, and prefers a key that matches on
/// nothing else to the index made for the query. Measured numbers (ANALYZE) would let plans change
/// from one day to the next; these make it prefer the longest match, always.
fn advise_planner(conn: &Connection) -> rusqlite::Result<()> {
    // This creates the table of numbers, and later lets the connection read it again.
    conn.execute_batch("ANALYZE sqlite_schema; DELETE FROM sqlite_stat1")?;
    let indexes: Vec<(String, String, bool, u32)> = conn
        .prepare(
            "SELECT t.name, iif(i.origin = 'pk' AND t.wr, t.name, i.name), i.\"unique\",
                    (SELECT COUNT(*) FROM pragma_index_xinfo(i.name) WHERE key = 1)
               FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i
              WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut insert =
        conn.prepare("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)")?;
    for (table, index, unique, columns) in indexes {
        insert.execute((table, index, selectivity(unique, columns)))?;
    }
    conn.execute_batch("ANALYZE sqlite_schema")
}

/// Assumed rows in all, and for a match of the first, the first two … columns. The first is the
/// tenant, of whom a file has one.
fn selectivity(unique: bool, columns: u32) -> String {
    let last = if unique { 1.0 } else { ASSUMED_MATCHES };
    let steps = f64::from(columns.saturating_sub(1).max(1));
    (0..columns).fold(format!("{ASSUMED_ROWS}"), |text, column| {
        let rows = ASSUMED_ROWS * (last / ASSUMED_ROWS).powf(f64::from(column) / steps);
        format!("{text} {rows:.0}")
    })
}

/// Brings a PostgreSQL database to the schema of `known`; one process at a time does so.
pub(crate) fn migrate_postgres(
    session: &postgres::Session,
    known: &'static [Migration],
) -> Result<()> {
    session.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))?;
    let outcome = migrate_locked(session, known);
    session.batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

fn migrate_locked(session: &postgres::Session, known: &'static [Migration]) -> Result<()> {
    let fault = |e: tokio_postgres::Error| Error::from(Fault::postgres("migrate", &e));
    session.batch(FOUNDATION)?;
    let applied = session
        .rows("SELECT number, checksum FROM schema_migration", &[])?
        .iter()
        .map(|row| Ok(Applied { number: row.try_get(0)?, checksum: row.try_get(1)? }))
        .collect::<Result<Vec<_>, _>>()
        .map_err(fault)?;
    let missing = missing(&applied, known)?;
    if !missing.is_empty() {
        // A migration moves the rows of all tenants.
        force_row_security(session, false)?;
    }
    for (migration, checksum) in missing {
        for statement in statements(migration.sql) {
            session.batch(&statement).map_err(|fault| {
                Error::internal(format!(
                    "migration {}: {} in: {statement}",
                    migration.name, fault.detail
                ))
            })?;
        }
        session.rows(
            "INSERT INTO schema_migration (number, name, checksum, applied_ms) \
             VALUES ($1, $2, $3, $4)",
            &[&migration.number, &migration.name, &checksum, &Clock::System.now().0],
        )?;
        tracing::info!(number = migration.number, name = migration.name, "schema migrated");
    }
    for row in session.rows(UNPROTECTED, &[])? {
        let table: String = row.try_get(0).map_err(fault)?;
        session.batch(&format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; \
             ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
             CREATE POLICY tenant ON {table} \
              USING (tenant_id = (SELECT current_setting('kontor.tenant')::bigint))"
        ))?;
    }
    force_row_security(session, true)
}

/// Lets row-level security bind the owner of the tables, too, or not.
fn force_row_security(session: &postgres::Session, is_forced: bool) -> Result<()> {
    let fault = |e: tokio_postgres::Error| Error::from(Fault::postgres("migrate", &e));
    let word = if is_forced { "FORCE" } else { "NO FORCE" };
    for row in session.rows(FORCED, &[&!is_forced])? {
        let table: String = row.try_get(0).map_err(fault)?;
        session.batch(&format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    static KNOWN: [Migration; 2] = [
        Migration { number: 1, name: "one", sql: "CREATE TABLE a (x BIGINT)" },
        Migration { number: 2, name: "two", sql: "CREATE TABLE b (x BIGINT)" },
    ];

    fn applied(number: i64, sql: &str) -> Applied {
        Applied { number, checksum: checksum(sql) }
    }

    #[test]
    fn only_missing_migrations_run() {
        let missing = missing(&[applied(1, KNOWN[0].sql)], &KNOWN).unwrap();
        assert_eq!(missing.iter().map(|(m, _)| m.number).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn newer_schema_is_refused_with_both_numbers() {
        let error = missing(&[applied(9, "")], &KNOWN).err().unwrap();
        assert_eq!(
            error.public,
            "This data was written by a newer Kontor (schema 9); this binary knows 2. Start the \
             newer version."
        );
    }

    #[test]
    fn changed_migration_is_refused() {
        assert!(missing(&[applied(1, "CREATE TABLE other (x BIGINT)")], &KNOWN).is_err());
    }

    #[test]
    fn words_are_mapped_outside_of_quotes_only() {
        assert_eq!(
            to_sqlite("CREATE TABLE t (a BIGINT, b BYTEA DEFAULT 'BYTEA', c BOOLEAN, bigint TEXT)"),
            "CREATE TABLE t (a INTEGER, b BLOB DEFAULT 'BYTEA', c INTEGER, bigint TEXT) STRICT"
        );
        assert_eq!(
            to_sqlite("CREATE TABLE t (a BIGINT, PRIMARY KEY (a))"),
            "CREATE TABLE t (a INTEGER, PRIMARY KEY (a)) STRICT, WITHOUT ROWID"
        );
        assert_eq!(
            to_sqlite("CREATE TABLE t (pos BIGINT, b BYTEA, PRIMARY KEY (tenant_id, pos))"),
            "CREATE TABLE t (pos INTEGER, b BLOB, PRIMARY KEY (pos)) STRICT"
        );
        assert_eq!(to_sqlite("CREATE INDEX i ON t (a)"), "CREATE INDEX i ON t (a)");
    }

    #[test]
    fn tenant_alone_selects_nothing_and_longer_matches_select_more() {
        assert_eq!(selectivity(true, 1), "1000000 1000000");
        assert_eq!(selectivity(true, 3), "1000000 1000000 1000 1");
        assert_eq!(selectivity(false, 2), "1000000 1000000 10");
    }

    #[test]
    fn scripts_are_cut_at_semicolons_and_lose_comments() {
        assert_eq!(statements("-- x; y\nA b; -- c\n\nD\n;"), ["A b", "D"]);
    }
}
