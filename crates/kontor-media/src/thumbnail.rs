//! Thumbnails: made when first asked for, kept sealed, few sizes only.

mod picture;
mod render;
mod size;

use std::sync::Arc;
use std::time::Duration;

use image::ImageFormat;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_store::media::{self, MediaRow, ThumbnailKey, ThumbnailRow};
use tokio::sync::OwnedSemaphorePermit;

use self::picture::Picture;
use self::render::Rendered;
pub use self::size::Method;
use self::size::Variant;
use crate::download::Stored;
use crate::{Content, Media};

/// Memory that decoded images may take together, in MiB.
pub(crate) const MEMORY_MEBIBYTES: usize = 96;

/// Least a picture counts for, in MiB: no more than two are reduced at once.
const SMALLEST_SHARE: u64 = 48;

/// Largest file that is read in order to reduce it, in bytes.
const SOURCE_LIMIT_BYTES: i64 = 32 * 1024 * 1024;

/// Largest moving picture handed out as its own thumbnail, in bytes.
const ANIMATION_LIMIT_BYTES: i64 = 4 * 1024 * 1024;

const MEBIBYTE: u64 = 1024 * 1024;

/// What a client would like to have.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Width in pixels; the thumbnail may be larger.
    pub width: u32,
    /// Height in pixels; the thumbnail may be larger.
    pub height: u32,
    /// How the image is made to fit.
    pub method: Method,
    /// Whether a moving picture is welcome.
    pub animated: bool,
}

/// Outcome of the work on a blocking thread.
enum Made {
    /// The original serves.
    Original(ImageFormat),
    /// A new, smaller image.
    Smaller(Rendered),
}

impl Media {
    /// Opens a thumbnail of a file; makes it if nobody has asked for it yet.
    ///
    /// # Errors
    /// As [`Media::open`]; `M_UNKNOWN` if the file is no image of a known kind (encrypted ones
    /// are not); `M_TOO_LARGE` if reducing it would take too much memory.
    pub async fn thumbnail(
        &self,
        cx: &Cx,
        (server, media_id): (&str, &str),
        wish: Wish,
        patience: Duration,
    ) -> Result<Content> {
        if wish.width == 0 || wish.height == 0 {
            let text = "Width and height must be greater than zero.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let source = self.find(cx, server, media_id, patience).await?;
        self.touch(cx, &source);
        let variant = Variant::containing(wish.width, wish.height, wish.method);
        let key = ThumbnailKey {
            media_id: source.media_id.clone(),
            width: variant.width,
            height: variant.height,
            method: variant.method.as_str(),
            animated: wish.animated,
        };
        let row = match self.find_thumbnail(cx, &key).await? {
            Some(row) => row,
            None => self.make(cx, &source, key, variant).await?,
        };
        let stored = match row.blob_id {
            Some(_) => Stored { blob_id: row.blob_id, size_bytes: row.size_bytes },
            None => Stored { blob_id: source.blob_id, size_bytes: source.size_bytes },
        };
        let mut content = Content::new(&self.blobs, &stored, tag(&row.key))?;
        let suffix = row.content_type.trim_start_matches("image/");
        content.file_name = Some(format!("thumbnail.{suffix}"));
        content.content_type = row.content_type;
        Ok(content)
    }

    async fn find_thumbnail(&self, cx: &Cx, key: &ThumbnailKey) -> Result<Option<ThumbnailRow>> {
        let key = key.clone();
        self.db.read(cx, move |tx| media::find_thumbnail(tx, &key)).await
    }

    async fn make(
        &self,
        cx: &Cx,
        source: &MediaRow,
        key: ThumbnailKey,
        variant: Variant,
    ) -> Result<ThumbnailRow> {
        if source.size_bytes > SOURCE_LIMIT_BYTES {
            return Err(picture::too_large());
        }
        // A place in the queue comes before reading the file: who waits holds no memory.
        let place = self.acquire(SMALLEST_SHARE).await?;
        if let Some(row) = self.find_thumbnail(cx, &key).await? {
            return Ok(row);
        }
        let (file, picture, place) = self.load(source, place).await?;
        let as_is = key.animated && picture.animated && source.size_bytes <= ANIMATION_LIMIT_BYTES;
        let made = if as_is {
            Made::Original(picture.format)
        } else {
            render_elsewhere(file, picture, variant).await?
        };
        drop(place);
        self.keep_thumbnail(cx, source, key, made).await
    }

    async fn acquire(&self, mebibytes: u64) -> Result<OwnedSemaphorePermit> {
        let share = u32::try_from(mebibytes).map_err(Error::internal)?;
        let memory = Arc::clone(&self.shared.thumbnail_memory);
        memory.acquire_many_owned(share).await.map_err(Error::internal)
    }

    /// Reads an image; a large one asks for a larger place and is read again once it has it.
    async fn load(
        &self,
        source: &MediaRow,
        place: OwnedSemaphorePermit,
    ) -> Result<(Vec<u8>, Picture, OwnedSemaphorePermit)> {
        let file = self.whole(source).await?;
        let picture = Picture::inspect(&file)?;
        let share = picture.decoded_bytes.div_ceil(MEBIBYTE);
        if share <= SMALLEST_SHARE {
            return Ok((file, picture, place));
        }
        drop((file, place));
        let place = self.acquire(share).await?;
        Ok((self.whole(source).await?, picture, place))
    }

    async fn whole(&self, source: &MediaRow) -> Result<Vec<u8>> {
        let stored = Stored { blob_id: source.blob_id.clone(), size_bytes: source.size_bytes };
        let content = Content::new(&self.blobs, &stored, String::new())?;
        let size = content.size_bytes;
        let mut file = Vec::with_capacity(usize::try_from(size).map_err(Error::internal)?);
        let mut chunks = content.chunks(0, size).await?;
        while let Some(piece) = chunks.next().await? {
            if file.is_empty() {
                picture::format_of(&piece)?;
            }
            file.extend_from_slice(&piece);
        }
        Ok(file)
    }

    async fn keep_thumbnail(
        &self,
        cx: &Cx,
        source: &MediaRow,
        key: ThumbnailKey,
        made: Made,
    ) -> Result<ThumbnailRow> {
        let (blob_id, size_bytes, content_type) = match made {
            Made::Original(format) => (None, source.size_bytes, format.to_mime_type()),
            Made::Smaller(rendered) => {
                let size = i64::try_from(rendered.bytes.len()).map_err(Error::internal)?;
                let stored = self.blobs.put(&rendered.bytes).await?;
                (Some(stored.id), size, rendered.content_type)
            }
        };
        let row = ThumbnailRow {
            key: key.clone(),
            blob_id: blob_id.as_ref().map(ToString::to_string),
            size_bytes,
            content_type: content_type.to_owned(),
        };
        let new = row.clone();
        let kept = self.db.enqueue(move |tx| media::insert_thumbnail(tx, &new)).await;
        if matches!(kept, Ok(true)) {
            return Ok(row);
        }
        if let Some(blob_id) = blob_id {
            self.blobs.delete(&blob_id).await?;
        }
        kept?;
        self.find_thumbnail(cx, &key).await?.ok_or_else(crate::address::unknown)
    }
}

/// Names a thumbnail for caches.
fn tag(key: &ThumbnailKey) -> String {
    let ThumbnailKey { media_id, width, height, method, animated } = key;
    let moving = if *animated { "-animated" } else { "" };
    format!("{media_id}-{width}x{height}-{method}{moving}")
}

/// Reduces an image on a blocking thread. A decoder that panics has met a file it cannot read.
async fn render_elsewhere(file: Vec<u8>, picture: Picture, variant: Variant) -> Result<Made> {
    let work = move || render::render(&file, &picture, variant);
    #[expect(clippy::disallowed_methods, reason = "bounded by the memory semaphore")]
    let outcome = tokio::task::spawn_blocking(work).await;
    match outcome {
        Ok(Ok(Some(rendered))) => Ok(Made::Smaller(rendered)),
        Ok(Ok(None)) => Ok(Made::Original(picture.format)),
        Ok(Err(error)) => Err(error),
        Err(_panicked) => Err(picture::not_an_image()),
    }
}
