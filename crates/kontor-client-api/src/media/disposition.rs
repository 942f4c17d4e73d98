//! The `Content-Disposition` header: may a browser show this, and under which name is it saved.

use http::HeaderValue;

/// Types a browser shows without risk (spec: client-server API, "Serving inline content").
const INLINE_TYPES: [&str; 26] = [
    "text/css",
    "text/plain",
    "text/csv",
    "application/json",
    "application/ld+json",
    "image/jpeg",
    "image/gif",
    "image/png",
    "image/apng",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
    "audio/mp4",
    "audio/webm",
    "audio/aac",
    "audio/mpeg",
    "audio/ogg",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/x-pn-wav",
    "audio/flac",
    "audio/x-flac",
];

/// The header for a file of `content_type`, to be saved as `file_name` if it has one.
///
/// A plain name is quoted (RFC 6266), any other is percent-encoded UTF-8 (RFC 8187); so no name
/// can break out of the header.
pub(crate) fn content_disposition(content_type: &str, file_name: Option<&str>) -> HeaderValue {
    let kind = if is_inline(content_type) { "inline" } else { "attachment" };
    let text = match file_name {
        None => kind.to_owned(),
        Some(name) if is_plain(name) => format!("{kind}; filename=\"{}\"", quoted(name)),
        Some(name) => format!("{kind}; filename*=utf-8''{}", percent_encoded(name)),
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Whether the type, without parameters such as `charset`, is on the list.
fn is_inline(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    INLINE_TYPES.iter().any(|allowed| essence.eq_ignore_ascii_case(allowed))
}

/// Printable ASCII that browsers read alike in a quoted string. A percent sign is not: some
/// browsers decode it.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%')
}

fn quoted(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Percent-encodes everything but the `attr-char`s of RFC 8187.
fn percent_encoded(name: &str) -> String {
    name.bytes().fold(String::with_capacity(name.len() * 3), |mut text, byte| {
        let is_attr_char = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        if is_attr_char {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for nibble in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                text.push(digit.to_ascii_uppercase());
            }
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use ruma::http_headers::ContentDisposition;

    use super::*;

    #[test]
    fn follows_the_table() {
        let table = [
            ("image/png", None, "inline"),
            ("IMAGE/PNG", None, "inline"),
            ("image/png; foo=bar", None, "inline"),
            ("text/plain; charset=utf-8", Some("a.txt"), "inline; filename=\"a.txt\""),
            ("text/html", None, "attachment"),
            ("text/html", Some("x.html"), "attachment; filename=\"x.html\""),
            ("image/svg+xml", None, "attachment"),
            ("application/xhtml+xml", None, "attachment"),
            ("application/pdf", None, "attachment"),
            ("application/octet-stream", None, "attachment"),
            ("text/javascript", None, "attachment"),
            ("application/xml", None, "attachment"),
            ("image/png, text/html", None, "attachment"),
            ("", None, "attachment"),
            ("image/png", Some("a b.png"), "inline; filename=\"a b.png\""),
            ("image/png", Some("a\"b\\.png"), "inline; filename=\"a\\\"b\\\\.png\""),
            ("image/png", Some("Größe.png"), "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe.png"),
            ("image/png", Some("a\r\nX: y"), "inline; filename*=utf-8''a%0D%0AX%3A%20y"),
            ("image/png", Some("50%.png"), "inline; filename*=utf-8''50%25.png"),
            ("image/png", Some("名.png"), "inline; filename*=utf-8''%E5%90%8D.png"),
        ];
        for (content_type, name, expected) in table {
            assert_eq!(
                content_disposition(content_type, name),
                expected,
                "{content_type} {name:?}"
            );
        }
    }

    #[test]
    fn every_type_on_the_list_is_shown() {
        for content_type in INLINE_TYPES {
            assert_eq!(content_disposition(content_type, None), "inline");
        }
    }

    #[test]
    fn clients_read_the_same_name_back() {
        let names =
            ["a.txt", "a b;c,d.txt", "\"quoted\" \\ back", "Grüße ✓.pdf", "50%", "a'b", "\n"];
        for name in names {
            let header = content_disposition("text/plain", Some(name));
            let read = ContentDisposition::try_from(header.as_bytes()).unwrap();
            assert_eq!(read.filename.as_deref(), Some(name));
        }
    }
}
