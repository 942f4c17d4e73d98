//! The manifest: what a set holds, signed by the key of the organisation's audit log.

use std::path::Path;

use kontor_audit::{Audit, Digest, verify_statement};
use kontor_core::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::disk;

const STATEMENT: &str = "app.kontor.backup";
/// Layout of sets; another number is another layout.
const FORMAT: u32 = 1;
/// Largest manifest read, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What a set holds. Numbers and hashes; neither content nor anybody's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    statement: String,
    format: u32,
    /// Whose set it is.
    pub server_name: String,
    /// Version of Kontor that wrote it.
    pub kontor: String,
    /// `sqlite` or `postgres`: what is sealed in tables differs.
    pub engine: String,
    /// When it was begun, in milliseconds: the tables are as of this moment, or shortly after.
    pub started_ms: i64,
    /// When it was whole, in milliseconds.
    pub ended_ms: i64,
    /// Newest migration of the database.
    pub schema: i64,
    /// Newest migration of the audit log's store.
    pub audit_schema: i64,
    /// Number of the newest entry of the erasure ledger: what came later is to be done again.
    pub ledger_seq: i64,
    /// Who can read it.
    pub recipients: Vec<String>,
    /// The files of the set, the manifest aside.
    pub files: Vec<FileFacts>,
    /// The tables, in order.
    pub tables: Vec<TableFacts>,
    /// People's files.
    pub media: MediaFacts,
}

/// One file of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Name in the folder of the set.
    pub name: String,
    /// Length.
    pub bytes: u64,
    /// Hash of the file as it lies there.
    pub sha256: Digest,
}

/// One table of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFacts {
    /// `database` or `audit`.
    pub store: String,
    /// Its name.
    pub table: String,
    /// Rows in the set.
    pub rows: u64,
    /// Hash of the rows as copied.
    pub sha256: Digest,
}

/// People's files in a set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// Files that the set needs and that are there.
    pub files: u64,
    /// Their bytes, sealed.
    pub bytes: u64,
    /// Of those, how many this set has brought; the others were there.
    pub copied: u64,
    /// Bytes of those.
    pub copied_bytes: u64,
    /// Files that were deleted between the snapshot of the tables and their turn.
    pub gone: u64,
    /// Files that could not be read: the server has lost them.
    pub unreadable: u64,
}

impl Manifest {
    /// One that says what it is, and nothing more yet.
    pub(crate) fn new(server_name: &str, started: Timestamp) -> Self {
        Self {
            statement: STATEMENT.to_owned(),
            format: FORMAT,
            server_name: server_name.to_owned(),
            kontor: env!("CARGO_PKG_VERSION").to_owned(),
            engine: String::new(),
            started_ms: started.0,
            ended_ms: started.0,
            schema: 0,
            audit_schema: 0,
            ledger_seq: 0,
            recipients: Vec::new(),
            files: Vec::new(),
            tables: Vec::new(),
            media: MediaFacts::default(),
        }
    }

    /// Writes it, signed, whole or not at all.
    pub(crate) fn write(&self, path: &Path, audit: &Audit) -> Result<()> {
        let Value::Object(fields) = serde_json::to_value(self).map_err(Error::internal)? else {
            return Err(Error::internal("a manifest is an object"));
        };
        let signed = audit.sign_statement(fields)?;
        let text = serde_json::to_vec_pretty(&signed).map_err(Error::internal)?;
        disk::write_whole(path, &text).map_err(disk::failed(path))
    }

    /// Reads one and checks its signature; answers the fingerprint of the key, too.
    ///
    /// # Errors
    /// `NotFound` if there is none: then the set is not whole. `Unavailable`, saying why, if it was
    /// changed or has another format.
    pub fn read(path: &Path) -> Result<(Self, String)> {
        let wrong = |why: &str| Error::unavailable(format!("{}: {why}.", path.display()));
        let length = match path.metadata() {
            Ok(found) => found.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::not_found(format!(
                    "{} is missing: this set was never finished and is of no use.",
                    path.display()
                )));
            }
            Err(error) => return Err(disk::failed(path)(error)),
        };
        if length > MAX_BYTES {
            return Err(wrong("too large for a manifest"));
        }
        let text = std::fs::read(path).map_err(disk::failed(path))?;
        let fields: Map<String, Value> =
            serde_json::from_slice(&text).map_err(|_| wrong("no JSON"))?;
        let key = verify_statement(&fields).ok_or_else(|| wrong("not as signed"))?;
        let format = fields.get("format").and_then(Value::as_u64);
        if fields.get("statement").and_then(Value::as_str) != Some(STATEMENT) {
            return Err(wrong("no manifest of a backup"));
        }
        if format != Some(u64::from(FORMAT)) {
            return Err(wrong("a newer Kontor wrote this backup; use that version"));
        }
        let manifest = serde_json::from_value(Value::Object(fields))
            .map_err(|error| wrong("a field is missing").because(error))?;
        Ok((manifest, key))
    }

    /// The file called `name`.
    pub(crate) fn file(&self, name: &str) -> Option<&FileFacts> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Bytes of the files of the set, people's files aside.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
