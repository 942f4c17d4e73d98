//! The chain: every number once, in order, each hash continued by the next.

use super::finding::{Findings, Wrong};
use crate::Digest;
use crate::entry::{Checkpoint, Entry, Gap};

/// One entry, or a stretch of expired ones.
#[derive(Clone, Debug)]
pub(super) struct Link {
    line: u64,
    pub(super) from: i64,
    to: i64,
    prev: Digest,
    pub(super) last: Digest,
    pub(super) is_gap: bool,
}

impl Link {
    pub(super) const fn entry(line: u64, entry: &Entry) -> Self {
        let (from, to) = (entry.seq, entry.seq);
        Self { line, from, to, prev: entry.prev, last: entry.hash, is_gap: false }
    }

    pub(super) const fn gap(line: u64, gap: &Gap) -> Self {
        Self { line, from: gap.from, to: gap.to, prev: gap.prev, last: gap.last, is_gap: true }
    }
}

/// Checks the chain and puts `links` into its order; answers the newest entry's number and hash.
pub(super) fn check(links: &mut Vec<Link>, findings: &mut Findings) -> Option<(i64, Digest)> {
    check_order(links, findings);
    links.sort_by_key(|link| (link.from, link.line));
    let mut newest = (0, Digest::GENESIS);
    let mut kept: Vec<Link> = Vec::with_capacity(links.len());
    for link in links.drain(..) {
        let (seq, hash) = newest;
        if link.from <= seq || link.from < 1 {
            let text = "was inserted: its number is taken";
            findings.add(link.line, Some(link.from), Wrong::Inserted, text);
            continue;
        }
        if link.from - seq > 1 {
            let text = match link.from - seq {
                2 => format!("entry {} is missing before this line", seq + 1),
                _ => {
                    format!("entries {} to {} are missing before this line", seq + 1, link.from - 1)
                }
            };
            findings.add(link.line, Some(seq + 1), Wrong::Missing, &text);
        } else if link.prev != hash {
            let text = if seq == 0 {
                "entry 1 is not the first of its chain".to_owned()
            } else {
                format!("entry {} does not continue entry {seq}: one was changed", link.from)
            };
            findings.add(link.line, Some(link.from), Wrong::Changed, &text);
        }
        newest = (link.to, link.last);
        kept.push(link);
    }
    *links = kept;
    (newest.0 > 0).then_some(newest)
}

/// Entries must stand in the order of their numbers.
fn check_order(links: &[Link], findings: &mut Findings) {
    let mut highest: Option<&Link> = None;
    for link in links {
        match highest {
            // A number that is taken is found later.
            Some(before) if link.from < before.from => {
                let text = format!(
                    "entry {} stands behind entry {}: the order was changed",
                    link.from, before.from
                );
                findings.add(link.line, Some(link.from), Wrong::Reordered, &text);
            }
            _ => highest = Some(link),
        }
    }
}

/// What is known of an entry.
pub(super) enum Known {
    Hash(Digest),
    Expired,
    Nothing,
}

/// The hash of entry `seq`; `links` are in order.
pub(super) fn hash_at(links: &[Link], seq: i64) -> Known {
    let after = links.partition_point(|link| link.from <= seq);
    match after.checked_sub(1).and_then(|index| links.get(index)) {
        Some(link) if link.to == seq => Known::Hash(link.last),
        Some(link) if link.to > seq => Known::Expired,
        _ => Known::Nothing,
    }
}

/// Checkpoints must vouch for the chain as it is.
pub(super) fn check_points(
    links: &[Link],
    checkpoints: &[(u64, Checkpoint)],
    findings: &mut Findings,
) {
    for (line, point) in checkpoints {
        let (wrong, text) = match hash_at(links, point.seq) {
            Known::Hash(hash) if hash == point.hash => continue,
            // Nothing is left that it could vouch for.
            Known::Expired => continue,
            Known::Hash(_) => (Wrong::Changed, "is not the one that the checkpoint was signed for"),
            Known::Nothing => (Wrong::Missing, "is missing, but a checkpoint was signed for it"),
        };
        findings.add(*line, Some(point.seq), wrong, text);
    }
}
