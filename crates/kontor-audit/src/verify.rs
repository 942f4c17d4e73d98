//! Checking an export with nothing but itself.

mod chain;
mod finding;
mod reader;

use std::io::{self, BufRead};

pub use finding::{Finding, Wrong};

use crate::Digest;
use crate::entry::{Checkpoint, End, Gap, Header, Line};
use crate::keys::PublicKey;
use chain::Link;
use finding::Findings;
use reader::Lines;

/// What somebody noted earlier about a log, to be held against an export: what the file itself
/// cannot prove is that it is not a forgery from beginning to end, or older than it should be.
#[derive(Clone, Debug, Default)]
pub struct Anchor {
    /// Fingerprint of the key that signs, as an earlier verification showed it.
    pub key: Option<String>,
    /// An entry's number and hash, as an earlier verification showed it.
    pub entry: Option<(i64, Digest)>,
}

/// What an export contains, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whose log it says it is.
    pub server_name: Option<String>,
    /// When it says it was exported, in milliseconds since 1970.
    pub exported_ms: Option<i64>,
    /// Fingerprint of the key that signs.
    pub key: Option<String>,
    /// How many entries there are.
    pub entries: u64,
    /// How many more have expired.
    pub expired: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// The newest entry's number and hash; `None` if there is none.
    pub newest: Option<(i64, Digest)>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies an export.
///
/// # Errors
/// Only if it cannot be read. Whatever is wrong with its content is a finding.
pub fn verify(export: impl BufRead, anchor: &Anchor) -> io::Result<Report> {
    let mut verifier = Verifier::default();
    let mut lines = Lines::new(export);
    while let Some(line) = lines.next(&mut verifier.findings)? {
        verifier.take(line.number, line.content, line.before);
    }
    Ok(verifier.report(anchor, lines.count()))
}

/// What has been read so far.
#[derive(Default)]
struct Verifier {
    findings: Findings,
    header: Option<Header>,
    key: Option<PublicKey>,
    links: Vec<Link>,
    checkpoints: Vec<(u64, Checkpoint)>,
    end: Option<End>,
    expired: u64,
}

impl Verifier {
    /// Takes in line `number`; `before` is the digest of everything before it.
    fn take(&mut self, number: u64, line: Line, before: Digest) {
        if self.end.is_some() {
            self.findings.add(number, None, Wrong::Inserted, "stands behind the end of the export");
        }
        match line {
            Line::Header(header) => self.take_header(number, header),
            Line::Entry(entry) => {
                let link = Link::entry(number, &entry);
                let hash = crate::canonical::hash_of(&Line::Entry(entry)).unwrap_or_default();
                if hash != link.last {
                    let text = "was changed: its hash does not fit its content";
                    self.findings.add(number, Some(link.from), Wrong::Changed, text);
                }
                self.links.push(link);
            }
            Line::Gap(gap) => self.take_gap(number, &gap),
            Line::Checkpoint(point) => {
                let signature = point.signature.clone();
                let seq = point.seq;
                let line = Line::Checkpoint(point.clone());
                self.check_signature((number, seq), &line, &signature, "the checkpoint");
                self.checkpoints.push((number, point));
            }
            Line::End(end) => self.take_end(number, end, before),
        }
    }

    fn take_header(&mut self, number: u64, header: Header) {
        if number != 1 {
            self.findings.add(number, None, Wrong::Inserted, "is a second header");
            return;
        }
        self.key = PublicKey::parse(&header.public_key);
        if self.key.is_none() {
            self.findings.add(number, None, Wrong::Changed, "the header has no public key");
        }
        self.header = Some(header);
    }

    fn take_gap(&mut self, number: u64, gap: &Gap) {
        let (place, signature) = ((number, gap.from), gap.signature.clone());
        self.check_signature(place, &Line::Gap(gap.clone()), &signature, "the gap");
        let counts = [gap.a, gap.b, gap.c, gap.d];
        let expired = counts.iter().try_fold(0_i64, |sum, count| sum.checked_add(*count));
        let width = gap.to.checked_sub(gap.from).and_then(|width| width.checked_add(1));
        if gap.from < 1 || gap.to < gap.from || expired != width || counts.iter().any(|n| *n < 0) {
            let text = "the gap does not say what has expired";
            self.findings.add(number, Some(gap.from), Wrong::Changed, text);
            return;
        }
        self.expired += expired.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        self.links.push(Link::gap(number, gap));
    }

    fn take_end(&mut self, number: u64, end: End, before: Digest) {
        let signature = end.signature.clone();
        self.check_signature((number, end.seq), &Line::End(end.clone()), &signature, "the end");
        if end.digest != before {
            let text = "the file was changed: its digest is not the one that was signed";
            self.findings.add(number, None, Wrong::Changed, text);
        }
        if self.end.is_none() {
            self.end = Some(end);
        }
    }

    fn check_signature(&mut self, place: (u64, i64), line: &Line, signature: &str, what: &str) {
        let signed = self.key.as_ref().is_some_and(|key| key.has_signed(line, signature));
        if !signed {
            let text = format!("{what} is not signed by the key in the header");
            self.findings.add(place.0, Some(place.1), Wrong::BadSignature, &text);
        }
    }

    fn report(mut self, anchor: &Anchor, lines: u64) -> Report {
        let entries = self.links.iter().filter(|link| !link.is_gap).count();
        let newest = chain::check(&mut self.links, &mut self.findings);
        chain::check_points(&self.links, &self.checkpoints, &mut self.findings);
        self.check_end(newest, lines);
        if self.header.is_none() {
            self.findings.add(
                1,
                None,
                Wrong::Missing,
                "there is no header; nothing vouches for it",
            );
        }
        let key = self.key.as_ref().map(PublicKey::fingerprint);
        self.check_anchor(anchor, key.as_deref());
        Report {
            server_name: self.header.as_ref().map(|header| header.server_name.clone()),
            exported_ms: self.header.as_ref().map(|header| header.at),
            key,
            entries: entries as u64,
            expired: self.expired,
            checkpoints: self.checkpoints.len() as u64,
            newest,
            findings: self.findings.sorted(),
        }
    }

    /// Nothing may be missing at the end.
    fn check_end(&mut self, newest: Option<(i64, Digest)>, lines: u64) {
        let (seq, hash) = newest.unwrap_or((0, Digest::GENESIS));
        let Some(end) = &self.end else {
            let vouched = self.checkpoints.iter().map(|(_, point)| point.seq).max().unwrap_or(0);
            let text = format!(
                "the export is cut off behind entry {seq}: its signed end is missing; the newest \
                 checkpoint vouches for entry {vouched}"
            );
            self.findings.add(lines + 1, Some(seq.saturating_add(1)), Wrong::Truncated, &text);
            return;
        };
        if end.seq > seq {
            let text =
                format!("entries {} to {} are missing at the end", seq.saturating_add(1), end.seq);
            self.findings.add(lines, Some(seq.saturating_add(1)), Wrong::Truncated, &text);
        } else if end.seq < seq {
            let text = format!("entries after {} are not covered by the signed end", end.seq);
            self.findings.add(lines, Some(end.seq.saturating_add(1)), Wrong::Inserted, &text);
        } else if end.hash != hash {
            let text = "is not the newest entry that the end of the export was signed for";
            self.findings.add(lines, Some(seq), Wrong::Changed, text);
        }
    }

    fn check_anchor(&mut self, anchor: &Anchor, key: Option<&str>) {
        if let Some(wanted) = &anchor.key
            && Some(wanted.as_str()) != key
        {
            let text = format!("the key is not {wanted}: somebody else has signed this export");
            self.findings.add(1, None, Wrong::BadSignature, &text);
        }
        let Some((seq, hash)) = anchor.entry else { return };
        match chain::hash_at(&self.links, seq) {
            chain::Known::Hash(found) if found == hash => {}
            chain::Known::Hash(_) => {
                let text = "has another hash than was noted: history was written anew";
                self.findings.add(1, Some(seq), Wrong::Changed, text);
            }
            // Expired entries are covered by the gap's signature.
            chain::Known::Expired => {}
            chain::Known::Nothing => {
                let text = "was noted, but is not here: the export is too old, or cut off";
                self.findings.add(1, Some(seq), Wrong::Missing, text);
            }
        }
    }
}

#[cfg(test)]
mod tests;
