//! Verifies a set: without a private key that everything is there and as signed, with one that it can
//! be read, too.

use std::path::{Path, PathBuf};

use kontor_core::{Error, Result};
use kontor_vault::Identity;

use crate::disk::{self, blocking};
use crate::folder::{AUDIT, DATABASE, KEYS, MEDIA_LIST};
use crate::load::{decrypt, read_tables};
use crate::media::{Lines, State};
use crate::{FileFacts, Folder, SetEntry, TableFacts};

/// Findings listed at most; further ones are counted.
const MOST: usize = 100;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Files of the set that were read.
    pub files: u64,
    /// People's files that were read.
    pub media: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Rows that were decrypted and read; `None`: there was no private key.
    pub rows: Option<u64>,
    /// What is wrong; nothing, or the set must not be relied on. At most a hundred.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub count: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

impl Check {
    fn found(&mut self, path: &Path, text: impl Into<String>) {
        self.count += 1;
        if self.findings.len() < MOST {
            self.findings.push(Finding { path: path.to_owned(), text: text.into() });
        }
    }
}

/// Reads everything of a set that can be read: its files, all of people's files that it needs, and
/// with `identities` what the encrypted files say.
///
/// # Errors
/// `Unavailable` if the folder cannot be read at all; what is wrong with the set is among the
/// findings.
pub async fn check(set: &SetEntry, identities: &[Identity]) -> Result<Check> {
    let folder = Folder::of_set(&set.path)?;
    let (set, identities) = (set.clone(), identities.to_vec());
    blocking(move || Ok(check_all(&folder, &set, &identities))).await
}

fn check_all(folder: &Folder, set: &SetEntry, identities: &[Identity]) -> Check {
    let mut check =
        Check { files: 0, media: 0, bytes: 0, rows: None, findings: Vec::new(), count: 0 };
    for name in [DATABASE, AUDIT, KEYS, MEDIA_LIST] {
        let path = set.path.join(name);
        let Some(facts) = set.manifest.file(name) else {
            check.found(&path, "the manifest does not speak of it");
            continue;
        };
        check_file(&mut check, &path, facts);
    }
    check_media(&mut check, folder, set);
    if !identities.is_empty() && check.count == 0 {
        check_content(&mut check, set, identities);
    }
    check
}

fn check_file(check: &mut Check, path: &Path, facts: &FileFacts) {
    match disk::facts_of(path) {
        Ok((bytes, sha256)) => {
            check.files += 1;
            check.bytes += bytes;
            if (bytes, sha256) != (facts.bytes, facts.sha256) {
                check.found(path, "not the file that the manifest speaks of");
            }
        }
        Err(error) => check.found(path, error.to_string()),
    }
}

fn check_media(check: &mut Check, folder: &Folder, set: &SetEntry) {
    let lines = match Lines::of(Some(&set.path)) {
        Ok(lines) => lines,
        Err(error) => return check.found(&set.path.join(MEDIA_LIST), error.to_string()),
    };
    for line in lines {
        let line = match line {
            Ok(line) => line,
            Err(error) => return check.found(&set.path.join(MEDIA_LIST), error.to_string()),
        };
        let State::There { bytes, sha256 } = line.state else { continue };
        let path = folder.media(&line.blob);
        match disk::facts_of(&path) {
            Ok(found) => {
                check.media += 1;
                check.bytes += found.0;
                if found != (bytes, sha256) {
                    check.found(&path, "changed since the backup");
                }
            }
            Err(error) => check.found(&path, error.to_string()),
        }
    }
    let listed = set.manifest.media.files;
    if check.media != listed && check.count == 0 {
        let text = format!("{} files, the manifest says {listed}", check.media);
        check.found(&set.path.join(MEDIA_LIST), text);
    }
}

fn check_content(check: &mut Check, set: &SetEntry, identities: &[Identity]) {
    let mut rows = 0;
    let keys = set.path.join(KEYS);
    match set.keys(identities).and_then(|keys| keys.keys().map(|_| keys.server_name.clone())) {
        Ok(name) if name == set.manifest.server_name => {}
        Ok(name) => check.found(&keys, format!("the keys of {name}")),
        Err(error) => return check.found(&keys, told(&error)),
    }
    for (file, store) in [(DATABASE, "database"), (AUDIT, "audit")] {
        let path = set.path.join(file);
        let Some(facts) = set.manifest.file(file) else { continue };
        let read = decrypt(&path, (facts, identities), |plain| {
            read_tables(plain, (store, &path), &mut |_, _| Ok(()))
        });
        match read {
            Ok(found) => {
                rows += found.iter().map(|table| table.rows).sum::<u64>();
                let expected = set.manifest.tables.iter().filter(|table| table.store == store);
                if !found.iter().eq(expected) {
                    check.found(&path, differing(&found, &set.manifest.tables));
                }
            }
            Err(error) => check.found(&path, told(&error)),
        }
    }
    check.rows = Some(rows);
}

fn differing(found: &[TableFacts], expected: &[TableFacts]) -> String {
    let other = found.iter().find(|table| !expected.contains(table));
    let name = other.map_or("a missing table", |table| &*table.table);
    format!("not the tables that the manifest speaks of: {name}")
}

fn told(error: &Error) -> String {
    error.public.to_string()
}
