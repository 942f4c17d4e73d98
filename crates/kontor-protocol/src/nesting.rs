//! How deep JSON nests.

use memchr::memchr2;

/// How deep objects and lists nest in a text that may be JSON; 0 for a plain value.
///
/// Looks at brackets and quotes only, so it costs little and cannot fail; in a text that is not
/// JSON the answer means nothing.
#[must_use]
pub fn nesting(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => rest = behind_string(after),
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// What follows the string whose opening quote has been read.
fn behind_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', text) {
        let escapes = text.get(at) == Some(&b'\\');
        text = text.get(at + if escapes { 2 } else { 1 }..).unwrap_or_default();
        if !escapes {
            return text;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_text_do_not_nest() {
        let table: [(&[u8], usize); 9] = [
            (b"1", 0),
            (b"{}", 1),
            (br#"{"a":[{"b":1},{}]}"#, 3),
            (br#"{"a":[1,{"b":2}],"c":"[[[[\"{{"}"#, 3),
            (br#"{"a":"[[[["}"#, 1),
            (br#"{"a":"\"[[[["}"#, 1),
            (br#"{"a":"\\"}"#, 1),
            (br#"["\\",["\\\"",[]]]"#, 3),
            (b"]]][[", 2),
        ];
        for (text, expected) in table {
            assert_eq!(nesting(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_is_not_json_does_no_harm() {
        for text in [&br#"["[["#[..], br#""\"#, b"]]]", br#"{"a":"\"#] {
            assert!(nesting(text) <= 1);
        }
    }
}
