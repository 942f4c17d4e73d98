//! One process at a time may work on a data folder.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use kontor_core::{Error, MatrixCode, Result};

/// Name of the lock file in the data folder. It stays; only the lock on it matters.
const FILE: &str = "kontor.lock";

/// Held while this process works on a data folder; the system releases it however the process
/// ends.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Locks the data folder `folder`; creates it if need be, for its owner only.
    ///
    /// # Errors
    /// `Conflict` if another process works on it, `Unavailable` if the folder cannot be written.
    pub fn acquire(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let failed = |error: std::io::Error| {
            Error::unavailable(format!("{}: {error}", path.display())).because(error)
        };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
            Err(TryLockError::WouldBlock) => Err(Error::conflict(
                MatrixCode::Unknown,
                format!(
                    "{} is in use by a running Kontor. Stop it first, then try again.",
                    folder.display()
                ),
            )),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing alone would not do: a child process that is just starting still has a copy of
        // the file. If unlocking fails, closing is what remains.
        drop(self.file.unlock());
    }
}

#[cfg(test)]
mod tests {
    use kontor_core::Kind;

    use super::*;

    #[test]
    fn a_folder_is_held_by_one_until_released() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::acquire(folder.path()).unwrap();
        assert_eq!(FolderLock::acquire(folder.path()).unwrap_err().kind, Kind::Conflict);
        drop(held);
        assert!(FolderLock::acquire(folder.path()).is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_is_refused() {
        let error = FolderLock::acquire(Path::new("/dev/null/folder")).unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
    }

    #[test]
    fn a_child_process_that_starts_meanwhile_does_not_keep_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let children = scope.spawn(|| {
                for _ in 0..300 {
                    std::process::Command::new("true").status().unwrap();
                }
            });
            while !children.is_finished() {
                // Between its birth and its program, a child shares the open lock file.
                drop(FolderLock::acquire(folder.path()).unwrap());
            }
        });
    }
}
