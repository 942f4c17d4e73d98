//! The files of somebody who is erased. law

use kontor_core::{Cx, Result};
use kontor_db::Tx;
use kontor_store::media;
use ruma::UserId;

use crate::Media;

/// What programs say of a file that only people of a room can open.
const ENCRYPTED: &str = "application/octet-stream";
/// Files removed in one write.
const BATCH: usize = 100;

impl Media {
    /// Removes files of `uploader`: pictures of the profile, present and former, and whatever else
    /// belongs to no message; with `all`, everything. An encrypted file stays without `all`: only the
    /// people of its room know which message it belongs to. Answers how many files went, and their
    /// bytes.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be stored, or a file cannot be removed: it is removed at the next
    /// start.
    pub async fn erase_files_of(
        &self,
        cx: &Cx,
        uploader: &UserId,
        all: bool,
    ) -> Result<(u64, u64)> {
        let owner = uploader.to_owned();
        let read = move |tx: &mut Tx<'_>| {
            let stays = media::list_attached_of(tx, &owner)?;
            let files = media::list_media_of(tx, &owner)?;
            let goes = files.into_iter().filter(|file| {
                let encrypted = file.content_type.as_deref() == Some(ENCRYPTED);
                all || !(encrypted || stays.contains(&file.media_id))
            });
            Ok(goes.map(|file| file.media_id).collect::<Vec<String>>())
        };
        let ids = self.db.read(cx, read).await?;
        let (mut files, mut bytes) = (0, 0);
        for batch in ids.chunks(BATCH) {
            let (more_files, more_bytes) = self.delete_all(cx, batch.to_vec()).await?;
            files += more_files;
            bytes += more_bytes;
        }
        Ok((files, bytes))
    }
}
