//! Words that say nothing, and files whose name says nothing.

use super::Finding;
use super::workspace::SourceFile;

/// Words that fit everything and therefore describe nothing.
const EMPTY_WORDS: &[&str] = &[
    "util", "utils", "helper", "helpers", "manager", "data", "info", "common", "misc", "base",
    "impl",
];

/// Terms of the Matrix specification that contain such a word.
const MATRIX_TERMS: &[&str] = &["account_data", "AccountData"];

/// Checks the file's name and the types it declares.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
    if stem == "mod" {
        findings.push(Finding::new("mod", &*file.path, "use `foo.rs` beside `foo/`, not `mod.rs`"));
    }
    if let Some(word) = empty_word(stem) {
        findings.push(finding(file, stem, word));
    }
    for (_, line) in file.product_lines() {
        if let Some(name) = declared_type(line)
            && let Some(word) = empty_word(name)
        {
            findings.push(finding(file, name, word));
        }
    }
    findings
}

fn finding(file: &SourceFile, name: &str, word: &str) -> Finding {
    Finding::new("name", &*file.path, format!("`{name}`: `{word}` says nothing; name the thing"))
}

/// The name after `struct`, `enum`, `trait` or `type` at the start of an unindented item.
fn declared_type(line: &str) -> Option<&str> {
    let mut words =
        line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
    if !line.starts_with(char::is_alphabetic) {
        return None;
    }
    let mut word = words.next()?;
    while matches!(word, "pub" | "crate" | "super" | "in") {
        word = words.next()?;
    }
    matches!(word, "struct" | "enum" | "trait" | "type").then(|| words.next())?
}

fn empty_word(name: &str) -> Option<&'static str> {
    let rest = MATRIX_TERMS.iter().fold(name.to_owned(), |rest, term| rest.replace(term, ""));
    let parts = split_words(&rest);
    EMPTY_WORDS.iter().copied().find(|empty| parts.iter().any(|part| part == empty))
}

/// `snake_case` and `CamelCase` into lower-case words.
fn split_words(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut starts_word = true;
    for letter in name.chars() {
        if letter == '_' || letter == '-' {
            starts_word = true;
            continue;
        }
        if starts_word || letter.is_uppercase() {
            parts.push(String::new());
        }
        starts_word = false;
        if let Some(part) = parts.last_mut() {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_words_are_found_as_whole_words_only() {
        for (name, expected) in [
            ("UserManager", Some("manager")),
            ("room_helpers", Some("helpers")),
            ("Database", None),
            ("Base64Text", None),
            ("account_data", None),
            ("GlobalAccountData", None),
            ("RoomInfo", Some("info")),
        ] {
            assert_eq!(empty_word(name), expected, "{name}");
        }
    }

    #[test]
    fn only_unindented_items_declare_types() {
        assert_eq!(declared_type("pub(crate) struct Room {"), Some("Room"));
        assert_eq!(declared_type("enum Kind {"), Some("Kind"));
        assert_eq!(declared_type("    type Data = ();"), None);
        assert_eq!(declared_type("// struct Data"), None);
        assert_eq!(declared_type("use std::data;"), None);
    }
}
