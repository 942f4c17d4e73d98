use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use kontor_core::{Kind, Random, Secret};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{BlobId, BlobStore};

fn open(folder: &Path) -> BlobStore {
    BlobStore::open(folder, &Secret::new([7; 32]), Random::default()).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Bytes without a period that matches the chunks.
fn content(length: usize) -> Vec<u8> {
    let byte = |n: usize| u8::try_from(n).unwrap();
    (0..length).map(|i| byte(i % 251) ^ byte(i / 65_536 % 256)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

async fn read(store: &BlobStore, id: &BlobId, range: Range<u64>) -> kontor_core::Result<Vec<u8>> {
    let mut reader = store.read(id, range).await?;
    let mut plain = Vec::new();
    while let Some(piece) = reader.next().await? {
        plain.extend_from_slice(&piece);
    }
    Ok(plain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_range_of_any_blob_reads_back(
        length in prop_oneof![
            0..300_000usize, Just(65_536), Just(131_072), Just(1_048_576), Just(1_048_577),
            Just(2_100_000)
        ],
        pieces in prop::collection::vec(1..200_000usize, 1..4),
        start in 0..2_200_000usize,
        take in 0..1_500_000usize,
    ) {
        let folder = TempDir::new().unwrap();
        let store = open(folder.path());
        let content = content(length);
        block_on(async {
            let mut upload = store.create(length as u64).unwrap();
            let mut rest = content.as_slice();
            for piece in pieces.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*piece).min(rest.len()));
                upload.write(now).await.unwrap();
                rest = later;
            }
            let stored = upload.finish().await.unwrap();
            assert_eq!(stored.size_bytes, length as u64);

            let all = store.read_all(&stored.id).await.unwrap();
            assert!(all == content);
            let from = start.min(length);
            let to = (start + take).min(length);
            let part = read(&store, &stored.id, start as u64..(start + take) as u64).await.unwrap();
            assert!(part == content[from..to]);
            let size = store.read(&stored.id, 0..1).await.unwrap().size_bytes();
            assert_eq!(size, length as u64);
        });
    }
}

#[test]
fn a_flipped_bit_anywhere_is_noticed() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let stored = block_on(store.put(&content(150_000))).unwrap();
    let path = files(folder.path()).remove(0);
    let sealed = fs::read(&path).unwrap();
    for position in [0, 5, 11, 12, 70_000, 131_200, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[position] ^= 4;
        fs::write(&path, changed).unwrap();
        let error = block_on(store.read_all(&stored.id)).unwrap_err();
        assert_eq!(error.kind, Kind::Internal, "byte {position}");
    }
}

#[test]
fn a_cut_or_grown_file_is_noticed_even_if_the_range_is_whole() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let stored = block_on(store.put(&content(200_000))).unwrap();
    let path = files(folder.path()).remove(0);
    let sealed = fs::read(&path).unwrap();
    let chunk = 65_552;
    let cuts = [0, 1, 11, 12, 27, 28, 12 + chunk, 12 + 2 * chunk, 20 + 2 * chunk, sealed.len() - 1];
    for length in cuts {
        fs::write(&path, &sealed[..length]).unwrap();
        let error = block_on(read(&store, &stored.id, 0..10)).unwrap_err();
        assert_eq!(error.kind, Kind::Internal, "cut to {length}");
    }
    let mut grown = sealed;
    grown.extend_from_slice(&[0; 100]);
    fs::write(&path, grown).unwrap();
    assert!(block_on(read(&store, &stored.id, 0..10)).is_err());
}

#[test]
fn chunks_and_files_cannot_change_places() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let one = block_on(store.put(&content(200_000))).unwrap();
    let two = block_on(store.put(&content(200_000))).unwrap();
    let path = |id: &BlobId| folder.path().join(id.shelf()).join(id.as_str());
    let sealed = fs::read(path(&one.id)).unwrap();
    let mut swapped = sealed.clone();
    swapped[12..12 + 65_552].copy_from_slice(&sealed[12 + 65_552..12 + 2 * 65_552]);
    swapped[12 + 65_552..12 + 2 * 65_552].copy_from_slice(&sealed[12..12 + 65_552]);
    fs::write(path(&one.id), swapped).unwrap();
    assert!(block_on(store.read_all(&one.id)).is_err());
    fs::write(path(&two.id), sealed).unwrap();
    assert!(block_on(store.read_all(&two.id)).is_err());
}

#[test]
fn nothing_is_readable_on_disk_or_with_another_key() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let text = b"Die Akte Muster, Erika ".repeat(5000);
    let stored = block_on(store.put(&text)).unwrap();
    for path in files(folder.path()) {
        let sealed = fs::read(path).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"Muster"));
    }
    let other = BlobStore::open(folder.path(), &Secret::new([8; 32]), Random::default()).unwrap();
    assert_eq!(block_on(other.read_all(&stored.id)).unwrap_err().kind, Kind::Internal);
}

#[test]
fn an_abandoned_or_too_large_upload_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    block_on(async {
        let mut upload = store.create(u64::MAX).unwrap();
        upload.write(&content(3_000_000)).await.unwrap();
        assert_eq!(files(folder.path()).len(), 1, "large uploads go to disk early");
        drop(upload);
        let mut upload = store.create(2_000_000).unwrap();
        upload.write(&content(1_999_999)).await.unwrap();
        let error = upload.write(b"ab").await.unwrap_err();
        assert_eq!(error.kind, Kind::Limited);
    });
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn leftovers_of_a_crash_are_removed_at_start() {
    let folder = TempDir::new().unwrap();
    let stored = block_on(open(folder.path()).put(b"kept")).unwrap();
    fs::write(folder.path().join("incoming/leftover"), "x").unwrap();
    let store = open(folder.path());
    assert_eq!(files(folder.path()).len(), 1);
    assert_eq!(block_on(store.read_all(&stored.id)).unwrap(), b"kept");
}

#[test]
fn a_deleted_blob_is_gone() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let stored = block_on(store.put(b"x")).unwrap();
    block_on(store.delete(&stored.id)).unwrap();
    block_on(store.delete(&stored.id)).unwrap();
    assert_eq!(block_on(store.read_all(&stored.id)).unwrap_err().kind, Kind::NotFound);
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_folder_that_vanished_is_unavailable_not_a_panic() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    fs::remove_dir_all(folder.path().join("incoming")).unwrap();
    assert_eq!(block_on(store.put(b"x")).unwrap_err().kind, Kind::Unavailable);
}

#[test]
fn what_lies_in_a_store_that_is_away_is_not_gone() {
    let folder = TempDir::new().unwrap();
    let (there, away) = (folder.path().join("media"), folder.path().join("away"));
    let store = open(&there);
    let stored = block_on(store.put(b"x")).unwrap();
    fs::rename(&there, &away).unwrap();
    // As a disk that is not mounted: an empty folder.
    fs::create_dir(&there).unwrap();
    assert_eq!(block_on(store.delete(&stored.id)).unwrap_err().kind, Kind::Unavailable);
    fs::remove_dir(&there).unwrap();
    fs::rename(&away, &there).unwrap();
    block_on(store.delete(&stored.id)).unwrap();
    assert_eq!(files(&there), Vec::<PathBuf>::new());
}
