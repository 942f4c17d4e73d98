//! Hands a file out.

use std::time::Duration;

use bytes::Bytes;
use kontor_blob::{BlobId, BlobReader, BlobStore};
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_store::media::{self, MediaRow};
use tokio::sync::watch;

use crate::reserve::day_of;
use crate::{Media, address};

/// Media type of a file whose uploader named none.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Longest time a download waits for content that is still to come.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A file, or a thumbnail, ready to be read.
pub struct Content {
    /// Media type.
    pub content_type: String,
    /// Name it was uploaded under.
    pub file_name: Option<String>,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Names this content; content never changes, so neither does this.
    pub tag: String,
    blobs: BlobStore,
    blob_id: BlobId,
}

/// The bytes of a file, piece by piece.
pub struct Chunks {
    reader: BlobReader,
    left_bytes: u64,
}

impl Content {
    pub(crate) fn new(blobs: &BlobStore, stored: &Stored, tag: String) -> Result<Self> {
        Ok(Self {
            content_type: UNKNOWN_TYPE.to_owned(),
            file_name: None,
            size_bytes: u64::try_from(stored.size_bytes).map_err(Error::internal)?,
            tag,
            blobs: blobs.clone(),
            blob_id: BlobId::parse(stored.blob_id.as_deref().unwrap_or_default())?,
        })
    }

    /// The bytes from `start` to just before `end`, which must lie inside the file.
    ///
    /// # Errors
    /// `Internal` if the stored bytes are damaged or gone.
    pub async fn chunks(&self, start: u64, end: u64) -> Result<Chunks> {
        let reader = self.blobs.read(&self.blob_id, start..end).await?;
        Ok(Chunks { reader, left_bytes: end.saturating_sub(start) })
    }
}

impl Chunks {
    /// Whether everything has been read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.left_bytes == 0
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// `Internal` if the stored bytes are damaged.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.is_at_end() {
            return Ok(None);
        }
        let piece = self.reader.next().await?.filter(|piece| !piece.is_empty());
        let piece = piece.ok_or_else(|| Error::internal("a blob is shorter than its row says"))?;
        let piece_bytes = u64::try_from(piece.len()).map_err(Error::internal)?;
        self.left_bytes = self.left_bytes.saturating_sub(piece_bytes);
        Ok(Some(piece))
    }
}

/// Where bytes lie, as a row says.
pub(crate) struct Stored {
    pub(crate) blob_id: Option<String>,
    pub(crate) size_bytes: i64,
}

impl Media {
    /// Opens a file; waits up to `patience` for content that is still to come.
    ///
    /// # Errors
    /// `M_NOT_FOUND`; `M_NOT_YET_UPLOADED` if the address is reserved and stays empty.
    pub async fn open(
        &self,
        cx: &Cx,
        server: &str,
        media_id: &str,
        patience: Duration,
    ) -> Result<Content> {
        let row = self.find(cx, server, media_id, patience).await?;
        self.touch(cx, &row);
        let stored = Stored { blob_id: row.blob_id, size_bytes: row.size_bytes };
        let mut content = Content::new(&self.blobs, &stored, row.media_id)?;
        content.content_type = row.content_type.unwrap_or_else(|| UNKNOWN_TYPE.to_owned());
        content.file_name = row.file_name;
        Ok(content)
    }

    /// The row of a file that has content.
    pub(crate) async fn find(
        &self,
        cx: &Cx,
        server: &str,
        media_id: &str,
        patience: Duration,
    ) -> Result<MediaRow> {
        cx.user()?;
        address::check_own(self.server_name(), server, media_id)?;
        let mut arrivals = self.shared.arrivals.subscribe();
        if let Some(row) = self.look(cx, media_id).await? {
            return Ok(row);
        }
        let wait = self.arrival(cx, media_id, &mut arrivals);
        let waited = tokio::time::timeout(patience.min(LONGEST_WAIT), wait).await;
        waited.unwrap_or_else(|_| Err(not_yet()))
    }

    /// Looks again whenever some reserved address has received its content.
    async fn arrival(
        &self,
        cx: &Cx,
        media_id: &str,
        arrivals: &mut watch::Receiver<u64>,
    ) -> Result<MediaRow> {
        while arrivals.changed().await.is_ok() {
            if let Some(row) = self.look(cx, media_id).await? {
                return Ok(row);
            }
        }
        Err(not_yet())
    }

    /// `None` if the content is still to come.
    async fn look(&self, cx: &Cx, media_id: &str) -> Result<Option<MediaRow>> {
        let id = media_id.to_owned();
        let row = self.db.read(cx, move |tx| media::find_media(tx, &id)).await?;
        let row = row.ok_or_else(address::unknown)?;
        // Also a file whose message was deleted, and which the next sweep removes.
        if row.expires.is_some_and(|expires| expires <= cx.now) {
            return Err(address::unknown());
        }
        Ok(Some(row).filter(|row| row.blob_id.is_some()))
    }

    /// Notes the day of the download, at most once a day; nobody waits for it.
    pub(crate) fn touch(&self, cx: &Cx, row: &MediaRow) {
        let (id, today) = (row.media_id.clone(), day_of(cx.now));
        if row.last_access < today {
            let write =
                move |tx: &mut kontor_db::Tx<'_>| media::update_media_last_access(tx, &id, today);
            drop(self.db.enqueue(write));
        }
    }
}

fn not_yet() -> Error {
    Error::unavailable("Content has not yet been uploaded.").with_code(MatrixCode::NotYetUploaded)
}
