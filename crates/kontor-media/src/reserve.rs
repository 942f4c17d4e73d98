//! Reserves an address for content that follows later (spec: `POST /_matrix/media/v1/create`).

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_store::media::{self, MediaRow};
use ruma::OwnedMxcUri;

use crate::{Media, address};

/// A reserved address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Where the content will be.
    pub uri: OwnedMxcUri,
    /// Until when the upload must be complete.
    pub expires: Timestamp,
}

impl Media {
    /// Reserves an address; the content follows with [`Media::begin_reserved_upload`].
    ///
    /// # Errors
    /// `M_LIMIT_EXCEEDED` if the person has too many unused reservations.
    pub async fn reserve(&self, cx: &Cx) -> Result<Reserved> {
        let media_id = address::new_id(&cx.random)?;
        let expires = cx.now.plus(self.shared.limits.reservation);
        let row = MediaRow {
            media_id: media_id.clone(),
            uploader: cx.user()?.to_owned(),
            created: cx.now,
            expires: Some(expires),
            blob_id: None,
            size_bytes: 0,
            content_type: None,
            file_name: None,
            last_access: day_of(cx.now),
        };
        let (now, most) = (cx.now, i64::from(self.shared.limits.reserved_per_user));
        let write = move |tx: &mut kontor_db::Tx<'_>| {
            media::delete_unused_addresses(tx, now)?;
            if media::count_reserved(tx, &row.uploader, now)? >= most {
                return Err(too_many());
            }
            media::insert_media(tx, &row)
        };
        self.db.write(cx, write).await?;
        Ok(Reserved { uri: address::uri(self.server_name(), &media_id), expires })
    }
}

fn too_many() -> Error {
    let text = "Too many addresses are reserved and unused; upload to one of them first.";
    Error::limited(MatrixCode::LimitExceeded, text).with_field("retry_after_ms", 60_000)
}

/// The first millisecond of the day: downloads are remembered to the day only.
pub(crate) fn day_of(at: Timestamp) -> Timestamp {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    Timestamp(at.0 - at.0.rem_euclid(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(day_of(Timestamp(86_400_001)), Timestamp(86_400_000));
        assert_eq!(day_of(Timestamp(86_399_999)), Timestamp(0));
        assert_eq!(day_of(Timestamp(-1)), Timestamp(-86_400_000));
    }
}
