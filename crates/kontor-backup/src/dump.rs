//! Writes the tables of a store as of one moment.

use std::collections::BTreeSet;
use std::io::Write;

use kontor_audit::Digest;
use kontor_core::{Error, Result};
use kontor_db::{Table, Tx};
use kontor_store::backup::{Part, part_in_backup};

use crate::TableFacts;
use crate::disk::Hash;
use crate::tables::{END, Head, MAGIC, TABLE, TABLE_END, push_row};

/// Rows are hashed and passed on in pieces of about this many bytes.
const PIECE: usize = 64 * 1024;

/// Where rows go: through the encryption into a file, or nowhere, to be hashed alone.
pub(crate) trait Target {
    /// Takes bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<()>;
}

/// Into a writer; the function says what an error means.
pub(crate) struct Writer<'w, W, F>(pub(crate) &'w mut W, pub(crate) F);

impl<W: Write, F: Fn(std::io::Error) -> Error> Target for Writer<'_, W, F> {
    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).map_err(&self.1)
    }
}

/// Nowhere.
pub(crate) struct Nowhere;

impl Target for Nowhere {
    fn take(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// Writes every table that belongs into a backup; answers what they are.
pub(crate) fn dump(
    tx: &mut Tx<'_>,
    store: &'static str,
    to: &mut dyn Target,
) -> Result<Vec<TableFacts>> {
    let tables = ordered(tx.schema()?.tables)?;
    to.take(MAGIC)?;
    let mut facts = Vec::with_capacity(tables.len());
    for table in &tables {
        let only = match part_in_backup(&table.name) {
            Part::Whole => None,
            Part::Only(condition) => Some(condition),
            Part::Nothing => continue,
        };
        facts.push(dump_table(tx, (store, table, only), to)?);
    }
    to.take(&[END])?;
    Ok(facts)
}

fn dump_table(
    tx: &mut Tx<'_>,
    (store, table, only): (&'static str, &Table, Option<&'static str>),
    to: &mut dyn Target,
) -> Result<TableFacts> {
    let columns = table.columns.iter().map(|column| column.name.clone()).collect();
    let head = serde_json::to_vec(&Head { table: table.name.clone(), columns });
    let head = head.map_err(Error::internal)?;
    let length = u32::try_from(head.len()).map_err(Error::internal)?;
    to.take(&[TABLE])?;
    to.take(&length.to_be_bytes())?;
    to.take(&head)?;
    let (mut hash, mut piece) = (Hash::default(), Vec::with_capacity(2 * PIECE));
    let rows = tx.copy_out(table, only, &mut |row| {
        push_row(&mut piece, row)?;
        if piece.len() < PIECE {
            return Ok(());
        }
        hash.update(&piece);
        to.take(&piece)?;
        piece.clear();
        Ok(())
    })?;
    hash.update(&piece);
    to.take(&piece)?;
    to.take(&[TABLE_END])?;
    let sha256: Digest = hash.finish();
    Ok(TableFacts { store: store.to_owned(), table: table.name.clone(), rows, sha256 })
}

/// The tables of organisations, those that others point to first.
pub(crate) fn ordered(tables: Vec<Table>) -> Result<Vec<Table>> {
    let has_tenant = |table: &Table| table.columns.iter().any(|column| column.name == "tenant_id");
    let mut waiting: Vec<Table> = tables.into_iter().filter(has_tenant).collect();
    let (mut placed, mut order) = (BTreeSet::new(), Vec::with_capacity(waiting.len()));
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            let mut needs = table.foreign_keys.iter().map(|key| &key.table);
            needs.all(|needed| *needed == table.name || placed.contains(needed))
        };
        let (free, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_free);
        if free.is_empty() {
            return Err(Error::internal("tables point to each other in a circle"));
        }
        placed.extend(free.iter().map(|table| table.name.clone()));
        order.extend(free);
        waiting = later;
    }
    Ok(order)
}
