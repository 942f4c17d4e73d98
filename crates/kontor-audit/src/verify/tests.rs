//! Logs made by hand, and every way of forging them.

use kontor_core::{Secret, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::canonical::hash_of;
use crate::{Action, AuditKeys, Class, Entry, ExportPurpose, ExportWriter, Outcome};

/// A log of the tests: what the store would hand to an export.
struct Log {
    keys: AuditKeys,
    lines: Vec<Line>,
    newest: (i64, Digest),
}

impl Log {
    fn new() -> Self {
        let keys = AuditKeys::derive(&Secret::new([7; 32])).unwrap();
        Self { keys, lines: Vec::new(), newest: (0, Digest::GENESIS) }
    }

    fn entry(&mut self, action: Action, reason: Option<&str>) {
        let (seq, prev) = (self.newest.0 + 1, self.newest.1);
        let rule = action.rule();
        let mut entry = Entry {
            action: rule.name.to_owned(),
            actor: "operator".to_owned(),
            at: 1_700_000_000_000 + seq * 1000,
            class: rule.class,
            clock_back: i64::from(seq % 5 == 0),
            count: (seq % 3 == 0).then_some(seq),
            detail: (seq % 4 == 0).then(|| "admin".to_owned()),
            hash: Digest::GENESIS,
            object: (seq % 2 == 0).then(|| "user:p1-0123".to_owned()),
            of: None,
            prev,
            purpose: rule.purpose,
            reason: reason.map(str::to_owned),
            result: Outcome::Done,
            seq,
        };
        entry.hash = hash_of(&Line::Entry(entry.clone())).unwrap();
        self.newest = (seq, entry.hash);
        self.lines.push(Line::Entry(entry));
    }

    fn checkpoint(&mut self) {
        let (seq, hash) = self.newest;
        let mut point = Checkpoint { at: 1, hash, seq, signature: String::new() };
        point.signature = self.keys.signer.sign(&Line::Checkpoint(point.clone())).unwrap();
        self.lines.push(Line::Checkpoint(point));
    }

    /// Lets the entries from index `begin` to `end` of the lines expire.
    fn expire(&mut self, begin: usize, end: usize) {
        let gone: Vec<Entry> = self
            .lines
            .drain(begin..end)
            .filter_map(|line| match line {
                Line::Entry(entry) => Some(entry),
                _ => None,
            })
            .collect();
        let (first, last) = (gone.first().unwrap(), gone.last().unwrap());
        let mut gap = Gap {
            a: i64::try_from(gone.len()).unwrap(),
            at: 1,
            b: 0,
            c: 0,
            d: 0,
            from: first.seq,
            last: last.hash,
            prev: first.prev,
            signature: String::new(),
            to: last.seq,
        };
        gap.signature = self.keys.signer.sign(&Line::Gap(gap.clone())).unwrap();
        self.lines.insert(begin, Line::Gap(gap));
    }

    fn export(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let about = (ExportPurpose::Accountability, 1_700_000_000_000);
        let mut writer = ExportWriter::begin(&mut out, &self.keys, "a.example", about).unwrap();
        for line in &self.lines {
            writer.push(line).unwrap();
        }
        writer.finish().unwrap();
        out
    }
}

/// Eleven entries, a gap, two checkpoints.
fn log() -> Log {
    let mut log = Log::new();
    for (index, action) in Action::ALL.into_iter().take(12).enumerate() {
        log.entry(action, (index % 3 == 0).then_some("Prüfung „\u{7f}\n\"\\“ 7"));
        if index == 7 {
            log.checkpoint();
        }
    }
    log.expire(1, 3);
    log.checkpoint();
    log
}

fn check(export: &[u8]) -> Report {
    verify(export, &Anchor::default()).unwrap()
}

fn wrongs(export: &[u8]) -> Vec<(Wrong, Option<i64>)> {
    check(export).findings.into_iter().map(|finding| (finding.wrong, finding.seq)).collect()
}

/// Each line with its end.
fn lines(export: &[u8]) -> Vec<Vec<u8>> {
    export.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The number of the entry in a line.
fn seq(line: &[u8]) -> Option<i64> {
    match serde_json::from_slice(line) {
        Ok(Line::Entry(entry)) => Some(entry.seq),
        _ => None,
    }
}

#[test]
fn an_untouched_export_is_intact() {
    let log = log();
    let report = check(&log.export());
    assert!(report.is_intact(), "{:?}", report.findings);
    assert_eq!((report.entries, report.expired, report.checkpoints), (10, 2, 2));
    assert_eq!(report.newest, Some(log.newest));
    assert_eq!(report.server_name.as_deref(), Some("a.example"));
    assert!(check(&Log::new().export()).is_intact(), "an empty log too");
}

#[test]
fn every_kind_of_forgery_is_named() {
    let lines = lines(&log().export());
    let at = |wanted| lines.iter().position(|line| seq(line) == Some(wanted)).unwrap();
    let joined = |lines: Vec<Vec<u8>>| lines.concat();

    let mut changed = lines.clone();
    let text = String::from_utf8(changed[at(5)].clone()).unwrap();
    changed[at(5)] = text.replace("operator", "anonymous").into_bytes();
    assert!(wrongs(&joined(changed)).contains(&(Wrong::Changed, Some(5))));

    let mut removed = lines.clone();
    removed.remove(at(6));
    assert!(wrongs(&joined(removed)).contains(&(Wrong::Missing, Some(6))));

    let mut swapped = lines.clone();
    swapped.swap(at(6), at(7));
    assert!(wrongs(&joined(swapped)).contains(&(Wrong::Reordered, Some(6))));

    let mut doubled = lines.clone();
    doubled.insert(at(9), lines[at(9)].clone());
    assert!(wrongs(&joined(doubled)).contains(&(Wrong::Inserted, Some(9))));

    let mut cut = lines.clone();
    cut.truncate(at(10));
    assert!(wrongs(&joined(cut)).contains(&(Wrong::Truncated, Some(10))));

    let mut without_newest = lines;
    without_newest.remove(at_entry(&without_newest, 12));
    assert!(wrongs(&joined(without_newest)).contains(&(Wrong::Truncated, Some(12))));
}

fn at_entry(lines: &[Vec<u8>], wanted: i64) -> usize {
    lines.iter().position(|line| seq(line) == Some(wanted)).unwrap()
}

#[test]
fn whoever_recomputes_all_hashes_lacks_the_signatures() {
    let mut forged = log();
    let mut prev = None;
    for line in &mut forged.lines {
        let Line::Entry(entry) = line else { continue };
        if entry.seq == 5 {
            entry.actor = "admin:@innocent:a.example".to_owned();
        }
        if let Some(prev) = prev.filter(|_| entry.seq > 5) {
            entry.prev = prev;
        }
        entry.hash = hash_of(&Line::Entry(entry.clone())).unwrap();
        prev = Some(entry.hash);
    }
    let found = wrongs(&forged.export());
    assert!(found.contains(&(Wrong::Changed, Some(8))), "the first checkpoint: {found:?}");
}

#[test]
fn whoever_signs_anew_has_another_key() {
    let mut forged = log();
    forged.keys = AuditKeys::derive(&Secret::new([8; 32])).unwrap();
    let key = check(&log().export()).key;
    let found = wrongs(&forged.export());
    assert!(found.contains(&(Wrong::BadSignature, Some(8))), "{found:?}");
    let mut other = Log::new();
    other.keys = AuditKeys::derive(&Secret::new([8; 32])).unwrap();
    other.entry(Action::LogStarted, None);
    let anchor = Anchor { key, entry: None };
    assert!(check(&other.export()).is_intact(), "by itself it is a log like any other");
    assert_eq!(verify(&*other.export(), &anchor).unwrap().findings[0].wrong, Wrong::BadSignature);
}

#[test]
fn an_older_export_does_not_pass_for_a_newer_one() {
    let mut log = log();
    let older = log.export();
    log.entry(Action::AdminLogin, None);
    let anchor = Anchor { key: None, entry: check(&log.export()).newest };
    assert!(verify(&*log.export(), &anchor).unwrap().is_intact());
    let report = verify(&*older, &anchor).unwrap();
    assert_eq!((report.findings[0].wrong, report.findings[0].seq), (Wrong::Missing, Some(13)));
}

#[test]
fn a_gap_that_the_server_did_not_sign_is_refused() {
    let mut forged = log();
    forged.expire(4, 6);
    for line in &mut forged.lines {
        if let Line::Gap(gap) = line {
            gap.signature = log().keys.signer.public_key();
        }
    }
    let found = wrongs(&forged.export());
    assert!(found.contains(&(Wrong::BadSignature, Some(2))), "{found:?}");
}

#[test]
fn files_of_another_kind_are_no_panic() {
    let long = vec![0xff; 100_000];
    for file in [&b""[..], b"\n", b"hello\n", b"{}\n", b"{\"kind\":\"end\"}", &long] {
        assert!(!check(file).is_intact(), "{file:?}");
    }
}

#[test]
fn keys_are_written_in_order() {
    for line in lines(&log().export()) {
        let text = String::from_utf8(line).unwrap();
        let fields: std::collections::BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&fields).unwrap() + "\n", text);
    }
}

#[test]
fn a_class_expires_at_its_own_time() {
    let now = Timestamp(1_700_000_000_000);
    assert!(Class::A.cutoff(now) > Class::B.cutoff(now));
}

/// One way of tampering with a file.
#[derive(Clone, Debug)]
enum Tampering {
    Flip { byte: usize, with: u8 },
    RemoveByte { byte: usize },
    Delete { line: usize },
    Swap { one: usize, other: usize },
    Duplicate { line: usize, to: usize },
    Insert { line: usize, text: String },
    Truncate { bytes: usize },
    Cut { lines: usize },
}

fn tampering() -> impl Strategy<Value = Tampering> {
    use Tampering::{Cut, Delete, Duplicate, Flip, Insert, RemoveByte, Swap, Truncate};
    let any = any::<usize>;
    prop_oneof![
        (any(), 1..=255_u8).prop_map(|(byte, with)| Flip { byte, with }),
        any().prop_map(|byte| RemoveByte { byte }),
        any().prop_map(|line| Delete { line }),
        (any(), any()).prop_map(|(one, other)| Swap { one, other }),
        (any(), any()).prop_map(|(line, to)| Duplicate { line, to }),
        (any(), "[ -~]{0,40}").prop_map(|(line, text)| Insert { line, text }),
        any().prop_map(|bytes| Truncate { bytes }),
        any().prop_map(|lines| Cut { lines }),
    ]
}

impl Tampering {
    fn apply(&self, export: &[u8]) -> Vec<u8> {
        let mut bytes = export.to_vec();
        let mut lines = lines(export);
        let count = lines.len();
        match self {
            Self::Flip { byte, with } => {
                let place = byte % bytes.len();
                bytes[place] ^= with;
                return bytes;
            }
            Self::RemoveByte { byte } => {
                bytes.remove(byte % bytes.len());
                return bytes;
            }
            Self::Truncate { bytes: keep } => {
                bytes.truncate(keep % bytes.len());
                return bytes;
            }
            Self::Delete { line } => drop(lines.remove(line % count)),
            Self::Swap { one, other } => lines.swap(one % count, other % count),
            Self::Duplicate { line, to } => {
                let copy = lines[line % count].clone();
                lines.insert(to % (count + 1), copy);
            }
            Self::Insert { line, text } => {
                lines.insert(line % (count + 1), format!("{text}\n").into_bytes());
            }
            Self::Cut { lines: keep } => lines.truncate(keep % count),
        }
        lines.concat()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_an_export_is_found(tampering in tampering()) {
        let export = log().export();
        let tampered = tampering.apply(&export);
        prop_assume!(tampered != export);
        prop_assert!(!check(&tampered).is_intact(), "{tampering:?} was not found");
    }

    #[test]
    fn numbers_of_any_size_are_no_panic(seq in prop_oneof![Just(i64::MAX), Just(i64::MIN), any::<i64>()], to in any::<i64>()) {
        let hash = Digest::GENESIS;
        let signature = String::new();
        let gap = Gap { a: to, at: to, b: seq, c: 0, d: 1, from: seq, last: hash, prev: hash, signature: signature.clone(), to };
        let point = Checkpoint { at: to, hash, seq, signature: signature.clone() };
        let end = End { digest: hash, hash, lines: to, seq: to, signature };
        let mut log = log();
        for line in &mut log.lines {
            if let Line::Entry(entry) = line && entry.seq == 5 {
                entry.seq = seq;
            }
        }
        log.lines.extend([Line::Gap(gap), Line::Checkpoint(point), Line::End(end)]);
        let mut export = log.export();
        prop_assert!(!check(&export).is_intact());
        export.truncate(export.len() / 2);
        prop_assert!(!check(&export).is_intact());
    }

    #[test]
    fn an_entry_that_is_touched_is_named(index in 0..10_usize, flip in any::<usize>(), kind in 0..4_u8) {
        let export = log().export();
        let mut lines = lines(&export);
        let places: Vec<usize> = (0..lines.len()).filter(|at| seq(&lines[*at]).is_some()).collect();
        let (place, touched) = (places[index], seq(&lines[places[index]]).unwrap());
        match kind {
            0 => drop(lines.remove(place)),
            1 => {
                let copy = lines[place].clone();
                lines.insert(place, copy);
            }
            2 => {
                let copy = lines.remove(place);
                let before_end = lines.len() - 1;
                lines.insert(if index == 9 { 1 } else { before_end }, copy);
            }
            _ => {
                let line = &mut lines[place];
                let digits: Vec<usize> = (0..line.len()).filter(|at| line[*at].is_ascii_digit()).collect();
                let at = digits[flip % digits.len()];
                line[at] = if line[at] == b'1' { b'2' } else { b'1' };
            }
        }
        let report = check(&lines.concat());
        let named = |finding: &Finding| finding.seq == Some(touched) || finding.line == place as u64 + 1;
        prop_assert!(report.findings.iter().any(named), "{touched}: {:?}", report.findings);
    }
}
