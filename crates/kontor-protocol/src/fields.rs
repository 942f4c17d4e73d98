//! Parts of events that a filter asks for (spec: "Filtering", `event_fields`).

use serde_json::{Map, Value};

/// The fields to keep, each a path of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields(Vec<Vec<String>>);

impl Fields {
    /// Reads `event_fields`: names joined by dots, in which `\.` is a dot and `\\` a backslash.
    #[must_use]
    pub fn new(paths: &[String]) -> Self {
        Self(paths.iter().map(|path| names(path)).collect())
    }

    /// What is left of an event.
    #[must_use]
    pub fn of(&self, event: &Value) -> Value {
        let mut kept = Value::Object(Map::new());
        for path in &self.0 {
            keep(&mut kept, event, path);
        }
        kept
    }
}

fn names(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '.' => names.push(String::new()),
            '\\' => match letters.next() {
                Some(escaped @ ('.' | '\\')) => push(&mut names, escaped),
                Some(other) => {
                    push(&mut names, '\\');
                    push(&mut names, other);
                }
                None => push(&mut names, '\\'),
            },
            other => push(&mut names, other),
        }
    }
    names
}

fn push(names: &mut [String], letter: char) {
    if let Some(name) = names.last_mut() {
        name.push(letter);
    }
}

/// Copies what stands at `path` in `from` to the same place in `to`, if there is anything.
fn keep(to: &mut Value, from: &Value, path: &[String]) {
    let Some((name, rest)) = path.split_first() else { return };
    let (Value::Object(to), Some(found)) = (to, from.get(name)) else { return };
    if rest.is_empty() {
        to.insert(name.clone(), found.clone());
    } else if found.is_object() && reaches(found, rest) {
        let inner = to.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
        keep(inner, found, rest);
    }
}

/// Whether there is anything at `path`.
fn reaches(from: &Value, path: &[String]) -> bool {
    path.iter().try_fold(from, |value, name| value.as_object()?.get(name)).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_what_is_asked_for() {
        let event = json!({
            "type": "m.room.message",
            "sender": "@a:x",
            "content": { "body": "hi", "a.b": 1, "m.relates_to": { "rel_type": "t", "x": 2 } },
        });
        let table: [(&[&str], Value); 8] = [
            (&[], json!({})),
            (&["type"], json!({ "type": "m.room.message" })),
            (&["content.body", "sender"], json!({ "sender": "@a:x", "content": { "body": "hi" } })),
            (&["content.a\\.b"], json!({ "content": { "a.b": 1 } })),
            (
                &["content.m\\.relates_to.x", "content.body"],
                json!({ "content": { "body": "hi", "m.relates_to": { "x": 2 } } }),
            ),
            (&["content.nothing", "content.body.deeper", ""], json!({})),
            (&["content", "content.body"], json!({ "content": event["content"] })),
            (&["content.a\\", "\\x"], json!({})),
        ];
        for (paths, expected) in table {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            assert_eq!(Fields::new(&paths).of(&event), expected, "{paths:?}");
        }
    }
}
