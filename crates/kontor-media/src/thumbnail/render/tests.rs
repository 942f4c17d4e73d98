use image::codecs::gif::GifEncoder;
use image::{Delay, Frame, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};
use kontor_core::{Kind, MatrixCode};

use super::super::size::Method;
use super::*;

fn png(image: &DynamicImage) -> Vec<u8> {
    encoded(image, ImageFormat::Png)
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left half red, right half blue.
fn two_colors(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) }
    }))
}

fn thumbnail(file: &[u8], variant: Variant) -> Result<Option<Rendered>> {
    render(file, &Picture::inspect(file)?, variant)
}

fn size_of(rendered: &Rendered) -> (u32, u32) {
    image::load_from_memory(&rendered.bytes).unwrap().dimensions()
}

#[test]
fn reduces_every_format_to_each_size_of_the_specification() {
    let sizes = [
        (32, 32, Method::Crop, (32, 32)),
        (96, 96, Method::Crop, (96, 96)),
        (320, 240, Method::Scale, (320, 160)),
        (640, 480, Method::Scale, (640, 320)),
        (800, 600, Method::Scale, (800, 400)),
    ];
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let file = encoded(&two_colors(1000, 500), format);
        for (width, height, method, expected) in sizes {
            let made =
                thumbnail(&file, Variant::containing(width, height, method)).unwrap().unwrap();
            assert_eq!(size_of(&made), expected, "{format:?} {width}x{height}");
            assert_eq!(made.content_type, "image/jpeg");
        }
    }
}

#[test]
fn an_image_smaller_than_asked_for_serves_as_it_is() {
    let file = png(&two_colors(100, 80));
    assert!(thumbnail(&file, Variant::containing(320, 240, Method::Scale)).unwrap().is_none());
    assert!(thumbnail(&file, Variant::containing(9999, 9999, Method::Crop)).unwrap().is_none());
}

#[test]
fn crop_does_not_enlarge_a_small_image() {
    let file = png(&two_colors(300, 50));
    let made = thumbnail(&file, Variant::containing(96, 96, Method::Crop)).unwrap().unwrap();
    assert_eq!(size_of(&made), (50, 50));
}

#[test]
fn keeps_transparency() {
    let image = RgbaImage::from_pixel(200, 200, Rgba([1, 2, 3, 100]));
    let file = png(&DynamicImage::ImageRgba8(image));
    let made = thumbnail(&file, Variant::containing(32, 32, Method::Crop)).unwrap().unwrap();
    assert_eq!(made.content_type, "image/png");
    assert_eq!(image::load_from_memory(&made.bytes).unwrap().get_pixel(5, 5).0[3], 100);
}

#[test]
fn honours_the_camera_orientation() {
    // Lying file, red on the left; orientation 6 turns it clockwise: red ends up on top.
    let file = turned(&encoded(&two_colors(800, 400), ImageFormat::Jpeg), 6);
    let made = thumbnail(&file, Variant::containing(320, 240, Method::Scale)).unwrap().unwrap();
    assert_eq!(size_of(&made), (120, 240));
    let image = image::load_from_memory(&made.bytes).unwrap();
    assert!(image.get_pixel(60, 20).0[0] > 150, "top is red");
    assert!(image.get_pixel(60, 220).0[2] > 150, "bottom is blue");
}

/// `jpeg` with an EXIF segment that carries `orientation`.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
    let mut file = jpeg[..2].to_vec();
    file.extend([0xff, 0xe1]);
    file.extend(length);
    file.extend(tiff);
    file.extend(&jpeg[2..]);
    file
}

#[test]
fn an_animation_becomes_a_still_picture() {
    let file = animation(64, 64);
    assert!(Picture::inspect(&file).unwrap().animated);
    let made = thumbnail(&file, Variant::containing(320, 240, Method::Scale)).unwrap().unwrap();
    assert_eq!(made.content_type, "image/jpeg");
    assert_eq!(size_of(&made), (64, 64));
}

fn animation(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    for shade in [10, 200] {
        let image = RgbaImage::from_pixel(width, height, Rgba([shade, 0, 0, 255]));
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(Frame::from_parts(image, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    file
}

#[test]
fn a_single_frame_gif_does_not_move() {
    let file = encoded(&two_colors(10, 10), ImageFormat::Gif);
    assert!(!Picture::inspect(&file).unwrap().animated);
}

#[test]
fn refuses_what_is_no_image() {
    let rejected: [&[u8]; 5] = [b"", b"<svg></svg>", b"%PDF-1.7", &[7; 4096], b"\x89PNG\r\n\x1a\n"];
    for file in rejected {
        let error = thumbnail(file, Variant::containing(32, 32, Method::Crop)).unwrap_err();
        assert_eq!((error.kind, error.code), (Kind::Invalid, Some(MatrixCode::Unknown)));
    }
}

#[test]
fn refuses_a_cut_off_image() {
    let file = png(&two_colors(500, 500));
    let error = thumbnail(&file[..file.len() / 2], Variant::containing(32, 32, Method::Crop));
    assert_eq!(error.unwrap_err().kind, Kind::Invalid);
}

/// A PNG file whose header claims `width` × `height`, followed by no pixels.
fn claimed_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file.extend([8, 6, 0, 0, 0]);
    let sum = crc32(&file[12..]);
    file.extend(sum.to_be_bytes());
    file.extend(b"\0\0\0\x0aIDAT\x78\x9c\x63\0\0\0\x02\0\x01");
    file.extend(crc32(b"IDAT\x78\x9c\x63\0\0\0\x02\0\x01").to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}

#[test]
fn refuses_decompression_bombs_before_decoding() {
    for (width, height) in [(60_000, 60_000), (19_999, 19_999), (1, 2_000_000), (6_000, 6_000)] {
        let error = Picture::inspect(&claimed_png(width, height)).unwrap_err();
        assert_eq!(error.code, Some(MatrixCode::TooLarge), "{width}x{height}");
    }
}

#[test]
fn a_gif_of_gigantic_claims_is_refused() {
    let mut file = b"GIF89a".to_vec();
    file.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0]);
    file.extend([0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x4c, 1, 0, 0x3b]);
    assert_eq!(Picture::inspect(&file).unwrap_err().code, Some(MatrixCode::TooLarge));
}

#[test]
fn an_absurdly_long_strip_works() {
    let file = png(&two_colors(10_000, 2));
    let made = thumbnail(&file, Variant::containing(320, 240, Method::Scale)).unwrap().unwrap();
    assert_eq!(size_of(&made), (320, 1));
    let made = thumbnail(&file, Variant::containing(32, 32, Method::Crop)).unwrap().unwrap();
    assert_eq!(size_of(&made), (2, 2));
}

mod random {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn flipped_bytes_never_panic(at in proptest::collection::vec((0usize..3000, any::<u8>()), 1..12), which in 0usize..4) {
            let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP][which];
            let mut file = encoded(&two_colors(60, 40), format);
            for (position, value) in at {
                let length = file.len();
                file[position % length] = value;
            }
            drop(thumbnail(&file, Variant::containing(32, 32, Method::Crop)));
        }
    }
}
