//! Writing one blob.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use kontor_core::{Error, MatrixCode, Result};

use crate::BlobId;
use crate::disk::{blocking, failed, sync_folder};
use crate::format::{CHUNK_BYTES, ChunkCipher};
use crate::store::Shared;

/// Chunks collected before they are written: 1 MiB. A smaller blob costs one trip to the disk.
const BATCH_CHUNKS: usize = 16;

/// A blob that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub id: BlobId,
    /// Plain bytes.
    pub size_bytes: u64,
}

/// A blob being written. Dropped before [`Self::finish`], it leaves nothing behind.
pub struct Upload {
    shared: Arc<Shared>,
    id: BlobId,
    limit_bytes: u64,
    size_bytes: u64,
    pending: Vec<u8>,
    /// `None` only while a batch is being written, or after writing failed.
    draft: Option<Draft>,
}

impl Upload {
    pub(crate) fn start(shared: Arc<Shared>, limit_bytes: u64) -> Result<Self> {
        let id = BlobId::new(&shared.random)?;
        let draft = Draft {
            cipher: ChunkCipher::create(&shared.keys, &id, &shared.random)?,
            next_chunk: 0,
            path: shared.incoming_path(&id),
            file: None,
        };
        Ok(Self { shared, id, limit_bytes, size_bytes: 0, pending: Vec::new(), draft: Some(draft) })
    }

    /// Appends `piece`.
    ///
    /// # Errors
    /// `Limited` (`M_TOO_LARGE`) if the blob grows beyond its limit; `Unavailable` if the disk is
    /// full. After an error the upload can only be dropped.
    pub async fn write(&mut self, mut piece: &[u8]) -> Result<()> {
        self.size_bytes = self.size_bytes.saturating_add(piece.len() as u64);
        if self.size_bytes > self.limit_bytes {
            let limit = self.limit_bytes;
            let text = format!("The upload is larger than {limit} bytes.");
            return Err(Error::limited(MatrixCode::TooLarge, text));
        }
        let batch = BATCH_CHUNKS * chunk_bytes();
        // Strictly more than a batch: the last chunk must stay here until the end is known.
        while self.pending.len() + piece.len() > batch {
            let (now, later) = piece.split_at(batch - self.pending.len());
            self.pending.extend_from_slice(now);
            piece = later;
            let full = std::mem::replace(&mut self.pending, Vec::with_capacity(batch));
            let mut draft = self.draft.take().ok_or_else(broken)?;
            let draft = blocking(&self.shared.slots, move || {
                draft.append(&full, false)?;
                Ok(draft)
            });
            self.draft = Some(draft.await?);
        }
        self.pending.extend_from_slice(piece);
        Ok(())
    }

    /// Makes the blob durable and visible.
    pub async fn finish(mut self) -> Result<Stored> {
        let mut draft = self.draft.take().ok_or_else(broken)?;
        let Self { shared, id, size_bytes, pending, .. } = self;
        let target = Arc::clone(&shared);
        blocking(&shared.slots, move || {
            draft.append(&pending, true)?;
            draft.publish(&target, &id)?;
            Ok(Stored { id, size_bytes })
        })
        .await
    }
}

/// The file of an upload; removed when dropped before it is published.
struct Draft {
    cipher: ChunkCipher,
    next_chunk: u64,
    path: PathBuf,
    file: Option<File>,
}

impl Draft {
    /// Seals and writes whole chunks; with `last`, the rest and the end mark too. Blocks.
    fn append(&mut self, plain: &[u8], last: bool) -> Result<()> {
        let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 1024 + 64);
        if self.file.is_none() {
            sealed.extend_from_slice(&self.cipher.header());
        }
        let mut chunks = plain.chunks(chunk_bytes()).peekable();
        if plain.is_empty() {
            self.cipher.seal(self.next_chunk, last, &[], &mut sealed)?;
        }
        while let Some(chunk) = chunks.next() {
            let is_last = last && chunks.peek().is_none();
            self.cipher.seal(self.next_chunk, is_last, chunk, &mut sealed)?;
            self.next_chunk += 1;
        }
        self.file()?.write_all(&sealed).map_err(failed)
    }

    fn file(&mut self) -> Result<&mut File> {
        if self.file.is_none() {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(0o600);
            self.file = Some(options.open(&self.path).map_err(failed)?);
        }
        self.file.as_mut().ok_or_else(broken)
    }

    /// Moves the file to its place and makes both durable. Blocks.
    ///
    /// In this order the disk commits once, not twice. A crash in between can leave a cut file,
    /// but under a name that nobody was told.
    fn publish(mut self, shared: &Shared, id: &BlobId) -> Result<()> {
        let target = shared.publish(id)?;
        self.path.clone_from(&target);
        self.file()?.sync_all().map_err(failed)?;
        target.parent().map_or(Ok(()), sync_folder).map_err(failed)?;
        self.file = None;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Best effort: the folder is emptied at the next start anyway.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn chunk_bytes() -> usize {
    usize::try_from(CHUNK_BYTES).unwrap_or(usize::MAX)
}

fn broken() -> Error {
    Error::internal("an upload was continued after it had failed")
}
