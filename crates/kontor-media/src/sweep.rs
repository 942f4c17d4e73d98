//! Clears away what interrupted uploads may have left.

use std::collections::HashSet;

use kontor_blob::BlobId;
use kontor_core::{Cx, Result, Timestamp};
use kontor_store::media;

use crate::Media;

/// Files removed in one write.
const BATCH: u32 = 100;

impl Media {
    /// Removes files whose event was redacted, and reservations that ran out; answers how many files
    /// that were, and their bytes.
    pub async fn delete_expired(&self, cx: &Cx) -> Result<(u64, u64)> {
        let (mut files, mut bytes) = (0, 0);
        loop {
            let now = cx.now;
            let ids = self.db.read(cx, move |tx| media::list_expired(tx, now, BATCH)).await?;
            let last = u32::try_from(ids.len()).is_ok_and(|found| found < BATCH);
            let (more_files, more_bytes) = self.delete_all(cx, ids).await?;
            files += more_files;
            bytes += more_bytes;
            if last {
                return Ok((files, bytes));
            }
        }
    }

    /// Removes files that belong to no message and were uploaded before `time`; one batch. Answers
    /// how many there were, their bytes, and whether there may be more.
    pub async fn delete_unattached(&self, cx: &Cx, time: Timestamp) -> Result<(u64, u64, bool)> {
        let found = self.db.read(cx, move |tx| media::list_unattached(tx, time, BATCH)).await?;
        let more = u32::try_from(found.len()).is_ok_and(|found| found >= BATCH);
        let ids = found.into_iter().map(|(id, _)| id).collect();
        let (files, bytes) = self.delete_all(cx, ids).await?;
        Ok((files, bytes, more))
    }

    /// Removes blobs that nothing refers to any more. Those that cannot be removed are remembered
    /// ([`Self::delete_leftover`]), and found again at the next start ([`Self::sweep`]).
    ///
    /// # Errors
    /// The last failure, after all have been tried.
    pub async fn delete_blobs(&self, blobs: &[String]) -> Result<()> {
        let mut outcome = Ok(());
        for blob_id in blobs {
            let id = BlobId::parse(blob_id)?;
            if let Err(error) = self.blobs.delete(&id).await {
                self.shared.leftover.lock().push(blob_id.clone());
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Removes what could not be removed before. Who says that something is gone asks this first.
    ///
    /// # Errors
    /// `Unavailable` if some of it is still there.
    pub async fn delete_leftover(&self) -> Result<()> {
        let blobs = std::mem::take(&mut *self.shared.leftover.lock());
        self.delete_blobs(&blobs).await
    }

    pub(crate) async fn delete_all(&self, cx: &Cx, ids: Vec<String>) -> Result<(u64, u64)> {
        if ids.is_empty() {
            return Ok((0, 0));
        }
        let remove = move |tx: &mut kontor_db::Tx<'_>| {
            let (mut blobs, mut files, mut bytes) = (Vec::new(), 0, 0);
            for id in &ids {
                let row = media::find_media(tx, id)?;
                if let Some(row) = row.filter(|row| row.blob_id.is_some()) {
                    files += 1;
                    bytes += u64::try_from(row.size_bytes).unwrap_or_default();
                }
                blobs.extend(media::take_media(tx, id)?);
            }
            Ok((blobs, files, bytes))
        };
        let (blobs, files, bytes) = self.db.write(cx, remove).await?;
        self.delete_blobs(&blobs).await?;
        Ok((files, bytes))
    }

    /// Removes reservations that ran out, and blobs no row refers to (the process was killed
    /// between writing the bytes and writing the row); answers the number of blobs. Runs before
    /// the first upload is accepted: it would take a blob under way for an orphan.
    pub async fn sweep(&self, cx: &Cx) -> Result<usize> {
        self.delete_expired(cx).await?;
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
        let remove = move |tx: &mut kontor_db::Tx<'_>| match media::find_media(tx, &id)? {
            Some(_) => media::take_media(tx, &id).map(Some),
            None => Ok(None),
        };
        let Some(blobs) = self.db.write(cx, remove).await? else { return Ok(false) };
        self.delete_blobs(&blobs).await?;
        Ok(true)
    }
}
