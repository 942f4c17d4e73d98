//! What is wrong with an export.

use std::fmt;

/// What is wrong at one place of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line of the file, from 1.
    pub line: u64,
    /// Number of the entry concerned.
    pub seq: Option<i64>,
    /// Kind of wrong.
    pub wrong: Wrong,
    /// For people.
    pub text: String,
}

/// Kind of wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is not as it was written.
    Changed,
    /// It is not there.
    Missing,
    /// It is not where it was written.
    Reordered,
    /// It was not there.
    Inserted,
    /// The end is not there.
    Truncated,
    /// It is not signed by the log's key.
    BadSignature,
}

impl Wrong {
    /// As written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Reordered => "reordered",
            Self::Inserted => "inserted",
            Self::Truncated => "truncated",
            Self::BadSignature => "bad-signature",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match self.seq {
            // Texts about a whole stretch name its ends themselves.
            Some(seq) if !self.text.contains("entr") => write!(f, "entry {seq}: {}", self.text),
            _ => f.write_str(&self.text),
        }
    }
}

/// Findings kept; a file of another kind has as many as lines.
const MOST: usize = 1000;

#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, line: u64, seq: Option<i64>, wrong: Wrong, text: &str) {
        if self.0.len() < MOST {
            self.0.push(Finding { line, seq, wrong, text: text.to_owned() });
        }
    }

    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.line);
        self.0
    }
}
