//! Uploaded files and thumbnails, on both engines.

use kontor_core::{Result, Timestamp};
use kontor_db::{Db, Tx};
use kontor_store::MIGRATIONS;
use kontor_store::media::{self, MediaRow, ThumbnailKey, ThumbnailRow, Usage};
use kontor_testdb::{cx, for_each_backend};
use ruma::{owned_user_id, user_id};

fn file(media_id: &str) -> MediaRow {
    MediaRow {
        media_id: media_id.to_owned(),
        uploader: owned_user_id!("@alice:firma.example"),
        created: Timestamp(1_000),
        expires: None,
        blob_id: Some(format!("blob-{media_id}")),
        size_bytes: 77,
        content_type: Some("image/png".to_owned()),
        file_name: Some("Grundriß\0.png".to_owned()),
        last_access: Timestamp(0),
    }
}

fn reserved(media_id: &str, expires: i64) -> MediaRow {
    MediaRow {
        expires: Some(Timestamp(expires)),
        blob_id: None,
        size_bytes: 0,
        content_type: None,
        file_name: None,
        ..file(media_id)
    }
}

fn thumbnail(media_id: &str, blob_id: Option<&str>) -> ThumbnailRow {
    let key = ThumbnailKey {
        media_id: media_id.to_owned(),
        width: 32,
        height: 32,
        method: "crop",
        animated: false,
    };
    ThumbnailRow {
        key,
        blob_id: blob_id.map(ToOwned::to_owned),
        size_bytes: 9,
        content_type: "image/jpeg".to_owned(),
    }
}

async fn write<T: Send + 'static>(
    db: &Db,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    db.write(&cx(), f).await.unwrap()
}

#[test]
fn a_file_comes_back_as_it_was() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let found = write(&db, |tx| {
            media::insert_media(tx, &file("a"))?;
            media::update_media_last_access(tx, "a", Timestamp(86_400_000))?;
            media::find_media(tx, "a")
        });
        let expected = MediaRow { last_access: Timestamp(86_400_000), ..file("a") };
        assert_eq!(found.await, Some(expected));
        assert_eq!(db.read(&cx(), |tx| media::find_media(tx, "b")).await.unwrap(), None);
    });
}

#[test]
fn a_reserved_address_is_filled_once() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (first, second) = write(&db, |tx| {
            media::insert_media(tx, &reserved("a", 5_000))?;
            Ok((
                media::update_media_complete(tx, &file("a"))?,
                media::update_media_complete(tx, &file("a"))?,
            ))
        })
        .await;
        assert!(first && !second);
        assert_eq!(write(&db, |tx| media::find_media(tx, "a")).await, Some(file("a")));
    });
}

#[test]
fn only_usable_reservations_of_the_person_count() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let alice = user_id!("@alice:firma.example");
        write(&db, |tx| {
            media::insert_media(tx, &reserved("a", 5_000))?;
            media::insert_media(tx, &reserved("b", 6_000))?;
            let other = owned_user_id!("@bob:firma.example");
            media::insert_media(tx, &MediaRow { uploader: other, ..reserved("c", 6_000) })?;
            media::insert_media(tx, &file("d"))
        })
        .await;
        let count = |now| write(&db, move |tx| media::count_reserved(tx, alice, Timestamp(now)));
        assert_eq!((count(4_999).await, count(5_000).await, count(6_000).await), (2, 1, 0));
        assert_eq!(write(&db, |tx| media::delete_unused_addresses(tx, Timestamp(5_000))).await, 1);
        assert_eq!(write(&db, |tx| media::find_media(tx, "a")).await, None);
        let left = write(&db, |tx| media::list_media_of(tx, alice)).await;
        assert_eq!(left.iter().map(|row| &*row.media_id).collect::<Vec<_>>(), ["b", "d"]);
    });
}

#[test]
fn usage_adds_up_what_one_person_stored() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let alice = user_id!("@alice:firma.example");
        let usage = write(&db, |tx| {
            media::insert_media(tx, &file("a"))?;
            media::insert_media(tx, &file("b"))?;
            media::find_usage(tx, alice)
        });
        assert_eq!(usage.await, Usage { files: 2, size_bytes: 154 });
        let nobody = write(&db, |tx| media::find_usage(tx, user_id!("@x:firma.example"))).await;
        assert_eq!(nobody, Usage { files: 0, size_bytes: 0 });
    });
}

#[test]
fn thumbnails_are_kept_once_and_go_with_their_file() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let (first, second) = write(&db, |tx| {
            media::insert_media(tx, &file("a"))?;
            let first = media::insert_thumbnail(tx, &thumbnail("a", Some("t")))?;
            Ok((first, media::insert_thumbnail(tx, &thumbnail("a", None))?))
        })
        .await;
        assert!(first && !second);
        let key = thumbnail("a", None).key;
        let found = write(&db, move |tx| media::find_thumbnail(tx, &key)).await;
        assert_eq!(found, Some(thumbnail("a", Some("t"))));
        let mut blobs = write(&db, media::list_blobs).await;
        blobs.sort();
        assert_eq!(blobs, ["blob-a", "t"]);
        assert_eq!(write(&db, |tx| media::list_thumbnail_blobs(tx, "a")).await, ["t"]);
        assert!(write(&db, |tx| media::delete_media(tx, "a")).await);
        assert!(write(&db, media::list_blobs).await.is_empty());
    });
}

#[test]
fn a_thumbnail_of_a_deleted_file_is_refused() {
    for_each_backend(async |backend| {
        let db = backend.open(MIGRATIONS).await;
        let cx = cx();
        let kept = db.write(&cx, |tx| media::insert_thumbnail(tx, &thumbnail("gone", None)));
        assert!(kept.await.is_err());
    });
}
