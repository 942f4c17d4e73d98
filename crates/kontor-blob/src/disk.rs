//! Blocking file work: where it runs and what its errors mean.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use kontor_core::{Error, Result};
use tokio::sync::Semaphore;

/// Runs file work on a thread that may block, at most as many at once as `slots` has permits.
///
/// The work runs to its end even if the caller goes away.
pub(crate) async fn blocking<T: Send + 'static>(
    slots: &Semaphore,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let _slot = slots.acquire().await.map_err(Error::internal)?;
    #[expect(clippy::disallowed_methods, reason = "file work blocks; bounded by the semaphore")]
    let task = tokio::task::spawn_blocking(work);
    task.await.map_err(Error::internal)?
}

/// What a failed file operation means to the caller.
pub(crate) fn failed(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::unavailable("The server's disk is full; nothing was stored.")
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            Error::unavailable("The server cannot write to its disk; nothing was stored.")
        }
        _ => Error::unavailable("The server's disk does not answer."),
    }
    .because(error)
}

/// Creates a folder that only its owner may enter, unless it exists.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Ok(()) => path.parent().map_or(Ok(()), sync_folder),
        Err(error) => Err(error),
    }
}

/// The names of the files two levels below `folder`, those in `except` aside.
pub(crate) fn names(folder: &Path, except: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for shelf in fs::read_dir(folder)? {
        let shelf = shelf?;
        if shelf.file_name() == except || !shelf.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(shelf.path())? {
            names.extend(file?.file_name().into_string());
        }
    }
    Ok(names)
}

/// Makes names created in or removed from a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use kontor_core::Kind;

    use super::*;

    #[test]
    fn a_full_or_read_only_disk_is_unavailable_and_says_so() {
        for kind in [
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::PermissionDenied,
            ErrorKind::Other,
        ] {
            assert_eq!(failed(kind.into()).kind, Kind::Unavailable);
        }
        assert!(failed(ErrorKind::StorageFull.into()).public.contains("disk is full"));
    }
}
