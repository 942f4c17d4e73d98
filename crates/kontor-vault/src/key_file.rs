//! Files that hold keys: readable by their owner only, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use kontor_core::{Error, Result};

/// Largest key file read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Reads a key file; `None` if there is none.
///
/// # Errors
/// `Forbidden` if others than the owner may read or write it.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable("read", path, error)),
    };
    let mode = file.metadata().map_err(|e| unreadable("read", path, e))?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(Error::forbidden(format!(
            "{path}: others than its owner may read or write this key file (mode {:03o}). Look \
             who did, then run: chmod 600 {path}",
            mode & 0o777
        )));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|e| unreadable("read", path, e))?;
    Ok(Some(bytes))
}

/// Writes a new key file with mode 0600 and returns once it is durable.
///
/// # Errors
/// `Conflict` if the file exists: keys are never overwritten.
pub(crate) fn create(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    let written = write_draft(draft, content).and_then(|()| {
        // A hard link fails if the target exists, unlike a rename.
        fs::hard_link(draft, path)
    });
    // The draft has a second name or is useless; a leftover does no harm.
    let removed = fs::remove_file(draft);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::conflict(
            kontor_core::MatrixCode::Unknown,
            format!("{} exists already; keys are never overwritten.", path.display()),
        ),
        _ => unreadable("write", path, error),
    })?;
    removed.map_err(|error| unreadable("write", draft, error))?;
    sync_folder(folder)
}

/// As [`create`], but puts the new content in the place of the old.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    write_draft(draft, content)
        .and_then(|()| fs::rename(draft, path))
        .map_err(|error| unreadable("write", path, error))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

fn write_draft(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // A leftover draft could have another mode.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()
}

/// Creates a folder (and its parents) that only its owner may enter.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| unreadable("create", path, error))
}

/// Waits until nobody else holds `folder`; held until the answer is dropped.
pub(crate) fn lock(folder: &Path) -> Result<File> {
    let handle = File::open(folder).map_err(|error| unreadable("lock", folder, error))?;
    handle.lock().map_err(|error| unreadable("lock", folder, error))?;
    Ok(handle)
}

fn sync_folder(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| unreadable("write", path, error))
}

fn unreadable(verb: &str, path: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("{}: cannot {verb}: {error}", path.display())).because(error)
}

#[cfg(test)]
mod tests {
    use kontor_core::Kind;

    use super::*;

    #[test]
    fn a_written_file_is_private_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        create(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(create(&path, b"two").unwrap_err().kind, Kind::Conflict);
        assert_eq!(read(&path).unwrap().unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_others_may_read_or_write_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        create(&path, b"one").unwrap();
        for mode in [0o640, 0o604, 0o620, 0o660, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = read(&path).unwrap_err();
            assert_eq!(error.kind, Kind::Forbidden);
            assert!(error.public.contains("chmod 600"), "{error}");
        }
    }
}
