//! Reads the tables of a set again.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use kontor_audit::Digest;
use kontor_core::{Error, MatrixCode, Result};
use kontor_vault::{Decryptor, Identity};

use crate::disk::{self, Hash};
use crate::tables::{
    END, Head, MAGIC, ROW, TABLE, TABLE_END, broken, read_array, read_byte, read_into, read_row,
};
use crate::{FileFacts, TableFacts};

/// Rows are passed on in pieces of about this many bytes, and of at most this many rows.
const PIECE: usize = 512 * 1024;
const ROWS: u64 = 2_000;
/// Bytes read from the disk at once.
const BUFFER: usize = 256 * 1024;

/// Takes rows of a table, as [`crate::tables::parse_rows`] reads them.
pub(crate) type TakeRows<'f> = dyn FnMut(&Head, Vec<u8>) -> Result<()> + 'f;

/// A file that hashes what is read from it.
struct Hashed {
    from: BufReader<File>,
    hash: Hash,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(to)?;
        self.hash.update(to.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Reads an encrypted file of a set from end to end: `work` gets what it says, and the file is held
/// against what the manifest says of it. Blocks.
pub(crate) fn decrypt<T>(
    path: &Path,
    (facts, identities): (&FileFacts, &[Identity]),
    work: impl FnOnce(&mut dyn Read) -> Result<T>,
) -> Result<T> {
    let failed = |error: io::Error| unreadable(path, error);
    let file = File::open(path).map_err(failed)?;
    let from = BufReader::with_capacity(BUFFER, file);
    let mut hashed = Hashed { from, hash: Hash::default(), bytes: 0 };
    let mut plain = Decryptor::new(&mut hashed, identities).map_err(failed)?;
    let done = work(&mut plain)?;
    // To the very end: a cut file would show there.
    let rest = io::copy(&mut plain, &mut io::sink()).map_err(failed)?;
    if rest > 0 || hashed.bytes != facts.bytes || hashed.hash.finish() != facts.sha256 {
        return Err(Error::unavailable(format!(
            "{}: this is not the file that the manifest speaks of.",
            path.display()
        )));
    }
    Ok(done)
}

/// Reads tables to the end mark and passes their rows on.
pub(crate) fn read_tables(
    from: &mut dyn Read,
    (store, path): (&str, &Path),
    take: &mut TakeRows<'_>,
) -> Result<Vec<TableFacts>> {
    let failed = |error: io::Error| unreadable(path, error);
    // Values are small, and reading them one by one from the decryption costs.
    let mut from = BufReader::with_capacity(BUFFER, from);
    if read_array::<8>(&mut from).map_err(failed)? != *MAGIC {
        return Err(failed(broken()));
    }
    let mut tables = Vec::new();
    loop {
        match read_byte(&mut from).map_err(failed)? {
            END => return Ok(tables),
            TABLE => {}
            _ => return Err(failed(broken())),
        }
        let length = u32::from_be_bytes(read_array(&mut from).map_err(failed)?);
        let mut head = Vec::new();
        read_into(&mut from, length.min(1 << 20), &mut head).map_err(failed)?;
        let head: Head = serde_json::from_slice(&head).map_err(|_| failed(broken()))?;
        let (rows, sha256) = read_rows(&mut from, (&head, path), take)?;
        tables.push(TableFacts { store: store.to_owned(), table: head.table, rows, sha256 });
    }
}

fn read_rows(
    from: &mut impl Read,
    (head, path): (&Head, &Path),
    take: &mut TakeRows<'_>,
) -> Result<(u64, Digest)> {
    let failed = |error: io::Error| unreadable(path, error);
    let (mut rows, mut held, mut hash) = (0, 0, Hash::default());
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let mark = read_byte(from).map_err(failed)?;
        let is_row = mark == ROW;
        if is_row {
            read_row(from, head.columns.len(), &mut piece).map_err(failed)?;
            rows += 1;
            held += 1;
        } else if mark != TABLE_END {
            return Err(failed(broken()));
        }
        if !is_row || piece.len() >= PIECE || held >= ROWS {
            hash.update(&piece);
            if held > 0 {
                take(head, std::mem::replace(&mut piece, Vec::with_capacity(PIECE)))?;
            }
            held = 0;
        }
        if !is_row {
            return Ok((rows, hash.finish()));
        }
    }
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let text = format!("{}: {error}.", path.display());
    if error.kind() == io::ErrorKind::InvalidData && error.to_string().contains("other keys") {
        return Error::invalid(MatrixCode::InvalidParam, text).because(error);
    }
    disk::failed(path)(error)
}
