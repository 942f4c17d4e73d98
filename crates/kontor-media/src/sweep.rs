//! Clears away what interrupted uploads may have left.

use std::collections::HashSet;

use kontor_blob::BlobId;
use kontor_core::{Cx, Result};
use kontor_store::media;

use crate::Media;

impl Media {
    /// Removes reservations that ran out, and blobs no row refers to (the process was killed
    /// between writing the bytes and writing the row); answers the number of blobs. Runs before
    /// the first upload is accepted: it would take a blob under way for an orphan.
    pub async fn sweep(&self, cx: &Cx) -> Result<usize> {
        let now = cx.now;
        self.db.write(cx, move |tx| media::delete_expired(tx, now)).await?;
        let known = self.db.read(cx, media::list_blobs).await?;
        let known: HashSet<String> = known.into_iter().collect();
        let mut removed = 0;
        for blob_id in self.blobs.list().await? {
            if !known.contains(&blob_id.to_string()) {
                self.blobs.delete(&blob_id).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Deletes a file with its thumbnails; `false` if it does not exist.
    pub async fn delete(&self, cx: &Cx, media_id: &str) -> Result<bool> {
        let id = media_id.to_owned();
        let remove = move |tx: &mut kontor_db::Tx<'_>| {
            let Some(row) = media::find_media(tx, &id)? else { return Ok(None) };
            let mut blobs = media::list_thumbnail_blobs(tx, &id)?;
            blobs.extend(row.blob_id);
            media::delete_media(tx, &id)?;
            Ok(Some(blobs))
        };
        let Some(blobs) = self.db.write(cx, remove).await? else { return Ok(false) };
        for blob_id in blobs {
            self.blobs.delete(&BlobId::parse(&blob_id)?).await?;
        }
        Ok(true)
    }
}
