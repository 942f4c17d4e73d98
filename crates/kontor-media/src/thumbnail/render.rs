//! Decodes an image, reduces it, encodes the result. Runs on a blocking thread.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use kontor_core::{Error, Result};

use super::picture::{Picture, reader, unreadable};
use super::size::{Fit, Size, Variant, proportion};

/// JPEG quality of thumbnails, of 100.
const JPEG_QUALITY: u8 = 82;

/// A finished thumbnail.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: &'static str,
}

/// Reduces `file` to `variant`; `None` if the original is already the best answer.
///
/// An original that moves is never the answer here: whoever wants it moving asks for it.
pub(crate) fn render(file: &[u8], picture: &Picture, variant: Variant) -> Result<Option<Rendered>> {
    let fit = fit(picture, variant);
    if fit.target == picture.size && !picture.animated {
        return Ok(None);
    }
    let decoder =
        reader(file, picture.format).into_decoder().map_err(|cause| unreadable(&cause))?;
    let image = DynamicImage::from_decoder(decoder).map_err(|cause| unreadable(&cause))?;
    let mut small = reduce(image, fit);
    small.apply_orientation(picture.orientation);
    encode(&small).map(Some)
}

/// The cut and the result in the file's own orientation.
fn fit(picture: &Picture, variant: Variant) -> Fit {
    let variant = if picture.is_turned() {
        Variant { width: variant.height, height: variant.width, ..variant }
    } else {
        variant
    };
    variant.fit(picture.size)
}

fn reduce(image: DynamicImage, fit: Fit) -> DynamicImage {
    let Fit { part, target } = fit;
    let whole = if target == part {
        image
    } else {
        // The whole image is reduced before the cut: no second copy at full size.
        let width = proportion(image.width(), target.width, part.width).max(target.width);
        let height = proportion(image.height(), target.height, part.height).max(target.height);
        shrink(&image, Size { width, height })
    };
    if whole.width() == target.width && whole.height() == target.height {
        return whole;
    }
    let left = whole.width().saturating_sub(target.width) / 2;
    let top = whole.height().saturating_sub(target.height) / 2;
    whole.crop_imm(left, top, target.width, target.height)
}

/// Two steps for large images: averaging to twice the size is cheap, the filter then smooths.
fn shrink(image: &DynamicImage, to: Size) -> DynamicImage {
    let (double_width, double_height) = (to.width.saturating_mul(2), to.height.saturating_mul(2));
    if image.width() / 2 > double_width && image.height() / 2 > double_height {
        image.thumbnail_exact(double_width, double_height).resize_exact(
            to.width,
            to.height,
            FilterType::Triangle,
        )
    } else {
        image.resize_exact(to.width, to.height, FilterType::Triangle)
    }
}

/// PNG where something shines through, JPEG otherwise.
fn encode(image: &DynamicImage) -> Result<Rendered> {
    let mut bytes = Cursor::new(Vec::new());
    if is_translucent(image) {
        let rgba = DynamicImage::ImageRgba8(image.to_rgba8());
        rgba.write_to(&mut bytes, ImageFormat::Png).map_err(Error::internal)?;
        return Ok(Rendered { bytes: bytes.into_inner(), content_type: "image/png" });
    }
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    image.to_rgb8().write_with_encoder(encoder).map_err(Error::internal)?;
    Ok(Rendered { bytes: bytes.into_inner(), content_type: "image/jpeg" })
}

fn is_translucent(image: &DynamicImage) -> bool {
    image.has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

#[cfg(test)]
mod tests;
