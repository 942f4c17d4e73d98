//! Thumbnails.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use super::upload;
use crate::server::{NAME, Server};

fn png(width: u32, height: u32) -> Vec<u8> {
    let image =
        RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn path_of(id: &str, query: &str) -> String {
    format!("/_matrix/client/v1/media/thumbnail/{NAME}/{id}?{query}")
}

#[tokio::test]
async fn each_size_of_the_specification_is_served() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let id = upload(&alice, &png(1000, 500), "image/png", Some("Bild.png")).await;
    let table = [
        ("width=32&height=32&method=crop", (32, 32)),
        ("width=96&height=96&method=crop", (96, 96)),
        ("width=320&height=240&method=scale", (320, 160)),
        ("width=640&height=480", (640, 320)),
        ("width=800&height=600&animated=false", (800, 400)),
    ];
    for (query, size) in table {
        let answer = alice.request("GET", &path_of(&id, query)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{query}");
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        assert_eq!(answer.headers()["content-disposition"], "inline; filename=\"thumbnail.jpeg\"");
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().dimensions(), size, "{query}");
    }
}

#[tokio::test]
async fn wrong_requests_and_what_is_no_image_are_refused() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let image = upload(&alice, &png(200, 200), "image/png", None).await;
    let encrypted = upload(&alice, &[0xa5; 5_000], "image/png", None).await;
    let table = [
        (&image, "width=0&height=32", 400, "M_INVALID_PARAM"),
        (&image, "width=-1&height=32", 400, "M_INVALID_PARAM"),
        (&image, "width=1.5&height=32", 400, "M_INVALID_PARAM"),
        (&image, "width=x&height=32", 400, "M_INVALID_PARAM"),
        (&image, "width=32&height=32&method=stretch", 400, "M_INVALID_PARAM"),
        (&image, "height=32", 400, "M_MISSING_PARAM"),
        (&encrypted, "width=32&height=32", 400, "M_UNKNOWN"),
    ];
    for (id, query, status, errcode) in table {
        let answer = alice.request("GET", &path_of(id, query)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{query}");
        let json: Value = answer.json().await.unwrap();
        assert_eq!(json["errcode"], errcode, "{query}");
    }
}

#[tokio::test]
async fn a_bomb_costs_no_memory() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    // 19,000 × 19,000 pixels in a file of a few dozen kilobytes; decoded, 344 MiB.
    let bomb = flat_png(19_000, 19_000);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let id = upload(&alice, &bomb, "image/png", None).await;
    let before = server.resident_mebibytes();
    let answer = alice.request("GET", &path_of(&id, "width=32&height=32&method=crop"));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 413);
    let json: Value = answer.json().await.unwrap();
    assert_eq!(json["errcode"], "M_TOO_LARGE");
    let grown = server.resident_mebibytes().saturating_sub(before);
    assert!(grown < 50, "{grown} MiB");
}

/// One color; made row by row without holding the pixels.
fn flat_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0_u8; (width as usize).div_ceil(8)];
    for _ in 0..height {
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    file
}
