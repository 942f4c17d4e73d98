//! Takes a file in, piece by piece.

use kontor_blob::Upload;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_db::Tx;
use kontor_policy::UploadTypes;
use kontor_store::media::{self, MediaRow};
use ruma::{OwnedMxcUri, OwnedUserId};

use crate::active::{self, ENOUGH_BYTES};
use crate::reserve::day_of;
use crate::{Media, address};

/// Longest file name kept, in bytes.
const NAME_LIMIT_BYTES: usize = 1024;

/// Longest media type kept, in bytes.
const TYPE_LIMIT_BYTES: usize = 255;

/// What the uploader says about a file.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// Media type; `None` is `application/octet-stream`.
    pub content_type: Option<String>,
    /// File name.
    pub file_name: Option<String>,
    /// Size in bytes, if announced.
    pub size_bytes: Option<u64>,
}

/// An upload under way. Dropped before [`Incoming::finish`], it leaves nothing behind.
pub struct Incoming {
    media: Media,
    cx: Cx,
    description: Description,
    media_id: String,
    is_reserved: bool,
    blob: Upload,
    /// The first bytes, until there are enough to tell what they are.
    beginning: Vec<u8>,
}

impl Media {
    /// Begins an upload to a new address.
    ///
    /// # Errors
    /// `M_TOO_LARGE` if the announced size is beyond the limit; `M_FORBIDDEN` if the person's
    /// quota is used up, or for a type that the organisation does not take in; `M_INVALID_PARAM` for
    /// an over-long file name.
    pub async fn begin_upload(&self, cx: &Cx, description: Description) -> Result<Incoming> {
        self.check_announced(&description)?;
        let media_id = address::new_id(&cx.random)?;
        if let Some(quota) = self.shared.limits.quota_bytes {
            let uploader = cx.user()?.to_owned();
            let announced = description.size_bytes.unwrap_or(0);
            self.db.read(cx, move |tx| check_quota(tx, &uploader, announced, quota)).await?;
        }
        self.incoming(cx, description, media_id, false)
    }

    /// Begins an upload to an address reserved by the same person.
    ///
    /// # Errors
    /// As [`Media::begin_upload`]; `M_NOT_FOUND` if the address was not reserved or has run out,
    /// `M_FORBIDDEN` if another person reserved it, `M_CANNOT_OVERWRITE_MEDIA` if it has content.
    pub async fn begin_reserved_upload(
        &self,
        cx: &Cx,
        server: &str,
        media_id: &str,
        description: Description,
    ) -> Result<Incoming> {
        self.check_announced(&description)?;
        address::check_own(self.server_name(), server, media_id)?;
        let (id, user, now) = (media_id.to_owned(), cx.user()?.to_owned(), cx.now);
        let quota = self.shared.limits.quota_bytes;
        let announced = description.size_bytes.unwrap_or(0);
        let check = move |tx: &mut Tx<'_>| {
            let row = media::find_media(tx, &id)?.ok_or_else(address::unknown)?;
            if row.uploader != user {
                return Err(Error::forbidden("Another person reserved this address."));
            }
            if row.blob_id.is_some() {
                return Err(has_content());
            }
            if row.expires.is_some_and(|expires| expires <= now) {
                return Err(address::unknown());
            }
            quota.map_or(Ok(()), |quota| check_quota(tx, &user, announced, quota))
        };
        self.db.read(cx, check).await?;
        self.incoming(cx, description, media_id.to_owned(), true)
    }

    fn incoming(
        &self,
        cx: &Cx,
        description: Description,
        media_id: String,
        is_reserved: bool,
    ) -> Result<Incoming> {
        let blob = self.blobs.create(self.upload_limit_bytes())?;
        Ok(Incoming {
            media: self.clone(),
            cx: cx.clone(),
            description,
            media_id,
            is_reserved,
            blob,
            beginning: Vec::with_capacity(ENOUGH_BYTES),
        })
    }

    fn check_announced(&self, description: &Description) -> Result<()> {
        if description.size_bytes.is_some_and(|size| size > self.upload_limit_bytes()) {
            return Err(self.too_large());
        }
        let name = description.file_name.as_deref().unwrap_or_default();
        if name.len() > NAME_LIMIT_BYTES {
            return Err(Error::invalid(MatrixCode::InvalidParam, "The file name is too long."));
        }
        let content_type = description.content_type.as_deref().unwrap_or_default();
        if content_type.len() > TYPE_LIMIT_BYTES {
            return Err(Error::invalid(MatrixCode::InvalidParam, "The content type is too long."));
        }
        active::check_described(self.upload_types(), content_type, name)
    }

    fn upload_types(&self) -> UploadTypes {
        self.shared.limits.policy.now().upload_types
    }

    fn too_large(&self) -> Error {
        let limit = self.upload_limit_bytes();
        let text = format!("Cannot upload files larger than {limit} bytes.");
        Error::limited(MatrixCode::TooLarge, text)
    }
}

impl Incoming {
    /// Takes the next piece.
    ///
    /// # Errors
    /// `M_TOO_LARGE` as soon as more than the limit has arrived; `Unavailable` if the disk is full.
    /// `Forbidden` if it is of a type that the organisation does not take in.
    pub async fn push(&mut self, piece: &[u8]) -> Result<()> {
        let missing = ENOUGH_BYTES.saturating_sub(self.beginning.len());
        if missing > 0 {
            self.beginning.extend(piece.iter().take(missing));
            if self.beginning.len() == ENOUGH_BYTES {
                self.check_beginning()?;
            }
        }
        self.blob.write(piece).await
    }

    /// Makes the file durable and visible; answers its address.
    ///
    /// # Errors
    /// `M_CANNOT_OVERWRITE_MEDIA` if another upload to the same reserved address was faster;
    /// `Forbidden` if it is of a type that the organisation does not take in.
    pub async fn finish(self) -> Result<OwnedMxcUri> {
        if self.beginning.len() < ENOUGH_BYTES {
            self.check_beginning()?;
        }
        let Self { media, cx, description, media_id, is_reserved, blob, .. } = self;
        let user = cx.user()?.to_owned();
        let stored = blob.finish().await?;
        let row = MediaRow {
            media_id: media_id.clone(),
            uploader: user,
            created: cx.now,
            expires: None,
            blob_id: Some(stored.id.to_string()),
            size_bytes: i64::try_from(stored.size_bytes).map_err(Error::internal)?,
            content_type: description.content_type,
            file_name: description.file_name,
            last_access: day_of(cx.now),
        };
        let quota = media.shared.limits.quota_bytes;
        // Enqueued before the first await: a client that hangs up now leaves a whole upload.
        let pending = media.db.enqueue(move |tx| keep(tx, &row, is_reserved, quota));
        if let Err(error) = pending.await {
            media.blobs.delete(&stored.id).await?;
            return Err(error);
        }
        if is_reserved {
            media.shared.arrivals.send_modify(|count| *count = count.wrapping_add(1));
        }
        Ok(address::uri(media.server_name(), &media_id))
    }
}

impl Incoming {
    fn check_beginning(&self) -> Result<()> {
        active::check_beginning(self.media.upload_types(), &self.beginning)
    }
}

/// Writes the row of a file whose bytes are in place.
fn keep(tx: &mut Tx<'_>, row: &MediaRow, is_reserved: bool, quota: Option<u64>) -> Result<()> {
    if let Some(quota) = quota {
        check_quota(tx, &row.uploader, u64::try_from(row.size_bytes).unwrap_or(0), quota)?;
    }
    if !is_reserved {
        return media::insert_media(tx, row);
    }
    if media::update_media_complete(tx, row)? { Ok(()) } else { Err(has_content()) }
}

fn check_quota(tx: &mut Tx<'_>, uploader: &OwnedUserId, more: u64, quota: u64) -> Result<()> {
    let used = u64::try_from(media::find_usage(tx, uploader)?.size_bytes).unwrap_or(0);
    if used.saturating_add(more) > quota {
        return Err(Error::forbidden("Your storage for uploaded files is used up."));
    }
    Ok(())
}

fn has_content() -> Error {
    Error::conflict(MatrixCode::CannotOverwriteMedia, "Media already uploaded.")
}
