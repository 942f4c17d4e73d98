//! The folder of one organisation's backups.
//!
//! ```text
//! TARGET/firma.example/
//!   sets/20261130T020000Z/{database.age, audit.age, keys.age, media.list, manifest.json}
//!   media/ab/abcd…            people's files, sealed, each once
//!   ledger.jsonl              what was erased since
//!   lock
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use kontor_core::{Error, MatrixCode, Result, Timestamp};
use ruma::ServerName;
use time::OffsetDateTime;

use crate::{Manifest, disk};

pub(crate) const DATABASE: &str = "database.age";
pub(crate) const AUDIT: &str = "audit.age";
pub(crate) const KEYS: &str = "keys.age";
pub(crate) const MEDIA_LIST: &str = "media.list";
pub(crate) const MANIFEST: &str = "manifest.json";
const SETS: &str = "sets";
const MEDIA: &str = "media";
const LEDGER: &str = "ledger.jsonl";
const LOCK: &str = "lock";

/// The folder of one organisation's backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// A set that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetEntry {
    /// Name: when it was begun, `20261130T020000Z`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// Fingerprint of the key that has signed it.
    pub key: String,
}

impl SetEntry {
    /// The set in a folder.
    ///
    /// # Errors
    /// `NotFound` if there is no manifest: then it was never finished; else as [`Manifest::read`].
    pub fn open(path: &Path) -> Result<Self> {
        let path = fs::canonicalize(path).map_err(disk::failed(path))?;
        let (manifest, key) = Manifest::read(&path.join(MANIFEST))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self { name: name.unwrap_or_default(), path, manifest, key })
    }
}

impl Folder {
    /// The folder of `server_name` in the configured target.
    #[must_use]
    pub fn of(target: &Path, server_name: &ServerName) -> Self {
        Self { path: target.join(server_name.as_str().to_ascii_lowercase()) }
    }

    /// The folder that the set in `set` belongs to.
    ///
    /// # Errors
    /// `Invalid` if that is no place of a set.
    pub fn of_set(set: &Path) -> Result<Self> {
        let path = fs::canonicalize(set).map_err(disk::failed(set))?;
        let above = path.parent().filter(|sets| sets.ends_with(SETS)).and_then(Path::parent);
        above.map(|path| Self { path: path.to_owned() }).ok_or_else(|| {
            let text = format!(
                "{}: no set of a backup. It looks like TARGET/firma.example/sets/20261130T020000Z.",
                set.display()
            );
            Error::invalid(MatrixCode::InvalidParam, text)
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The erasure ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join(LEDGER)
    }

    /// Where a file of people's lies.
    pub(crate) fn media(&self, blob: &str) -> PathBuf {
        self.path.join(MEDIA).join(shelf(blob)).join(blob)
    }

    pub(crate) fn media_folder(&self) -> PathBuf {
        self.path.join(MEDIA)
    }

    pub(crate) fn sets(&self) -> PathBuf {
        self.path.join(SETS)
    }

    /// Every whole set, oldest first; and the folders that are none: what was begun and never
    /// finished, or whose manifest is broken.
    ///
    /// # Errors
    /// `Unavailable` if the folder cannot be read. A folder that does not exist holds nothing.
    pub fn list(&self) -> Result<(Vec<SetEntry>, Vec<PathBuf>)> {
        let sets = self.sets();
        let entries = match fs::read_dir(&sets) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((vec![], vec![])),
            Err(error) => return Err(disk::failed(&sets)(error)),
        };
        let (mut whole, mut broken) = (Vec::new(), Vec::new());
        for entry in entries {
            let path = entry.map_err(disk::failed(&sets))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            match (name, Manifest::read(&path.join(MANIFEST))) {
                (Some(name), Ok((manifest, key))) => {
                    whole.push(SetEntry { name, path, manifest, key });
                }
                _ => broken.push(path),
            }
        }
        whole.sort_by(|a, b| a.name.cmp(&b.name));
        broken.sort();
        Ok((whole, broken))
    }

    /// Keeps others from writing here until the answer is dropped.
    ///
    /// # Errors
    /// `Conflict` if another process does.
    pub(crate) fn lock(&self) -> Result<File> {
        let path = self.path.join(LOCK);
        disk::create_folder(&self.sets()).map_err(disk::failed(&self.path))?;
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(disk::failed(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::Error(error)) => Err(disk::failed(&path)(error)),
            Err(TryLockError::WouldBlock) => Err(Error::conflict(
                MatrixCode::Unknown,
                format!("{}: another backup is being written right now.", self.path.display()),
            )),
        }
    }
}

/// Folder of a file: the first two characters of its name.
pub(crate) fn shelf(blob: &str) -> &str {
    blob.get(..2).unwrap_or("_")
}

/// Name of a set that begins at a time.
pub(crate) fn set_name(at: Timestamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}
