//! Thumbnails through the service: made once, kept, shared by all sizes that fit.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage};
use kontor_core::{MatrixCode, Result};
use kontor_media::{Content, Method, Wish};

use crate::place::{Place, SERVER, bytes_of};

fn png(width: u32, height: u32) -> Vec<u8> {
    let image =
        RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn thumbnail(place: &Place, id: &str, wish: (u32, u32, Method)) -> Result<Content> {
    let (width, height, method) = wish;
    let wish = Wish { width, height, method, animated: false };
    place.media.thumbnail(&place.bob(), (SERVER, id), wish, Duration::ZERO).await
}

#[tokio::test]
async fn a_thumbnail_is_made_once_and_kept() {
    let place = Place::new().await;
    let id = place.upload(&png(1000, 600), "image/png").await;
    let first = thumbnail(&place, &id, (300, 200, Method::Scale)).await.unwrap();
    assert_eq!(place.blob_files(), 2);
    let second = thumbnail(&place, &id, (310, 210, Method::Scale)).await.unwrap();
    assert_eq!(place.blob_files(), 2);
    assert_eq!(first.tag, second.tag);
    let bytes = bytes_of(&first, 0, first.size_bytes).await;
    assert_eq!(image::load_from_memory(&bytes).unwrap().dimensions(), (320, 192));
    assert_eq!(first.content_type, "image/jpeg");
    assert_eq!(first.file_name.as_deref(), Some("thumbnail.jpeg"));
}

#[tokio::test]
async fn a_small_image_is_its_own_thumbnail() {
    let place = Place::new().await;
    let file = png(100, 60);
    let id = place.upload(&file, "application/octet-stream").await;
    let found = thumbnail(&place, &id, (800, 600, Method::Scale)).await.unwrap();
    assert_eq!(found.content_type, "image/png");
    assert_eq!(bytes_of(&found, 0, found.size_bytes).await, file);
    assert_eq!(place.blob_files(), 1);
}

#[tokio::test]
async fn what_is_no_image_has_no_thumbnail() {
    let place = Place::new().await;
    let id = place.upload(&[0xa5; 5000], "image/png").await;
    let error = thumbnail(&place, &id, (32, 32, Method::Crop)).await.err().unwrap();
    assert_eq!(error.code, Some(MatrixCode::Unknown));
    let id = place.upload(b"", "image/png").await;
    assert!(thumbnail(&place, &id, (32, 32, Method::Crop)).await.is_err());
}

#[tokio::test]
async fn a_size_of_zero_is_refused() {
    let place = Place::new().await;
    let id = place.upload(&png(10, 10), "image/png").await;
    let error = thumbnail(&place, &id, (0, 32, Method::Crop)).await.err().unwrap();
    assert_eq!(error.code, Some(MatrixCode::InvalidParam));
}

#[tokio::test]
async fn many_requests_at_once_make_one_thumbnail() {
    let place = Place::new().await;
    let id = place.upload(&png(900, 900), "image/png").await;
    let wish = (96, 96, Method::Crop);
    let (a, b, c, d) = tokio::join!(
        thumbnail(&place, &id, wish),
        thumbnail(&place, &id, wish),
        thumbnail(&place, &id, wish),
        thumbnail(&place, &id, wish),
    );
    for content in [a, b, c, d] {
        assert_eq!(content.unwrap().content_type, "image/jpeg");
    }
    assert_eq!(place.blob_files(), 2);
}

#[tokio::test]
async fn a_large_image_waits_for_its_share_of_memory() {
    let place = Place::new().await;
    // 5,000 × 4,000 in RGB decodes to 57 MiB: more than the share everybody gets.
    let id = place.upload(&png(5000, 4000), "image/png").await;
    let (a, b) = tokio::join!(
        thumbnail(&place, &id, (32, 32, Method::Crop)),
        thumbnail(&place, &id, (800, 600, Method::Scale)),
    );
    assert!(a.is_ok() && b.is_ok());
}

#[tokio::test]
async fn deleting_a_file_deletes_its_thumbnails() {
    let place = Place::new().await;
    let id = place.upload(&png(900, 900), "image/png").await;
    thumbnail(&place, &id, (96, 96, Method::Crop)).await.unwrap();
    assert!(place.media.delete(&place.alice(), &id).await.unwrap());
    assert_eq!(place.blob_files(), 0);
}
