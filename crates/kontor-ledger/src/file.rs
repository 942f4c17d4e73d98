//! The file beside the backups: one signed line of JSON per entry, each with the hash of the one
//! before it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use kontor_audit::{Audit, Digest, verify_statement};
use kontor_core::{Error, Result};
use serde_json::{Map, Value};

use crate::Entry;

/// What a line says it is.
const STATEMENT: &str = "app.kontor.erasure_ledger";
const FORMAT: i64 = 1;

/// What a ledger file says, checked.
#[derive(Debug)]
pub struct LedgerFile {
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
    /// Fingerprint of the key that has signed every line; `None` if there is no line.
    pub key: Option<String>,
    /// The organisation.
    pub server_name: Option<String>,
    /// The last line was cut while it was written: nobody was told that it is there.
    pub is_torn: bool,
}

/// Where a file ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// Number of the last entry; 0 if there is none.
    pub(crate) seq: i64,
    /// Hash of the last line.
    pub(crate) hash: Digest,
    /// Length of what is whole, in bytes.
    pub(crate) length: u64,
}

/// Reads the ledger in `path` and checks signatures, chain and numbers. No file is an empty ledger.
///
/// # Errors
/// `Unavailable`, with the line, if it was changed, or a newer Kontor wrote it.
pub fn read_file(path: &Path) -> Result<LedgerFile> {
    let mut found =
        LedgerFile { entries: Vec::new(), key: None, server_name: None, is_torn: false };
    let mut last: Option<Digest> = None;
    let torn = each_line(path, |number, line| {
        let wrong = |why: &str| broken(path, number, why);
        let fields: Map<String, Value> =
            serde_json::from_slice(line).map_err(|_| wrong("it is no JSON"))?;
        let key = verify_statement(&fields).ok_or_else(|| wrong("it is not as signed"))?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_ours = text("statement").as_deref() == Some(STATEMENT)
            && fields.get("format").and_then(Value::as_i64) == Some(FORMAT);
        if !is_ours {
            return Err(wrong("it is no line of an erasure ledger"));
        }
        if found.key.as_ref().is_some_and(|before| *before != key) {
            return Err(wrong("another key has signed it"));
        }
        if last.is_some_and(|last| text("prev").as_deref() != Some(&last.to_string())) {
            return Err(wrong("a line before it is missing"));
        }
        let entry = Entry::from_fields(&fields)?.ok_or_else(|| wrong("a field is missing"))?;
        if found.entries.last().is_some_and(|before| before.seq + 1 != entry.seq) {
            return Err(wrong("its number does not follow"));
        }
        found.key = Some(key);
        found.server_name = text("server_name");
        found.entries.push(entry);
        last = Some(Digest::of(line));
        Ok(())
    })?;
    found.is_torn = torn;
    Ok(found)
}

/// Where the file in `path` ends.
pub(crate) fn tail_of(path: &Path) -> Result<Tail> {
    let mut tail = Tail { seq: 0, hash: Digest::GENESIS, length: 0 };
    each_line(path, |number, line| {
        let fields: Map<String, Value> =
            serde_json::from_slice(line).map_err(|_| broken(path, number, "it is no JSON"))?;
        let seq = fields.get("seq").and_then(Value::as_i64);
        tail.seq = seq.ok_or_else(|| broken(path, number, "its number is missing"))?;
        tail.hash = Digest::of(line);
        tail.length += line.len() as u64 + 1;
        Ok(())
    })?;
    Ok(tail)
}

/// Writes entries behind `tail`, durably; what was torn goes. Answers the new end. Blocks.
pub(crate) fn append(path: &Path, tail: Tail, entries: &[Entry], audit: &Audit) -> Result<Tail> {
    let unwritable = |error: io::Error| unwritable(path, error);
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unwritable)?;
    }
    let is_new = !path.exists();
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false).mode(0o600);
    let mut file = options.open(path).map_err(unwritable)?;
    file.set_len(tail.length).map_err(unwritable)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(tail.length)).map_err(unwritable)?;
    let (mut text, mut tail) = (Vec::new(), tail);
    for entry in entries {
        let line = line_of(entry, tail.hash, audit)?;
        tail.seq = entry.seq;
        tail.hash = Digest::of(line.as_bytes());
        tail.length += line.len() as u64 + 1;
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(unwritable)?;
    if is_new {
        sync_folder(path).map_err(unwritable)?;
    }
    Ok(tail)
}

/// Drops the lines before number `oldest`, the newest aside. Blocks.
pub(crate) fn prune(path: &Path, oldest: i64) -> Result<()> {
    let (mut kept, mut newest, mut dropped) = (Vec::new(), Vec::new(), 0_u64);
    each_line(path, |number, line| {
        let fields: Map<String, Value> =
            serde_json::from_slice(line).map_err(|_| broken(path, number, "it is no JSON"))?;
        let seq = fields.get("seq").and_then(Value::as_i64).unwrap_or(i64::MAX);
        // Once a line is kept, all behind it are: the chain has no gaps.
        if seq >= oldest || !kept.is_empty() {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        } else {
            dropped += 1;
            line.clone_into(&mut newest);
        }
        Ok(())
    })?;
    if kept.is_empty() && !newest.is_empty() {
        kept = newest;
        kept.push(b'\n');
        dropped -= 1;
    }
    if dropped == 0 {
        return Ok(());
    }
    let unwritable = |error: io::Error| unwritable(path, error);
    let draft = path.with_extension("jsonl.new");
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&draft).map_err(unwritable)?;
    file.write_all(&kept).and_then(|()| file.sync_all()).map_err(unwritable)?;
    fs::rename(&draft, path).and_then(|()| sync_folder(path)).map_err(unwritable)
}

fn line_of(entry: &Entry, prev: Digest, audit: &Audit) -> Result<String> {
    let mut fields = entry.to_fields();
    fields.insert("statement".to_owned(), STATEMENT.into());
    fields.insert("format".to_owned(), FORMAT.into());
    fields.insert("server_name".to_owned(), audit.server_name().as_str().into());
    fields.insert("prev".to_owned(), prev.to_string().into());
    serde_json::to_string(&audit.sign_statement(fields)?).map_err(Error::internal)
}

/// Calls `each` with every whole line and its number; whether something is left that is none.
fn each_line(path: &Path, mut each: impl FnMut(u64, &[u8]) -> Result<()>) -> Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreadable(path, error)),
    };
    let (mut from, mut line, mut number) = (BufReader::new(file), Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        let read = from.read_until(b'\n', &mut line).map_err(|error| unreadable(path, error))?;
        if read == 0 {
            return Ok(false);
        }
        if line.pop_if(|byte| *byte == b'\n').is_none() {
            return Ok(true);
        }
        each(number, &line)?;
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn broken(path: &Path, line: u64, why: &str) -> Error {
    Error::unavailable(format!("{}:{line}: the erasure ledger is broken: {why}.", path.display()))
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("{}: cannot be read: {error}", path.display())).because(error)
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("{}: cannot be written: {error}", path.display())).because(error)
}
