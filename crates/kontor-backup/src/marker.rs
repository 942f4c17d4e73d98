//! A restored organisation is in quarantine until everything that was erased since the backup is
//! erased again. law: R-233

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kontor_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::disk;

const FILE: &str = "restore.json";

/// Lies in the folder of an organisation that is being restored. While it does, nothing is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// How far it is.
    pub phase: Phase,
    /// Where the set lies.
    pub set: PathBuf,
    /// The erasure ledger that is to be done again.
    pub ledger: PathBuf,
    /// Number of its newest entry at the time of the backup.
    pub ledger_seq: i64,
    /// When the backup was begun, in milliseconds.
    pub backup_ms: i64,
}

/// How far restoring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Files and tables are being read. If that is cut off, the folder is of no use.
    Reading,
    /// All is there; what was erased since is being erased again. Can be continued.
    Erasing,
}

impl Marker {
    /// The marker in the folder of an organisation; `None`: it is not being restored.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be read: then nothing must be served.
    pub fn find(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk::failed(&path)(error)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|cause| {
            let text = format!("{}: damaged; restore into a new folder.", path.display());
            Error::unavailable(text).because(cause)
        })
    }

    /// Writes it, durably.
    pub fn set(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self).map_err(Error::internal)?;
        disk::create_folder(folder)
            .and_then(|()| disk::write_whole(&path, &text))
            .map_err(disk::failed(&path))
    }

    /// Ends the quarantine.
    pub fn clear(folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let cleared = disk::remove(&path).and_then(|()| disk::sync_folder(folder));
        cleared.map_err(disk::failed(&path))
    }

    /// What keeps the organisation from being opened.
    #[must_use]
    pub fn refusal(&self, server_name: &str, data: &Path) -> Error {
        let data = data.display();
        Error::unavailable(match self.phase {
            Phase::Reading => format!(
                "Restoring {server_name} into {data} was cut off. Remove that folder and run kontor \
                 restore again."
            ),
            Phase::Erasing => format!(
                "{server_name} in {data} was restored, but what was erased since the backup is not \
                 erased again yet. Run: kontor restore --resume --data {data}"
            ),
        })
    }
}
