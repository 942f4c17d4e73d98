//! Uploads: what is kept, what is refused, what is left behind.

use std::fs;
use std::path::{Path, PathBuf};

use kontor_core::{Kind, MatrixCode};
use kontor_media::{Description, Limits};
use kontor_policy::{InForce, Policy};

use crate::place::{Place, bytes_of};

fn up_to_1000_bytes(limits: &mut Limits) {
    let policy = Policy { max_upload_bytes: 1000, ..Policy::lab() };
    limits.policy = InForce::new(policy);
}

#[tokio::test]
async fn an_upload_comes_back_as_it_was() {
    let place = Place::new().await;
    let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251).to_le_bytes()[0]).collect();
    let id = place.upload(&content, "image/png").await;
    let found = place.open(&id).await.unwrap();
    assert_eq!(found.content_type, "image/png");
    assert_eq!(found.file_name.as_deref(), Some("Plan.png"));
    assert_eq!(found.size_bytes, content.len() as u64);
    assert!(bytes_of(&found, 0, found.size_bytes).await == content);
    assert_eq!(bytes_of(&found, 65_530, 65_545).await, content[65_530..65_545]);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let place = Place::new().await;
    let id = place.upload(b"", "text/plain").await;
    let found = place.open(&id).await.unwrap();
    assert_eq!(found.size_bytes, 0);
    assert!(bytes_of(&found, 0, 0).await.is_empty());
}

#[tokio::test]
async fn a_dropped_upload_leaves_no_file_and_no_row() {
    let place = Place::new().await;
    let mut incoming =
        place.media.begin_upload(&place.alice(), Description::default()).await.unwrap();
    incoming.push(&vec![7; 3_000_000]).await.unwrap();
    assert_eq!(place.blob_files(), 1);
    drop(incoming);
    assert_eq!(place.blob_files(), 0);
}

#[tokio::test]
async fn an_announced_size_beyond_the_limit_is_refused_at_once() {
    let place = Place::with(up_to_1000_bytes).await;
    let description = Description { size_bytes: Some(1001), ..Description::default() };
    let error = place.media.begin_upload(&place.alice(), description).await.err().unwrap();
    assert_eq!((error.kind, error.code), (Kind::Limited, Some(MatrixCode::TooLarge)));
}

#[tokio::test]
async fn an_unannounced_size_beyond_the_limit_is_refused_by_count() {
    let place = Place::with(up_to_1000_bytes).await;
    let mut incoming =
        place.media.begin_upload(&place.alice(), Description::default()).await.unwrap();
    incoming.push(&[1; 1000]).await.unwrap();
    let error = incoming.push(&[1]).await.unwrap_err();
    assert_eq!(error.code, Some(MatrixCode::TooLarge));
    drop(incoming);
    assert_eq!(place.blob_files(), 0);
}

#[tokio::test]
async fn a_quota_counts_everything_the_person_stored() {
    let place = Place::with(|limits| limits.quota_bytes = Some(1000)).await;
    place.upload(&[1; 900], "text/plain").await;
    let mut incoming =
        place.media.begin_upload(&place.alice(), Description::default()).await.unwrap();
    incoming.push(&[1; 101]).await.unwrap();
    let error = incoming.finish().await.unwrap_err();
    assert_eq!(error.kind, Kind::Forbidden);
    assert_eq!(place.blob_files(), 1);
    let announced = Description { size_bytes: Some(101), ..Description::default() };
    let refused = place.media.begin_upload(&place.alice(), announced.clone()).await;
    assert_eq!(refused.err().unwrap().kind, Kind::Forbidden);
    assert!(place.media.begin_upload(&place.bob(), announced).await.is_ok());
}

#[tokio::test]
async fn an_overlong_file_name_is_refused() {
    let place = Place::new().await;
    let description = Description { file_name: Some("x".repeat(1025)), ..Description::default() };
    let error = place.media.begin_upload(&place.alice(), description).await.err().unwrap();
    assert_eq!(error.code, Some(MatrixCode::InvalidParam));
}

#[tokio::test]
async fn nothing_readable_lies_on_the_disk() {
    let place = Place::new().await;
    let content = b"Gehaltsliste der Geschaeftsleitung ".repeat(4000);
    place.upload(&content, "text/x-geheimtyp").await;
    let files = files_below(place.folder.path());
    assert!(files.len() >= 2, "database and blob");
    for path in files {
        let bytes = fs::read(&path).unwrap();
        for word in ["Gehaltsliste", "geheimtyp", "Plan.png", "alice"] {
            let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{word} in {}", path.display());
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_sweep_removes_what_no_row_knows_and_nothing_else() {
    let place = Place::new().await;
    let id = place.upload(b"kept", "text/plain").await;
    let stray = place.folder.path().join("media/ab");
    fs::create_dir_all(&stray).unwrap();
    fs::write(stray.join("abcdefghijkmnpqrstuvwxyz23"), b"left by a crash").unwrap();
    assert_eq!(place.media.sweep(&place.alice()).await.unwrap(), 1);
    assert_eq!(place.blob_files(), 1);
    assert!(place.open(&id).await.is_ok());
}

#[tokio::test]
async fn a_deleted_file_is_gone_with_its_bytes() {
    let place = Place::new().await;
    let id = place.upload(b"soon gone", "text/plain").await;
    assert!(place.media.delete(&place.alice(), &id).await.unwrap());
    assert!(!place.media.delete(&place.alice(), &id).await.unwrap());
    assert_eq!(place.open(&id).await.err().unwrap().kind, Kind::NotFound);
    assert_eq!(place.blob_files(), 0);
}
