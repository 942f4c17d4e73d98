//! What the command says to the operator. Logs go elsewhere ([`crate::logging`]).
//!
//! A reader that has gone away (`kontor … | head`) is no error, hence the dropped results.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::Value;

/// One line to standard output.
pub(crate) fn line(text: &str) {
    drop(writeln!(io::stdout().lock(), "{text}"));
}

/// Text with its own line ends to standard output.
pub(crate) fn text(text: &str) {
    drop(write!(io::stdout().lock(), "{text}"));
}

/// A JSON value on one line to standard output.
pub(crate) fn json(value: &Value) {
    line(&value.to_string());
}

/// What went wrong, to standard error.
pub(crate) fn complaint(text: &str) {
    drop(writeln!(io::stderr().lock(), "kontor: {text}"));
}

/// A number of things, in words: `1 finding`, `2 findings`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, one: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// A question without line end, to standard error.
pub(crate) fn question(text: &str) {
    let mut stderr = io::stderr().lock();
    drop(write!(stderr, "{text}"));
    drop(stderr.flush());
}
