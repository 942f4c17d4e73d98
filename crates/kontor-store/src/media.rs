//! Uploaded files and their thumbnails (`media`, `media_thumbnail`). The bytes are in kontor-blob.

use kontor_core::{Result, RoomNid, StreamPos, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// An uploaded file, or an address reserved for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRow {
    /// Second half of the `mxc://` address.
    pub media_id: String,
    /// Who uploaded or reserved it.
    pub uploader: OwnedUserId,
    /// When it was uploaded or reserved.
    pub created: Timestamp,
    /// Until when a reserved address can be used; `None` once there is content.
    pub expires: Option<Timestamp>,
    /// Where the bytes are; `None` while the address is only reserved.
    pub blob_id: Option<String>,
    /// Size in bytes; 0 while reserved.
    pub size_bytes: i64,
    /// Media type as stated by the uploader.
    pub content_type: Option<String>,
    /// File name as stated by the uploader.
    pub file_name: Option<String>,
    /// Day (its first millisecond) of the latest download.
    pub last_access: Timestamp,
}

/// A kept thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThumbnailRow {
    /// Which of the possible thumbnails this is.
    pub key: ThumbnailKey,
    /// Where the bytes are; `None` if the original serves as this thumbnail.
    pub blob_id: Option<String>,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Media type of the bytes.
    pub content_type: String,
}

/// Names one thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThumbnailKey {
    /// The file it is made from.
    pub media_id: String,
    /// Width of the box in pixels.
    pub width: u32,
    /// Height of the box in pixels.
    pub height: u32,
    /// `scale` or `crop`.
    pub method: &'static str,
    /// Whether a moving picture was asked for.
    pub animated: bool,
}

/// What an uploader has stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Number of files.
    pub files: i64,
    /// Their size together, in bytes.
    pub size_bytes: i64,
}

static FIND: Sql = Sql::new(
    "media.find",
    "SELECT media_id, uploader, created_ms, expires_ms, blob_id, size_bytes, content_type,
            file_name, last_access_ms
       FROM media
      WHERE tenant_id = $1 AND media_id = $2",
);

static INSERT: Sql = Sql::new(
    "media.insert",
    "INSERT INTO media (tenant_id, media_id, uploader, created_ms, expires_ms, blob_id, size_bytes,
                        content_type, file_name, last_access_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static COMPLETE: Sql = Sql::new(
    "media.complete",
    "UPDATE media
        SET expires_ms = NULL, blob_id = $3, size_bytes = $4, content_type = $5, file_name = $6,
            created_ms = $7, last_access_ms = $8
      WHERE tenant_id = $1 AND media_id = $2 AND blob_id IS NULL",
);

static TOUCH: Sql = Sql::new(
    "media.touch",
    "UPDATE media SET last_access_ms = $3 WHERE tenant_id = $1 AND media_id = $2",
);

static COUNT_RESERVED: Sql = Sql::new(
    "media.count_reserved",
    "SELECT COUNT(*)
       FROM media
      WHERE tenant_id = $1 AND uploader = $2 AND expires_ms > $3",
);

static USAGE: Sql = Sql::new(
    "media.usage",
    "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT)
       FROM media
      WHERE tenant_id = $1 AND uploader = $2",
);

static DELETE_UNUSED: Sql = Sql::new(
    "media.delete_unused",
    "DELETE FROM media WHERE tenant_id = $1 AND expires_ms <= $2 AND blob_id IS NULL",
);

static DELETE: Sql =
    Sql::new("media.delete", "DELETE FROM media WHERE tenant_id = $1 AND media_id = $2");

static ATTACH: Sql = Sql::new(
    "media.attach",
    "UPDATE media SET room_nid = $3, event_pos = $4
      WHERE tenant_id = $1 AND uploader = $2 AND room_nid IS NULL AND media_id IN {in}",
);

static RELEASE_PICTURES: Sql = Sql::new(
    "media.release_pictures",
    "UPDATE media SET room_nid = NULL, event_pos = NULL
      WHERE tenant_id = $1 AND uploader = $2 AND room_nid = 0",
);

static EXPIRE_ATTACHED: Sql = Sql::new(
    "media.expire_attached",
    "UPDATE media SET expires_ms = $4 WHERE tenant_id = $1 AND room_nid = $2 AND event_pos = $3",
);

static COUNT_FREE: Sql = Sql::new(
    "media.count_free",
    "SELECT COUNT(*) FROM media
      WHERE tenant_id = $1 AND uploader = $2 AND room_nid IS NULL AND blob_id IS NOT NULL
        AND media_id IN {in}",
);

static LIST_EXPIRED: Sql = Sql::new(
    "media.list_expired",
    "SELECT media_id FROM media WHERE tenant_id = $1 AND expires_ms <= $2 ORDER BY expires_ms
      LIMIT $3",
);

static LIST_UNATTACHED: Sql = Sql::new(
    "media.list_unattached",
    "SELECT media_id, size_bytes FROM media
      WHERE tenant_id = $1 AND room_nid IS NULL AND created_ms < $2 AND blob_id IS NOT NULL
      ORDER BY created_ms LIMIT $3",
);

static COUNT_UNATTACHED: Sql = Sql::new(
    "media.count_unattached",
    "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT), MIN(created_ms) FROM media
      WHERE tenant_id = $1 AND room_nid IS NULL AND created_ms < $2 AND blob_id IS NOT NULL",
);

static LIST_OF_UPLOADER: Sql = Sql::new(
    "media.list_of_uploader",
    "SELECT media_id, uploader, created_ms, expires_ms, blob_id, size_bytes, content_type,
            file_name, last_access_ms
       FROM media
      WHERE tenant_id = $1 AND uploader = $2
      ORDER BY created_ms, media_id",
);

static LIST_ATTACHED_OF: Sql = Sql::new(
    "media.list_attached_of",
    "SELECT media_id FROM media WHERE tenant_id = $1 AND uploader = $2 AND room_nid > 0",
);

static LIST_BLOBS: Sql = Sql::new(
    "media.list_blobs",
    "SELECT blob_id FROM media WHERE tenant_id = $1 AND blob_id IS NOT NULL
      UNION ALL
     SELECT blob_id FROM media_thumbnail WHERE tenant_id = $1 AND blob_id IS NOT NULL
      UNION ALL
     SELECT blob_id FROM held_media WHERE tenant_id = $1 AND blob_id IS NOT NULL",
);

static FIND_THUMBNAIL: Sql = Sql::new(
    "media.find_thumbnail",
    "SELECT blob_id, size_bytes, content_type
       FROM media_thumbnail
      WHERE tenant_id = $1 AND media_id = $2 AND width = $3 AND height = $4 AND method = $5
        AND animated = $6",
);

static INSERT_THUMBNAIL: Sql = Sql::new(
    "media.insert_thumbnail",
    "INSERT INTO media_thumbnail (tenant_id, media_id, width, height, method, animated, blob_id,
                                  size_bytes, content_type)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, media_id, width, height, method, animated) DO NOTHING",
);

static LIST_THUMBNAIL_BLOBS: Sql = Sql::new(
    "media.list_thumbnail_blobs",
    "SELECT blob_id
       FROM media_thumbnail
      WHERE tenant_id = $1 AND media_id = $2 AND blob_id IS NOT NULL",
);

/// Every statement of this module.
pub(crate) static STATEMENTS: &[&Sql] = &[
    &FIND,
    &INSERT,
    &COMPLETE,
    &TOUCH,
    &COUNT_RESERVED,
    &USAGE,
    &DELETE_UNUSED,
    &DELETE,
    &ATTACH,
    &RELEASE_PICTURES,
    &EXPIRE_ATTACHED,
    &COUNT_FREE,
    &LIST_EXPIRED,
    &LIST_UNATTACHED,
    &COUNT_UNATTACHED,
    &LIST_OF_UPLOADER,
    &LIST_ATTACHED_OF,
    &LIST_BLOBS,
    &FIND_THUMBNAIL,
    &INSERT_THUMBNAIL,
    &LIST_THUMBNAIL_BLOBS,
];

impl MediaRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            media_id: row.text(0)?,
            uploader: row.id(1)?,
            created: Timestamp(row.int(2)?),
            expires: row.opt_int(3)?.map(Timestamp),
            blob_id: row.opt_text(4)?,
            size_bytes: row.int(5)?,
            content_type: row.opt_sealed_text(6)?,
            file_name: row.opt_sealed_text(7)?,
            last_access: Timestamp(row.int(8)?),
        })
    }
}

/// The file with this id, or the reserved address; also one whose reservation has run out.
pub fn find_media(tx: &mut Tx<'_>, media_id: &str) -> Result<Option<MediaRow>> {
    tx.query_opt(&FIND, &[media_id.into()], MediaRow::from_row)
}

/// Adds a file, or reserves an address for one.
pub fn insert_media(tx: &mut Tx<'_>, row: &MediaRow) -> Result<()> {
    let params = [
        Param::from(&row.media_id),
        (&row.uploader).into(),
        row.created.into(),
        row.expires.into(),
        row.blob_id.as_deref().into(),
        row.size_bytes.into(),
        Param::opt_sealed(row.content_type.as_ref()),
        Param::opt_sealed(row.file_name.as_ref()),
        row.last_access.into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// Gives a reserved address its content; `false` if it has some already, or does not exist.
pub fn update_media_complete(tx: &mut Tx<'_>, row: &MediaRow) -> Result<bool> {
    let params = [
        Param::from(&row.media_id),
        row.blob_id.as_deref().into(),
        row.size_bytes.into(),
        Param::opt_sealed(row.content_type.as_ref()),
        Param::opt_sealed(row.file_name.as_ref()),
        row.created.into(),
        row.last_access.into(),
    ];
    Ok(tx.execute(&COMPLETE, &params)? > 0)
}

/// Notes the day of a download.
pub fn update_media_last_access(tx: &mut Tx<'_>, media_id: &str, day: Timestamp) -> Result<()> {
    tx.execute(&TOUCH, &[media_id.into(), day.into()]).map(drop)
}

/// How many addresses `uploader` has reserved that can still be used at `now`.
pub fn count_reserved(tx: &mut Tx<'_>, uploader: &UserId, now: Timestamp) -> Result<i64> {
    tx.query_one(&COUNT_RESERVED, &[uploader.into(), now.into()], |row| row.int(0))
}

/// What `uploader` has stored; thumbnails are not counted.
pub fn find_usage(tx: &mut Tx<'_>, uploader: &UserId) -> Result<Usage> {
    tx.query_one(&USAGE, &[uploader.into()], |row| {
        Ok(Usage { files: row.int(0)?, size_bytes: row.int(1)? })
    })
}

/// Removes reserved addresses that ran out; gives their number.
pub fn delete_unused_addresses(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_UNUSED, &[now.into()])
}

/// Removes a file and its thumbnails from the tables; the caller removes their blobs.
pub fn delete_media(tx: &mut Tx<'_>, media_id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[media_id.into()])? > 0)
}

/// Binds files of `uploader` that belong to nothing yet to the event at a position of a room; answers
/// how many there were.
pub fn attach_media(
    tx: &mut Tx<'_>,
    uploader: &UserId,
    (room, pos): (RoomNid, StreamPos),
    media_ids: &[String],
) -> Result<u64> {
    let list: Vec<Param<'_>> = media_ids.iter().map(Param::from).collect();
    tx.execute_in(&ATTACH, &[uploader.into(), room.into(), pos.into()], &list)
}

/// Binds a file to the profile of its uploader; the picture before belongs to nothing any more.
pub fn attach_picture(tx: &mut Tx<'_>, uploader: &UserId, media_id: Option<&str>) -> Result<()> {
    tx.execute(&RELEASE_PICTURES, &[uploader.into()])?;
    let ids: Vec<String> = media_id.map(str::to_owned).into_iter().collect();
    attach_media(tx, uploader, (RoomNid(0), StreamPos(0)), &ids).map(drop)
}

/// The files of the event at a position of a room go with the next sweep; nobody gets them any more.
pub fn expire_attached(
    tx: &mut Tx<'_>,
    (room, pos): (RoomNid, StreamPos),
    now: Timestamp,
) -> Result<u64> {
    tx.execute(&EXPIRE_ATTACHED, &[room.into(), pos.into(), now.into()])
}

/// How many of these files are `uploader`'s and belong to nothing yet.
pub fn count_free(tx: &mut Tx<'_>, uploader: &UserId, media_ids: &[String]) -> Result<i64> {
    let list: Vec<Param<'_>> = media_ids.iter().map(Param::from).collect();
    Ok(tx.query_in(&COUNT_FREE, &[uploader.into()], &list, |row| row.int(0))?.into_iter().sum())
}

/// Up to `limit` files and reserved addresses whose time is over.
pub fn list_expired(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<String>> {
    tx.query(&LIST_EXPIRED, &[now.into(), i64::from(limit).into()], |row| row.text(0))
}

/// Up to `limit` files that belong to no event and were uploaded before a time, oldest first: id and
/// bytes.
pub fn list_unattached(tx: &mut Tx<'_>, time: Timestamp, limit: u32) -> Result<Vec<(String, i64)>> {
    let params = [time.into(), i64::from(limit).into()];
    tx.query(&LIST_UNATTACHED, &params, |row| Ok((row.text(0)?, row.int(1)?)))
}

/// How many files belong to no event and were uploaded before a time, their bytes, and when the
/// oldest was uploaded.
pub fn count_unattached(tx: &mut Tx<'_>, time: Timestamp) -> Result<(u64, u64, Option<Timestamp>)> {
    tx.query_one(&COUNT_UNATTACHED, &[time.into()], |row| {
        let number = |column| row.int(column).map(|it| u64::try_from(it).unwrap_or_default());
        Ok((number(0)?, number(1)?, row.opt_time(2)?))
    })
}

/// Removes a file and its thumbnails from the tables; answers their blobs, which the caller deletes
/// once this is committed.
pub fn take_media(tx: &mut Tx<'_>, media_id: &str) -> Result<Vec<String>> {
    let Some(row) = find_media(tx, media_id)? else { return Ok(Vec::new()) };
    let mut blobs = list_thumbnail_blobs(tx, media_id)?;
    blobs.extend(row.blob_id);
    delete_media(tx, media_id)?;
    Ok(blobs)
}

/// Everything `uploader` has stored or reserved, oldest first.
pub fn list_media_of(tx: &mut Tx<'_>, uploader: &UserId) -> Result<Vec<MediaRow>> {
    tx.query(&LIST_OF_UPLOADER, &[uploader.into()], MediaRow::from_row)
}

/// Files of `uploader` that belong to a message or to a room, in no order.
pub fn list_attached_of(tx: &mut Tx<'_>, uploader: &UserId) -> Result<Vec<String>> {
    tx.query(&LIST_ATTACHED_OF, &[uploader.into()], |row| row.text(0))
}

/// Every blob a file, a thumbnail or a held file refers to, in no order.
pub fn list_blobs(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.query(&LIST_BLOBS, &[], |row| row.text(0))
}

/// The kept thumbnail of this name.
pub fn find_thumbnail(tx: &mut Tx<'_>, key: &ThumbnailKey) -> Result<Option<ThumbnailRow>> {
    let found = tx.query_opt(&FIND_THUMBNAIL, &key_params(key), |row| {
        Ok((row.opt_text(0)?, row.int(1)?, row.text(2)?))
    })?;
    Ok(found.map(|(blob_id, size_bytes, content_type)| ThumbnailRow {
        key: key.clone(),
        blob_id,
        size_bytes,
        content_type,
    }))
}

/// Keeps a thumbnail; `false` if there is one already.
///
/// # Errors
/// `Internal` if the file itself has been deleted meanwhile.
pub fn insert_thumbnail(tx: &mut Tx<'_>, row: &ThumbnailRow) -> Result<bool> {
    let mut params = Vec::from(key_params(&row.key));
    params.extend([
        row.blob_id.as_deref().into(),
        row.size_bytes.into(),
        row.content_type.as_str().into(),
    ]);
    Ok(tx.execute(&INSERT_THUMBNAIL, &params)? > 0)
}

/// The blobs of a file's thumbnails.
pub fn list_thumbnail_blobs(tx: &mut Tx<'_>, media_id: &str) -> Result<Vec<String>> {
    tx.query(&LIST_THUMBNAIL_BLOBS, &[media_id.into()], |row| row.text(0))
}

fn key_params(key: &ThumbnailKey) -> [Param<'_>; 5] {
    [
        Param::from(&key.media_id),
        key.width.into(),
        key.height.into(),
        key.method.into(),
        key.animated.into(),
    ]
}
