//! Which thumbnail a request gets, and how large it becomes. Integer arithmetic, no image data.

/// How an image is made to fit (spec: client-server API, "Thumbnails").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Method {
    /// Keeps the aspect ratio; the result fits inside the box.
    #[default]
    Scale,
    /// Takes the middle, in the aspect ratio of the box.
    Crop,
}

impl Method {
    /// The name in the specification and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Crop => "crop",
        }
    }
}

/// One of the few thumbnails that are kept per image. Sizes in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Width of the box.
    pub width: u32,
    /// Height of the box.
    pub height: u32,
    /// How the image is made to fit.
    pub method: Method,
}

/// The size of an image, or of a part of it, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// What to cut out of the middle of an image, and the size to bring it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    /// The part of the image that is kept; its middle is the image's middle.
    pub(crate) part: Size,
    /// The size of the result; never larger than `part`.
    pub(crate) target: Size,
}

/// Boxes for `scale`: the specification's, one for dense screens, and one nothing exceeds.
const SCALE_BOXES: [(u32, u32); 5] =
    [(320, 240), (640, 480), (800, 600), (1600, 1200), (Variant::LARGEST, Variant::LARGEST)];

/// Boxes for `crop`: the specification's, and larger squares and landscapes.
const CROP_BOXES: [(u32, u32); 10] = [
    (32, 32),
    (96, 96),
    (240, 240),
    (320, 240),
    (480, 480),
    (640, 480),
    (800, 600),
    (800, 800),
    (1600, 1200),
    (1600, 1600),
];

impl Variant {
    /// Side of the box that no accepted image exceeds: the original serves as its thumbnail.
    pub(crate) const LARGEST: u32 = 65_535;

    /// The kept variant for a request: the smallest box that contains it, and for `crop` among
    /// those whose aspect ratio is nearest.
    ///
    /// A fixed list, so that nobody can fill the disk by asking for every size there is.
    #[must_use]
    pub(crate) fn containing(width: u32, height: u32, method: Method) -> Self {
        let fits = |(w, h): &&(u32, u32)| *w >= width && *h >= height;
        let found = match method {
            Method::Scale => SCALE_BOXES.iter().find(fits),
            Method::Crop => CROP_BOXES.iter().filter(fits).min_by_key(|(w, h)| {
                (skew((*w, *h), (width, height)), u64::from(*w) * u64::from(*h))
            }),
        };
        let (width, height) = found.copied().unwrap_or((Self::LARGEST, Self::LARGEST));
        // Cutting to the square of the largest box would still cut; nothing is cut there.
        let method = if width == Self::LARGEST { Method::Scale } else { method };
        Self { width, height, method }
    }

    /// The cut and the result for an image of `size`; never larger than the image.
    pub(crate) fn fit(self, size: Size) -> Fit {
        let part = match self.method {
            Method::Scale => size,
            Method::Crop => largest_part(size, Size { width: self.width, height: self.height }),
        };
        Fit { part, target: shrunk(part, Size { width: self.width, height: self.height }) }
    }
}

/// How far two aspect ratios lie apart: the larger over the smaller, in thousandths, in steps
/// coarse enough that a pixel of rounding in the request does not matter.
fn skew(a: (u32, u32), b: (u32, u32)) -> u64 {
    let ab = u64::from(a.0) * u64::from(b.1).max(1);
    let ba = u64::from(a.1).max(1) * u64::from(b.0);
    let (low, high) = if ab < ba { (ab, ba) } else { (ba, ab) };
    high.saturating_mul(20) / low.max(1)
}

/// The largest part of `size` with the aspect ratio of `shape`.
fn largest_part(size: Size, shape: Size) -> Size {
    let wide = u64::from(size.width) * u64::from(shape.height);
    let high = u64::from(size.height) * u64::from(shape.width);
    if wide > high {
        Size { width: proportion(size.height, shape.width, shape.height), height: size.height }
    } else {
        Size { width: size.width, height: proportion(size.width, shape.height, shape.width) }
    }
}

/// `size` made to fit into `limit`, in its own aspect ratio; unchanged if it fits already.
fn shrunk(size: Size, limit: Size) -> Size {
    if size.width <= limit.width && size.height <= limit.height {
        return size;
    }
    let wide = u64::from(size.width) * u64::from(limit.height);
    let high = u64::from(size.height) * u64::from(limit.width);
    if wide > high {
        Size { width: limit.width, height: proportion(limit.width, size.height, size.width) }
    } else {
        Size { width: proportion(limit.height, size.width, size.height), height: limit.height }
    }
}

/// `value * numerator / denominator`, rounded, at least 1.
pub(crate) fn proportion(value: u32, numerator: u32, denominator: u32) -> u32 {
    let denominator = u64::from(denominator).max(1);
    let scaled = (u64::from(value) * u64::from(numerator) + denominator / 2) / denominator;
    u32::try_from(scaled.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gives_the_sizes_of_the_specification() {
        let table = [
            ((32, 32, Method::Crop), (32, 32)),
            ((96, 96, Method::Crop), (96, 96)),
            ((48, 48, Method::Crop), (96, 96)),
            ((320, 240, Method::Scale), (320, 240)),
            ((321, 240, Method::Scale), (640, 480)),
            ((640, 480, Method::Scale), (640, 480)),
            ((800, 600, Method::Scale), (800, 600)),
            ((1, 1, Method::Scale), (320, 240)),
            ((128, 128, Method::Crop), (240, 240)),
            ((256, 192, Method::Crop), (320, 240)),
            ((9_000, 9_000, Method::Scale), (Variant::LARGEST, Variant::LARGEST)),
            ((9_000, 9_000, Method::Crop), (Variant::LARGEST, Variant::LARGEST)),
        ];
        for ((width, height, method), expected) in table {
            let variant = Variant::containing(width, height, method);
            assert_eq!((variant.width, variant.height), expected, "{width}x{height} {method:?}");
        }
    }

    #[test]
    fn crops_the_middle_in_the_aspect_ratio_asked_for() {
        let fit = Variant::containing(96, 96, Method::Crop).fit(Size { width: 400, height: 200 });
        assert_eq!(fit.part, Size { width: 200, height: 200 });
        assert_eq!(fit.target, Size { width: 96, height: 96 });
    }

    #[test]
    fn scales_into_the_box() {
        let fit =
            Variant::containing(320, 240, Method::Scale).fit(Size { width: 4000, height: 1000 });
        assert_eq!(fit.target, Size { width: 320, height: 80 });
    }

    proptest! {
        #[test]
        fn a_thumbnail_is_never_larger_than_the_image_nor_empty(
            w in 1u32..20_000, h in 1u32..20_000, rw in 1u32..5_000, rh in 1u32..5_000, crop: bool,
        ) {
            let method = if crop { Method::Crop } else { Method::Scale };
            let fit = Variant::containing(rw, rh, method).fit(Size { width: w, height: h });
            prop_assert!(fit.part.width <= w && fit.part.height <= h);
            prop_assert!(fit.target.width <= fit.part.width && fit.target.height <= fit.part.height);
            prop_assert!(fit.target.width >= 1 && fit.target.height >= 1);
        }

        #[test]
        fn the_box_contains_the_request(rw in 1u32..5_000, rh in 1u32..5_000, crop: bool) {
            let method = if crop { Method::Crop } else { Method::Scale };
            let variant = Variant::containing(rw, rh, method);
            prop_assert!(variant.width >= rw && variant.height >= rh);
        }
    }
}
