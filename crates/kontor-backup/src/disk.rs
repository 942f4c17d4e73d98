//! Files of a backup: written with a hash, made durable bit by bit, whole or not there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use kontor_audit::Digest;
use kontor_core::{Error, Result};

use crate::FileFacts;

/// The disk is made to keep up every so many bytes: what piles up in memory would later make those
/// who chat wait.
pub(crate) const SYNC_EVERY: u64 = 8 * 1024 * 1024;
/// Bytes read at once.
const PIECE: usize = 256 * 1024;

/// A running SHA-256.
pub(crate) struct Hash(Context);

impl Default for Hash {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Hash {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        let mut digest = Digest::default();
        for (to, from) in digest.0.iter_mut().zip(self.0.finish().as_ref()) {
            *to = *from;
        }
        digest
    }
}

/// A new file that counts and hashes what is written to it.
pub(crate) struct Sink {
    file: File,
    hash: Hash,
    bytes: u64,
    unsynced: u64,
}

impl Sink {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        Ok(Self { file: options.open(path)?, hash: Hash::default(), bytes: 0, unsynced: 0 })
    }

    /// Makes it durable and says what it is.
    pub(crate) fn finish(self, name: &str) -> io::Result<FileFacts> {
        self.file.sync_all()?;
        Ok(FileFacts { name: name.to_owned(), bytes: self.bytes, sha256: self.hash.finish() })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        self.unsynced += count as u64;
        if self.unsynced >= SYNC_EVERY {
            self.file.sync_data()?;
            self.unsynced = 0;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Length and hash of a file.
pub(crate) fn facts_of(path: &Path) -> io::Result<(u64, Digest)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Hash::default(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((bytes, hash.finish()));
        }
        hash.update(piece.get(..count).unwrap_or_default());
        bytes += count as u64;
    }
}

/// Copies a file to `to`, which then is whole and only its owner's, or not there; durable after
/// [`sync_all`]. Answers length and hash.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<(u64, Digest)> {
    let draft = to.with_extension("new");
    let copied = copy_draft(from, &draft).and_then(|facts| fs::rename(&draft, to).map(|()| facts));
    copied.inspect_err(|_| {
        // A leftover does no harm, but takes room where there is none.
        let _ = fs::remove_file(&draft);
    })
}

fn copy_draft(from: &Path, draft: &Path) -> io::Result<(u64, Digest)> {
    let mut source = File::open(from)?;
    let mut sink = Sink::create(draft)?;
    let mut piece = vec![0; PIECE];
    loop {
        let count = source.read(&mut piece)?;
        if count == 0 {
            break;
        }
        sink.write_all(piece.get(..count).unwrap_or_default())?;
    }
    Ok((sink.bytes, sink.hash.finish()))
}

/// Writes a small file whole or not at all.
pub(crate) fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut sink = Sink::create(&draft)?;
    sink.write_all(text)?;
    sink.finish("")?;
    fs::rename(&draft, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Creates a folder (and its parents) that only its owner may enter.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes names created in or removed from a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes everything on the disk of `path` durable.
pub(crate) fn sync_all(path: &Path) -> io::Result<()> {
    rustix::fs::syncfs(File::open(path)?).map_err(io::Error::from)
}

/// Removes a file or says nothing if it is not there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What a failed operation on `path` means to the operator.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |error| {
        let what = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
            _ => error.to_string(),
        };
        Error::unavailable(format!("{}: {what}", path.display())).because(error)
    }
}

/// Runs work that blocks on a thread that may.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    #[expect(clippy::disallowed_methods, reason = "file work blocks; one backup runs at a time")]
    let task = tokio::task::spawn_blocking(work);
    task.await.map_err(Error::internal)?
}

/// Writes a small file that only its owner may read, whole or not at all. Blocks.
///
/// # Errors
/// `Unavailable`, saying why not.
pub fn write_private(path: &Path, text: &[u8]) -> Result<()> {
    write_whole(path, text).map_err(failed(path))
}
