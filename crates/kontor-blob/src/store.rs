//! The store: a folder of sealed files.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_core::{Error, Random, Result, Secret};
use tokio::sync::Semaphore;

use crate::disk::{self, blocking};
use crate::format::BlobKeys;
use crate::{BlobId, BlobReader, Stored, Upload};

/// Folder of uploads under way; emptied at start.
const INCOMING: &str = "incoming";

/// File operations of one store that may run at once.
const SLOTS: usize = 32;

/// A tenant's blobs. Clones share one store.
#[derive(Clone)]
pub struct BlobStore {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    folder: PathBuf,
    pub(crate) keys: BlobKeys,
    pub(crate) random: Random,
    pub(crate) slots: Semaphore,
}

impl BlobStore {
    /// Opens the store in `folder`, creates it if need be and removes unfinished uploads.
    ///
    /// Blocks; call it while starting.
    pub fn open(folder: &Path, media_key: &Secret<[u8; 32]>, random: Random) -> Result<Self> {
        disk::create_folder(folder).map_err(disk::failed)?;
        let incoming = folder.join(INCOMING);
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(disk::failed(error)),
            _ => {}
        }
        disk::create_folder(&incoming).map_err(disk::failed)?;
        let shared = Shared {
            folder: folder.to_owned(),
            keys: BlobKeys::new(media_key),
            random,
            slots: Semaphore::new(SLOTS),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Starts a new blob of at most `limit_bytes`.
    pub fn create(&self, limit_bytes: u64) -> Result<Upload> {
        Upload::start(Arc::clone(&self.shared), limit_bytes)
    }

    /// Stores `content` as a new blob.
    pub async fn put(&self, content: &[u8]) -> Result<Stored> {
        let mut upload = self.create(content.len() as u64)?;
        upload.write(content).await?;
        upload.finish().await
    }

    /// Opens a blob to read the plain bytes in `range`; what lies beyond its end is left out.
    ///
    /// # Errors
    /// `NotFound` if there is no such blob, `Internal` if it was damaged: its end is checked here,
    /// each chunk when it is read.
    pub async fn read(&self, id: &BlobId, range: Range<u64>) -> Result<BlobReader> {
        BlobReader::open(Arc::clone(&self.shared), id.clone(), range).await
    }

    /// Every plain byte of a blob; for small ones.
    pub async fn read_all(&self, id: &BlobId) -> Result<Vec<u8>> {
        let mut reader = self.read(id, 0..u64::MAX).await?;
        let mut content = Vec::new();
        while let Some(piece) = reader.next().await? {
            content.extend_from_slice(&piece);
        }
        Ok(content)
    }

    /// Every finished blob, in no order.
    pub async fn list(&self) -> Result<Vec<BlobId>> {
        let folder = self.shared.folder.clone();
        blocking(&self.shared.slots, move || disk::names(&folder, INCOMING).map_err(disk::failed))
            .await
            .map(|names| names.iter().filter_map(|name| BlobId::parse(name).ok()).collect())
    }

    /// Removes a blob; durable when it returns. Removing what does not exist succeeds.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be removed, or the store is not there: what cannot be seen is not
    /// gone.
    pub async fn delete(&self, id: &BlobId) -> Result<()> {
        let path = self.shared.path(id);
        let incoming = self.shared.folder.join(INCOMING);
        blocking(&self.shared.slots, move || match fs::remove_file(&path) {
            Ok(()) => path.parent().map_or(Ok(()), disk::sync_folder).map_err(disk::failed),
            Err(error) if error.kind() == ErrorKind::NotFound && incoming.is_dir() => Ok(()),
            Err(error) => Err(disk::failed(error)),
        })
        .await
    }
}

impl Shared {
    /// Where a finished blob lies.
    pub(crate) fn path(&self, id: &BlobId) -> PathBuf {
        self.folder.join(id.shelf()).join(id.as_str())
    }

    /// Where an upload under way lies.
    pub(crate) fn incoming_path(&self, id: &BlobId) -> PathBuf {
        self.folder.join(INCOMING).join(id.as_str())
    }

    /// Moves an upload to its final place and answers that.
    pub(crate) fn publish(&self, id: &BlobId) -> Result<PathBuf> {
        let target = self.path(id);
        let shelf = target.parent().ok_or_else(|| Error::internal("blob without a folder"))?;
        disk::create_folder(shelf)
            .and_then(|()| fs::rename(self.incoming_path(id), &target))
            .map_err(disk::failed)?;
        Ok(target)
    }
}

impl fmt::Debug for BlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobStore").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}
