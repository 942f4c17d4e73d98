//! Brings a set back into an empty place. What was erased since is not erased yet then: the
//! [`Marker`](crate::Marker) stays.

use std::fs;
use std::path::{Path, PathBuf};

use kontor_core::{Cx, Error, MatrixCode, Result, StreamPos};
use kontor_db::{DatabaseKeys, Db, Migration, Stored, Table, Tx};
use kontor_store::{AUDIT_MIGRATIONS, MIGRATIONS, backup};
use kontor_vault::{BackupKeys, Identity};
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::disk::{self, blocking};
use crate::dump::{Nowhere, dump};
use crate::folder::{AUDIT, DATABASE, KEYS, shelf};
use crate::load::{decrypt, read_tables};
use crate::media::{Lines, State};
use crate::tables::{Head, parse_rows};
use crate::write::engine;
use crate::{Folder, SetEntry, Source, TableFacts};

/// Keeps where the stream of changes is; restored in its own way.
const STREAM: &str = "stream_head";
/// Positions are taken up so far behind those of the backup that none is given twice: clients hold
/// positions from after the backup.
const LEAP: i64 = 1 << 32;

/// What was brought back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Rows, of all tables.
    pub rows: u64,
    /// People's files.
    pub files: u64,
    /// Their bytes, sealed.
    pub bytes: u64,
    /// Tables that are not as the manifest says; none, or the set is damaged.
    pub differing: Vec<String>,
}

impl SetEntry {
    /// The keys of the organisation.
    ///
    /// # Errors
    /// `Invalid` if `identities` do not open the set; `Unavailable` if it is damaged.
    pub fn keys(&self, identities: &[Identity]) -> Result<BackupKeys> {
        let path = self.path.join(KEYS);
        let facts = self.manifest.file(KEYS).ok_or_else(|| incomplete(self, KEYS))?;
        decrypt(&path, (facts, identities), |plain| {
            let mut json = Zeroizing::new(Vec::new());
            plain.read_to_end(&mut json).map_err(disk::failed(&path))?;
            BackupKeys::from_json(&json)
        })
    }
}

/// Fills the empty place `to` from `set`: tables, audit log, files. Every hash is checked on the way,
/// and every table once more when it is in the database.
///
/// # Errors
/// `Conflict` if the organisation has accounts there; `Unavailable` if something is damaged.
pub async fn restore_set(
    cx: &Cx,
    set: &SetEntry,
    identities: &[Identity],
    to: &Source,
) -> Result<Restored> {
    if engine(&to.settings) != set.manifest.engine {
        let text = format!(
            "This set was written by a server on {}; restore it into the same kind of database.",
            set.manifest.engine
        );
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    let keys =
        DatabaseKeys { cipher_key: to.keys.cipher_key.clone(), seal_key: to.keys.seal_key.clone() };
    let known = upto(MIGRATIONS, set.manifest.schema)?;
    let db = Db::open(to.settings.clone(), to.keys.tenant, keys, known).await?;
    if db.read(cx, backup::has_accounts).await? {
        let text = format!("{} has accounts there already.", to.server_name);
        return Err(Error::conflict(MatrixCode::Unknown, text));
    }
    let mut differing = fill(cx, &db, (set, DATABASE, "database"), identities).await?;
    let (files, bytes, gone) = copy_back(set, &to.media).await?;
    db.write(cx, move |tx| backup::forget_blobs(tx, &gone)).await?;
    db.close().await;
    let known = upto(AUDIT_MIGRATIONS, set.manifest.audit_schema)?;
    let (settings, keys) = (to.audit_settings.clone(), to.audit_keys.clone());
    let db = Db::open(settings, to.keys.tenant, keys, known).await?;
    differing.extend(fill(cx, &db, (set, AUDIT, "audit"), identities).await?);
    db.close().await;
    let rows = set.manifest.tables.iter().map(|table| table.rows).sum();
    Ok(Restored { rows, files, bytes, differing })
}

/// The migrations that a set of schema `number` was written under.
fn upto(known: &'static [Migration], number: i64) -> Result<&'static [Migration]> {
    let end = known.iter().position(|migration| migration.number > number).unwrap_or(known.len());
    let found = known.get(..end).filter(|list| list.last().is_some_and(|it| it.number == number));
    found.ok_or_else(|| {
        Error::unavailable(format!(
            "This set has schema {number}, which this Kontor does not know. Use the version that \
             wrote it, or a newer one."
        ))
    })
}

/// Fills one store and holds it against the manifest; answers the tables that differ.
async fn fill(
    cx: &Cx,
    db: &Db,
    (set, file, store): (&SetEntry, &'static str, &'static str),
    identities: &[Identity],
) -> Result<Vec<String>> {
    let facts = set.manifest.file(file).ok_or_else(|| incomplete(set, file))?.clone();
    let (path, identities) = (set.path.join(file), identities.to_vec());
    let (writer, job) = (db.clone(), cx.clone());
    let runtime = Handle::current();
    let tables = db.read(cx, move |tx| Ok(tx.schema()?.tables)).await?;
    let load = blocking(move || {
        decrypt(&path, (&facts, &identities), |plain| {
            read_tables(plain, (store, &path), &mut |head, rows| {
                let table = fitting(&tables, head)?;
                let columns = head.columns.len();
                let write = writer.write(&job, move |tx| add(tx, &table, (&rows, columns)));
                runtime.block_on(write)
            })
        })
    });
    let read = load.await?;
    let expected: Vec<&TableFacts> =
        set.manifest.tables.iter().filter(|table| table.store == store).collect();
    if !read.iter().eq(expected.iter().copied()) {
        let text = "The tables in this set are not those that the manifest speaks of.";
        return Err(Error::unavailable(text));
    }
    let stored = dump_again(cx, db, store).await?;
    let differs = |fact: &&&TableFacts| fact.table != STREAM && !stored.contains(fact);
    Ok(expected.iter().filter(differs).map(|fact| format!("{store}.{}", fact.table)).collect())
}

/// What the tables of a store are, as a manifest would say now.
pub async fn dump_again(cx: &Cx, db: &Db, store: &'static str) -> Result<Vec<TableFacts>> {
    db.read(cx, move |tx| dump(tx, store, &mut Nowhere)).await
}

/// The table that a set speaks of.
fn fitting(tables: &[Table], head: &Head) -> Result<Table> {
    let names = |table: &Table| table.columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let found = tables.iter().find(|table| table.name == head.table);
    found.filter(|table| names(table) == head.columns).cloned().ok_or_else(|| {
        Error::unavailable(format!("The table {} in this set has other columns here.", head.table))
    })
}

fn add(tx: &mut Tx<'_>, table: &Table, (rows, columns): (&[u8], usize)) -> Result<()> {
    let rows = parse_rows(rows, columns)?;
    if table.name != STREAM {
        return tx.copy_in(table, &rows);
    }
    let at = table.columns.iter().position(|column| column.name == "pos");
    for row in &rows {
        if let Some(Stored::Int(pos)) = at.and_then(|at| row.get(at)) {
            tx.raise_position(StreamPos(pos.saturating_add(LEAP)))?;
        }
    }
    Ok(())
}

/// Copies people's files back; answers how many, their bytes, and which were deleted meanwhile.
async fn copy_back(set: &SetEntry, media: &Path) -> Result<(u64, u64, Vec<String>)> {
    let folder = Folder::of_set(&set.path)?;
    let (set, media) = (set.path.clone(), media.to_owned());
    blocking(move || copy_files(&folder, &set, &media)).await
}

fn copy_files(folder: &Folder, set: &Path, media: &Path) -> Result<(u64, u64, Vec<String>)> {
    let (mut files, mut total, mut gone) = (0, 0, Vec::new());
    disk::create_folder(media).map_err(disk::failed(media))?;
    for line in Lines::of(Some(set)).map_err(disk::failed(set))? {
        let line = line.map_err(disk::failed(set))?;
        let (bytes, sha256) = match line.state {
            State::There { bytes, sha256 } => (bytes, sha256),
            State::Gone => {
                gone.push(line.blob);
                continue;
            }
            State::Unreadable => continue,
        };
        let (from, to) = (folder.media(&line.blob), place(media, &line.blob)?);
        let copied = disk::copy(&from, &to).map_err(disk::failed(&from))?;
        if copied != (bytes, sha256) {
            let text = format!("{}: this file was changed since the backup.", from.display());
            return Err(Error::unavailable(text));
        }
        files += 1;
        total += bytes;
    }
    disk::sync_all(media).map_err(disk::failed(media))?;
    Ok((files, total, gone))
}

fn place(media: &Path, blob: &str) -> Result<PathBuf> {
    let shelf = media.join(shelf(blob));
    if !shelf.exists() {
        fs::create_dir_all(&shelf).map_err(disk::failed(&shelf))?;
    }
    Ok(shelf.join(blob))
}

fn incomplete(set: &SetEntry, file: &str) -> Error {
    Error::unavailable(format!("{}: the manifest does not speak of {file}.", set.path.display()))
}
