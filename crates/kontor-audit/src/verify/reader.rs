//! The lines of a file that may contain anything.

use std::io::{self, BufRead, Read};

use super::finding::{Findings, Wrong};
use crate::canonical::render;
use crate::digest::Running;
use crate::{Digest, Line};

/// Longest line; real ones are below 4 KiB.
const LONGEST: u64 = 64 * 1024;

/// Reads line by line and keeps the digest of what has passed.
pub(super) struct Lines<R> {
    from: R,
    passed: Running,
    count: u64,
}

/// A line that could be read.
pub(super) struct Numbered {
    pub(super) number: u64,
    pub(super) content: Line,
    /// Digest of everything before this line; only worked out for an end.
    pub(super) before: Digest,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, passed: Running::default(), count: 0 }
    }

    /// Lines read so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The next line that can be read; those that cannot are findings.
    pub(super) fn next(&mut self, findings: &mut Findings) -> io::Result<Option<Numbered>> {
        loop {
            let mut bytes = Vec::new();
            if (&mut self.from).take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.count += 1;
            let parsed = parse(&bytes);
            let before = match &parsed {
                Ok(Line::End(_)) => self.passed.clone().finish(),
                Ok(_) | Err(()) => Digest::GENESIS,
            };
            self.passed.update(&bytes);
            let number = self.count;
            if let Ok(content) = parsed {
                check_spelling(&bytes, &content, number, findings);
                return Ok(Some(Numbered { number, content, before }));
            }
            let text = "was changed: it is no line of an audit log";
            findings.add(number, None, Wrong::Changed, text);
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Line, ()> {
    serde_json::from_slice(bytes).map_err(drop)
}

/// There is one way to write a line; JSON alone would allow blanks, escapes and doubled fields.
fn check_spelling(bytes: &[u8], line: &Line, number: u64, findings: &mut Findings) {
    let spelled = render(line).unwrap_or_default();
    if bytes.strip_suffix(b"\n") == Some(spelled.as_bytes()) {
        return;
    }
    let seq = match line {
        Line::Entry(entry) => Some(entry.seq),
        Line::Gap(gap) => Some(gap.from),
        Line::Checkpoint(point) => Some(point.seq),
        Line::Header(_) | Line::End(_) => None,
    };
    findings.add(number, seq, Wrong::Changed, "was changed: it is not written as the server does");
}
