//! Downloads: who may, and what of.

use std::fs;
use std::path::Path;
use std::time::Duration;

use kontor_core::{Actor, Kind};
use proptest::prelude::*;

use crate::place::{Place, SERVER, bytes_of};

#[tokio::test]
async fn nobody_reads_without_signing_in() {
    let place = Place::new().await;
    let id = place.upload(b"x", "text/plain").await;
    let anonymous = place.alice().acting_as(Actor::Anonymous);
    let error = place.media.open(&anonymous, SERVER, &id, Duration::ZERO).await.err().unwrap();
    assert_eq!(error.kind, Kind::Unauthenticated);
}

#[tokio::test]
async fn other_servers_media_is_not_found() {
    let place = Place::new().await;
    let id = place.upload(b"x", "text/plain").await;
    for (server, id) in [("andere.example", &*id), (SERVER, "nonexistent"), (SERVER, "../x")] {
        let found = place.media.open(&place.alice(), server, id, Duration::ZERO).await;
        assert_eq!(found.err().unwrap().kind, Kind::NotFound, "{server} {id}");
    }
}

#[tokio::test]
async fn a_damaged_file_is_an_error_instead_of_wrong_bytes() {
    let place = Place::new().await;
    let id = place.upload(&vec![5; 200_000], "text/plain").await;
    flip_a_byte(&place.folder.path().join("media"));
    let content = place.open(&id).await.unwrap();
    let error = match content.chunks(0, content.size_bytes).await {
        Ok(mut chunks) => loop {
            match chunks.next().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("damage went unnoticed"),
                Err(error) => break error,
            }
        },
        Err(error) => error,
    };
    assert_eq!(error.kind, Kind::Internal);
}

fn flip_a_byte(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            flip_a_byte(&path);
        } else {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&path, bytes).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_part_is_the_part_of_the_whole(
        size in 1_usize..400_000,
        cuts in proptest::collection::vec((0..1000_usize, 0..1000_usize), 6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::new().await;
            let content: Vec<u8> = (0..size).map(|i| (i * 31 % 251).to_le_bytes()[0]).collect();
            let id = place.upload(&content, "text/plain").await;
            let found = place.open(&id).await.unwrap();
            for (a, b) in cuts {
                let (a, b) = (a * size / 1000, b * size / 1000);
                let (start, end) = (a.min(b), a.max(b));
                let part = bytes_of(&found, start as u64, end as u64).await;
                assert!(part == content[start..end], "{start}..{end} of {size}");
            }
        });
    }
}
