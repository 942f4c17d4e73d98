//! `inventory.toml` against the tables as they are.

use std::collections::{BTreeMap, BTreeSet};

use kontor_store::inventory;

use crate::backend::{for_each_store, whole_schema};

type Name = (String, String);

#[test]
fn every_column_is_declared_and_every_declaration_has_a_column() {
    let declared: BTreeSet<Name> =
        inventory::columns().unwrap().into_iter().map(|c| (c.table, c.column)).collect();
    for_each_store(async |stores| {
        let real: BTreeSet<Name> = whole_schema(&stores)
            .await
            .tables
            .into_iter()
            .flat_map(|table| {
                let columns = table.columns.into_iter();
                columns.map(move |column| (table.name.clone(), column.name))
            })
            .collect();
        let undeclared: Vec<_> = real.difference(&declared).collect();
        let stale: Vec<_> = declared.difference(&real).collect();
        assert!(undeclared.is_empty(), "not declared in inventory.toml: {undeclared:#?}");
        assert!(stale.is_empty(), "declared in inventory.toml, but no such column: {stale:#?}");
    });
}

#[test]
fn sealed_columns_are_bytes() {
    for_each_store(async |stores| {
        let kinds: BTreeMap<Name, String> = whole_schema(&stores)
            .await
            .in_sqlite_words()
            .tables
            .into_iter()
            .flat_map(|table| {
                let columns = table.columns.into_iter();
                columns.map(move |column| ((table.name.clone(), column.name), column.kind))
            })
            .collect();
        for column in inventory::columns().unwrap().into_iter().filter(|c| c.declaration.sealed) {
            let name = (column.table, column.column);
            assert_eq!(kinds.get(&name).map(String::as_str), Some("BLOB"), "{name:?}");
        }
    });
}
