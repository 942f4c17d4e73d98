//! Looks at the first bytes of a file: is it an image we reduce, how large, does it move?

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader, Limits};
use kontor_core::{Error, MatrixCode, Result};

use super::size::Size;

/// Largest image, decoded, in bytes: 33 million pixels in RGB.
pub(crate) const DECODED_LIMIT_BYTES: u64 = 96 * 1024 * 1024;

/// Longest side of an image, in pixels.
const SIDE_LIMIT_PIXELS: u32 = 20_000;

/// What is known of an image before it is decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture {
    pub(crate) format: ImageFormat,
    /// As stored in the file, before the orientation is applied.
    pub(crate) size: Size,
    pub(crate) orientation: Orientation,
    pub(crate) animated: bool,
    /// Memory the decoded image takes, in bytes.
    pub(crate) decoded_bytes: u64,
}

impl Picture {
    /// Reads the header of `file`; decodes no pixel.
    ///
    /// # Errors
    /// `M_UNKNOWN` if it is no image of a kind we reduce (for instance because it is encrypted),
    /// `M_TOO_LARGE` if it would take too much memory.
    pub(crate) fn inspect(file: &[u8]) -> Result<Self> {
        let format = format_of(file)?;
        let mut decoder =
            reader(file, format).into_decoder().map_err(|cause| unreadable(&cause))?;
        let (width, height) = decoder.dimensions();
        let decoded_bytes = decoder.total_bytes();
        if width > SIDE_LIMIT_PIXELS
            || height > SIDE_LIMIT_PIXELS
            || decoded_bytes > DECODED_LIMIT_BYTES
        {
            return Err(too_large());
        }
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let animated = is_animated(file, format);
        Ok(Self { format, size: Size { width, height }, orientation, animated, decoded_bytes })
    }

    /// Whether applying the orientation swaps width and height.
    pub(crate) fn is_turned(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }
}

/// A reader that refuses to allocate more than an image of the largest size needs.
pub(crate) fn reader(file: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_LIMIT_PIXELS);
    limits.max_image_height = Some(SIDE_LIMIT_PIXELS);
    limits.max_alloc = Some(2 * DECODED_LIMIT_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    reader
}

/// The answer to an image that would take too much memory.
pub(crate) fn too_large() -> Error {
    Error::limited(MatrixCode::TooLarge, "Content is too large to thumbnail.")
}

/// The answer to a file that does not decode.
pub(crate) fn unreadable(cause: &image::ImageError) -> Error {
    match cause {
        image::ImageError::Limits(_) => too_large(),
        _ => not_an_image(),
    }
}

/// The answer to a file that is no image.
pub(crate) fn not_an_image() -> Error {
    Error::invalid(MatrixCode::Unknown, "Cannot generate thumbnails for the requested content.")
}

/// Recognizes the format by its first bytes; what the uploader claimed does not matter.
pub(crate) fn format_of(file: &[u8]) -> Result<ImageFormat> {
    match image::guess_format(file) {
        Ok(
            format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP),
        ) => Ok(format),
        _ => Err(not_an_image()),
    }
}

fn is_animated(file: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Gif => gif_frames(file).unwrap_or(0) > 1,
        ImageFormat::Png => {
            PngDecoder::new(Cursor::new(file)).is_ok_and(|png| png.is_apng().unwrap_or(false))
        }
        ImageFormat::WebP => {
            WebPDecoder::new(Cursor::new(file)).is_ok_and(|webp| webp.has_animation())
        }
        _ => false,
    }
}

/// Number of frames in a GIF file, counted up to two by walking its blocks; `None` if it is cut
/// off before that is known.
fn gif_frames(file: &[u8]) -> Option<u32> {
    let flags = *file.get(10)?;
    let mut at = 13 + color_table_bytes(flags);
    let mut frames = 0;
    loop {
        match *file.get(at)? {
            0x21 => at = skip_sub_blocks(file, at + 2)?,
            0x2c => {
                frames += 1;
                if frames > 1 {
                    return Some(frames);
                }
                let flags = *file.get(at + 9)?;
                at = skip_sub_blocks(file, at + 11 + color_table_bytes(flags))?;
            }
            _ => return Some(frames),
        }
    }
}

fn color_table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn skip_sub_blocks(file: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*file.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}
