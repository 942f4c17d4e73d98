//! Addresses that are reserved first and filled later.

use std::time::Duration;

use kontor_core::{Kind, MatrixCode};
use kontor_media::Description;

use crate::place::{Place, SERVER, bytes_of, id_of};

async fn fill(place: &Place, id: &str, content: &[u8]) -> kontor_core::Result<()> {
    let cx = place.alice();
    let mut incoming =
        place.media.begin_reserved_upload(&cx, SERVER, id, Description::default()).await?;
    incoming.push(content).await?;
    incoming.finish().await.map(drop)
}

#[tokio::test]
async fn a_reserved_address_takes_content_once() {
    let place = Place::new().await;
    let id = id_of(&place.media.reserve(&place.alice()).await.unwrap().uri);
    fill(&place, &id, b"first").await.unwrap();
    let error = fill(&place, &id, b"second").await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Conflict, Some(MatrixCode::CannotOverwriteMedia)));
    let found = place.open(&id).await.unwrap();
    assert_eq!(bytes_of(&found, 0, 5).await, b"first");
    assert_eq!(found.content_type, "application/octet-stream");
}

#[tokio::test]
async fn of_two_uploads_at_once_one_wins_and_the_other_leaves_nothing() {
    let place = Place::new().await;
    let id = id_of(&place.media.reserve(&place.alice()).await.unwrap().uri);
    let (one, two) = tokio::join!(fill(&place, &id, b"one"), fill(&place, &id, b"two"));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(place.blob_files(), 1);
}

#[tokio::test]
async fn only_who_reserved_may_fill() {
    let place = Place::new().await;
    let id = id_of(&place.media.reserve(&place.bob()).await.unwrap().uri);
    assert_eq!(fill(&place, &id, b"x").await.unwrap_err().kind, Kind::Forbidden);
}

#[tokio::test]
async fn unknown_and_expired_addresses_are_not_found() {
    let place = Place::new().await;
    assert_eq!(fill(&place, "nonexistent", b"x").await.unwrap_err().kind, Kind::NotFound);
    let reserved = place.media.reserve(&place.alice()).await.unwrap();
    let id = id_of(&reserved.uri);
    place.pass(Duration::from_hours(24));
    assert_eq!(fill(&place, &id, b"x").await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(place.open(&id).await.err().unwrap().kind, Kind::NotFound);
}

#[tokio::test]
async fn unused_reservations_are_limited_per_person() {
    let place = Place::with(|limits| limits.reserved_per_user = 2).await;
    let first = place.media.reserve(&place.alice()).await.unwrap();
    place.media.reserve(&place.alice()).await.unwrap();
    let error = place.media.reserve(&place.alice()).await.unwrap_err();
    assert_eq!((error.kind, error.code), (Kind::Limited, Some(MatrixCode::LimitExceeded)));
    assert!(error.fields.contains_key("retry_after_ms"));
    place.media.reserve(&place.bob()).await.unwrap();
    fill(&place, &id_of(&first.uri), b"used now").await.unwrap();
    place.media.reserve(&place.alice()).await.unwrap();
    place.pass(Duration::from_hours(25));
    place.media.reserve(&place.alice()).await.unwrap();
}

#[tokio::test]
async fn a_download_waits_for_content_and_gives_up_in_time() {
    let place = Place::new().await;
    let id = id_of(&place.media.reserve(&place.alice()).await.unwrap().uri);
    let error = place.open(&id).await.err().unwrap();
    assert_eq!(error.code, Some(MatrixCode::NotYetUploaded));
    let bob = place.bob();
    let waiting = place.media.open(&bob, SERVER, &id, Duration::from_secs(30));
    let (found, filled) = tokio::join!(waiting, fill(&place, &id, b"there"));
    filled.unwrap();
    assert_eq!(found.unwrap().size_bytes, 5);
}
