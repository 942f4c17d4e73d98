//! Old sets go, and files that no set needs any more. law: R-234

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_core::{Result, Timestamp};

use crate::folder::{Folder, MANIFEST, shelf};
use crate::media::{Line, Lines};
use crate::{SetEntry, disk};

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Sets.
    pub sets: u64,
    /// Files that no set needs any more.
    pub files: u64,
}

/// Removes sets that are older than `keep`, and people's files that no set needs any more. Blocks.
///
/// # Errors
/// `Conflict` if a backup is being written; `Unavailable` if something cannot be removed.
pub fn remove_expired(folder: &Folder, keep: Duration, now: Timestamp) -> Result<Removed> {
    let _alone = folder.lock()?;
    let (sets, _) = folder.list()?;
    let before = now.minus(keep).0;
    let (old, kept): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(|set| set.manifest.started_ms < before);
    for set in &old {
        // The manifest first: what is half gone is no set.
        let path = set.path.join(MANIFEST);
        disk::remove(&path).map_err(disk::failed(&path))?;
        fs::remove_dir_all(&set.path).map_err(disk::failed(&set.path))?;
    }
    let files = if old.is_empty() { 0 } else { remove_unneeded(folder, &kept)? };
    Ok(Removed { sets: old.len() as u64, files })
}

/// Removes files that no set in `kept` lists: shelf by shelf, in the order in which the lists are, so
/// that each is read once and never held as a whole.
fn remove_unneeded(folder: &Folder, kept: &[SetEntry]) -> Result<u64> {
    let media = folder.media_folder();
    let lists = kept.iter().map(|set| Lines::of(Some(&set.path)).map(Iterator::peekable));
    let mut lists = lists.collect::<std::io::Result<Vec<_>>>().map_err(disk::failed(&media))?;
    let mut shelves = entries(&media)?;
    shelves.sort();
    let mut removed = 0;
    for path in shelves {
        let name = name_of(&path);
        let mut needed = BTreeSet::new();
        for list in &mut lists {
            // A line that cannot be read stays in front: better to keep a file too many.
            let is_due = |line: &std::io::Result<Line>| {
                line.as_ref().is_ok_and(|line| shelf(&line.blob) <= name.as_str())
            };
            while let Some(Ok(line)) = list.next_if(is_due) {
                needed.insert(line.blob);
            }
            if matches!(list.peek(), Some(Err(_))) {
                return Ok(removed);
            }
        }
        for file in entries(&path)? {
            if !needed.contains(&name_of(&file)) {
                disk::remove(&file).map_err(disk::failed(&file))?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn entries(path: &Path) -> Result<Vec<PathBuf>> {
    match fs::read_dir(path) {
        Ok(entries) => {
            let paths = entries.map(|entry| entry.map(|entry| entry.path()));
            paths.collect::<std::io::Result<_>>().map_err(disk::failed(path))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(disk::failed(path)(error)),
    }
}
