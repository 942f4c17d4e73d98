//! Where in a JSON text an error lies.

/// The path of the value that a parser had reached at a line and column, both counted from 1:
/// `room.timeline.limit`, `invite[2]`; empty for the outermost value.
///
/// Made for what `serde_json` says of a text that is JSON of the wrong shape. Column 0 of a line is
/// its start.
#[must_use]
pub fn path_at(text: &[u8], line: usize, column: usize) -> String {
    let mut walk = Walk::default();
    let mut rest = text.get(..offset(text, line, column)).unwrap_or(text);
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => {
                let end = string_end(after);
                walk.string(after.get(..end).unwrap_or_default());
                after.get(end + 1..).unwrap_or_default()
            }
            other => {
                walk.sign(*other);
                after
            }
        };
    }
    walk.path()
}

/// Bytes up to a line and column.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before = text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>().saturating_add(column).min(text.len())
}

/// Where the string ends whose opening quote has been read.
fn string_end(text: &[u8]) -> usize {
    let mut escaped = false;
    let quote = text.iter().position(|byte| match (escaped, byte) {
        (true, _) => {
            escaped = false;
            false
        }
        (false, b'\\') => {
            escaped = true;
            false
        }
        (false, byte) => *byte == b'"',
    });
    quote.unwrap_or(text.len())
}

/// An object or list that has been opened.
enum Open {
    /// The name whose value is read, and whether that has begun.
    Object(String, bool),
    /// The number of the item.
    List(usize),
}

#[derive(Default)]
struct Walk(Vec<Open>);

impl Walk {
    fn string(&mut self, text: &[u8]) {
        if let Some(Open::Object(name, false)) = self.0.last_mut() {
            *name = String::from_utf8_lossy(text).into_owned();
        }
    }

    fn sign(&mut self, byte: u8) {
        match (byte, self.0.last_mut()) {
            (b'{', _) => self.0.push(Open::Object(String::new(), false)),
            (b'[', _) => self.0.push(Open::List(0)),
            (b'}' | b']', _) => drop(self.0.pop()),
            (b':', Some(Open::Object(_, reading))) => *reading = true,
            (b',', Some(Open::Object(name, reading))) => {
                name.clear();
                *reading = false;
            }
            (b',', Some(Open::List(number))) => *number += 1,
            _ => {}
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.0 {
            match open {
                Open::Object(name, _) if name.is_empty() => {}
                Open::Object(name, _) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(name);
                }
                Open::List(number) => {
                    path.push('[');
                    path.push_str(&number.to_string());
                    path.push(']');
                }
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the shape counts")]
    struct Shape {
        #[serde(default)]
        limit: u32,
        #[serde(default)]
        list: Vec<String>,
        #[serde(default)]
        inner: BTreeMap<String, Vec<Needed>>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the shape counts")]
    struct Needed {
        id: String,
    }

    #[test]
    fn names_the_field_of_the_wrong_shape() {
        let table = [
            (r#"{"limit": "x"}"#, "limit"),
            (r#"{"list": [], "limit": -1}"#, "limit"),
            ("{\n \"list\": [\"a\",\n 7]\n}", "list[1]"),
            (r#"{"list": {"a": 1}}"#, "list"),
            (r#"{"inner": {"a \" b": [{"id": "x"}, {"id": null}]}}"#, r#"inner.a \" b[1].id"#),
            (r#"{"inner": {"a": [{"id": "x"}, {"no": 1}]}, "limit": 1}"#, "inner.a[1]"),
            ("7", ""),
        ];
        for (text, expected) in table {
            let error = serde_json::from_str::<Shape>(text).unwrap_err();
            assert_eq!(path_at(text.as_bytes(), error.line(), error.column()), expected, "{error}");
        }
    }

    #[test]
    fn what_is_not_json_does_no_harm() {
        for text in [&b"]]}}"[..], br#"{"a"#, br#"{"a\"#, b"{,,:[[[", b""] {
            for line in 0..4 {
                for column in 0..12 {
                    assert!(path_at(text, line, column).len() < 20);
                }
            }
        }
    }
}
