//! The `Range` header (RFC 9110 §14): which part of a file is asked for.

/// What of a file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it (200).
    Whole,
    /// Bytes from `start` to just before `end` (206).
    Part {
        /// First byte.
        start: u64,
        /// One past the last byte; greater than `start`, at most the file's size.
        end: u64,
    },
    /// Nothing of what is asked for exists (416).
    Nothing,
}

/// Reads a `Range` header for a file of `size` bytes.
///
/// A header that is malformed, of another unit, or asks for several parts at once is ignored, as
/// the RFC allows: the whole file is a correct answer to it.
pub(crate) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some(spec) = header.and_then(bytes_spec) else { return Wanted::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Wanted::Whole };
    match (number(first), number(last)) {
        (Ok(Some(first)), Ok(last)) => {
            if last.is_some_and(|last| last < first) {
                return Wanted::Whole;
            }
            let end = last.map_or(size, |last| last.saturating_add(1).min(size));
            part(first, end)
        }
        (Ok(None), Ok(Some(count))) => part(size.saturating_sub(count), size),
        _ => Wanted::Whole,
    }
}

fn part(start: u64, end: u64) -> Wanted {
    if start < end { Wanted::Part { start, end } } else { Wanted::Nothing }
}

/// The part after `bytes=`, if it is a single range.
fn bytes_spec(header: &str) -> Option<&str> {
    let (unit, spec) = header.split_once('=')?;
    (unit.trim().eq_ignore_ascii_case("bytes") && !spec.contains(',')).then_some(spec.trim())
}

/// A number, nothing, or a mistake. Numbers too large for 64 bits are the largest there is.
fn number(text: &str) -> Result<Option<u64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(());
    }
    Ok(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn follows_the_table() {
        let table = [
            (None, Wanted::Whole),
            (Some("bytes=0-9"), Wanted::Part { start: 0, end: 10 }),
            (Some("bytes=0-0"), Wanted::Part { start: 0, end: 1 }),
            (Some("bytes=90-"), Wanted::Part { start: 90, end: 100 }),
            (Some("bytes=90-1000"), Wanted::Part { start: 90, end: 100 }),
            (Some("bytes=-10"), Wanted::Part { start: 90, end: 100 }),
            (Some("bytes=-1000"), Wanted::Part { start: 0, end: 100 }),
            (Some("Bytes = 5-6"), Wanted::Part { start: 5, end: 7 }),
            (Some("bytes=0-99999999999999999999999"), Wanted::Part { start: 0, end: 100 }),
            (Some("bytes=100-"), Wanted::Nothing),
            (Some("bytes=100-200"), Wanted::Nothing),
            (Some("bytes=99999999999999999999999-"), Wanted::Nothing),
            (Some("bytes=-0"), Wanted::Nothing),
            (Some("bytes=9-0"), Wanted::Whole),
            (Some("bytes=0-1,5-6"), Wanted::Whole),
            (Some("bytes=a-b"), Wanted::Whole),
            (Some("bytes=-"), Wanted::Whole),
            (Some("bytes=+1-2"), Wanted::Whole),
            (Some("lines=0-1"), Wanted::Whole),
            (Some("bytes"), Wanted::Whole),
            (Some(""), Wanted::Whole),
        ];
        for (header, expected) in table {
            assert_eq!(wanted(header, 100), expected, "{header:?}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
        assert_eq!(wanted(Some("bytes=-5"), 0), Wanted::Nothing);
    }

    proptest! {
        #[test]
        fn a_part_lies_inside_the_file_and_is_not_empty(header in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 0u64..5000) {
            if let Wanted::Part { start, end } = wanted(Some(&header), size) {
                prop_assert!(start < end && end <= size);
            }
        }

        #[test]
        fn a_well_formed_range_gives_exactly_those_bytes(a in 0u64..2000, b in 0u64..2000, size in 1u64..2000) {
            let (first, last) = (a.min(b), a.max(b));
            let expected = if first < size {
                Wanted::Part { start: first, end: (last + 1).min(size) }
            } else {
                Wanted::Nothing
            };
            prop_assert_eq!(wanted(Some(&format!("bytes={first}-{last}")), size), expected);
        }

        #[test]
        fn any_text_is_answered(header in ".{0,40}", size: u64) {
            let _answered = wanted(Some(&header), size);
        }
    }
}
