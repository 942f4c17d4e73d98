//! The two engines' schemas are twins, and documented.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kontor_db::{Schema, Table};
use kontor_testdb::Backend;

use crate::backend::{open_stores, whole_schema};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/generated/schema.md");
/// The only words of ours.
const TYPES: [&str; 4] = ["BIGINT", "TEXT", "BYTEA", "BOOLEAN"];

async fn both() -> (Schema, Schema) {
    let (sqlite, postgres) = (Backend::sqlite(), Backend::postgres());
    (
        whole_schema(&open_stores(&sqlite).await).await,
        whole_schema(&open_stores(&postgres).await).await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_equal_on_both_engines() {
    let (sqlite, postgres) = both().await;
    let postgres = postgres.in_sqlite_words();
    let names = |schema: &Schema| -> Vec<String> {
        schema.tables.iter().map(|table| table.name.clone()).collect()
    };
    assert_eq!(names(&sqlite), names(&postgres));
    for (left, right) in sqlite.tables.iter().zip(&postgres.tables) {
        assert_eq!(left, right, "SQLite left, PostgreSQL right");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_obey_the_rules() {
    let (_, postgres) = both().await;
    for table in &postgres.tables {
        let columns: Vec<_> = table.columns.iter().map(|c| c.name.as_str()).collect();
        for column in &table.columns {
            let place = format!("{}.{}", table.name, column.name);
            assert!(TYPES.contains(&column.kind.as_str()), "{place}: {}", column.kind);
            assert!(!column.name.ends_with("_ms") || column.kind == "BIGINT", "{place}");
        }
        let primary = table.indexes.iter().find(|index| index.primary);
        let primary = primary.unwrap_or_else(|| panic!("{} has no primary key", table.name));
        // The one table of the whole file, not of a tenant.
        if table.name == "schema_migration" {
            continue;
        }
        assert_eq!(columns[0], "tenant_id", "{}", table.name);
        assert_eq!(primary.columns[0], "tenant_id", "{}", table.name);
        for index in &table.indexes {
            assert_eq!(index.columns[0], "tenant_id", "{}: index {}", table.name, index.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn document_of_the_schema_is_current() {
    let (_, postgres) = both().await;
    let text = document(&postgres);
    let path = Path::new(DOCUMENT);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &text).unwrap();
    }
    let present = fs::read_to_string(path).unwrap_or_default();
    assert!(
        present == text,
        "docs/generated/schema.md is not current; run: UPDATE=1 cargo test -p kontor-store"
    );
}

fn document(schema: &Schema) -> String {
    let mut text = "# Schema\n\nGenerated from a migrated PostgreSQL database; SQLite has the \
                    same. Renew it with `UPDATE=1 cargo test -p kontor-store`.\n"
        .to_owned();
    for table in &schema.tables {
        describe(table, &mut text).unwrap();
    }
    text
}

fn describe(table: &Table, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n## {}\n\n| column | type |\n| --- | --- |", table.name)?;
    for column in &table.columns {
        let null = if column.nullable { "" } else { " NOT NULL" };
        writeln!(text, "| {} | {}{null} |", column.name, column.kind)?;
    }
    writeln!(text)?;
    for index in &table.indexes {
        let kind = match (index.primary, index.unique) {
            (true, _) => "primary key",
            (false, true) => "unique",
            (false, false) => "index",
        };
        let name = if index.name.is_empty() { "" } else { &format!(" `{}`", index.name) };
        let partial = if index.partial { ", some rows" } else { "" };
        writeln!(text, "- {kind}{name} ({}){partial}", index.columns.join(", "))?;
    }
    for key in &table.foreign_keys {
        let (here, there) = (key.columns.join(", "), key.references.join(", "));
        writeln!(text, "- ({here}) → {} ({there}), on delete {}", key.table, key.on_delete)?;
    }
    Ok(())
}
