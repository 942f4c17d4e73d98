//! People's files: each lies beside the sets once, sealed as the server keeps it. A set has a list,
//! one line per file in the order of names: `name bytes sha256`, or `name gone`, `name unreadable`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use kontor_audit::Digest;
use kontor_core::Result;

use crate::disk::{self, Sink};
use crate::folder::{Folder, MEDIA_LIST, shelf};
use crate::{FileFacts, MediaFacts};

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) blob: String,
    pub(crate) state: State,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is there.
    There { bytes: u64, sha256: Digest },
    /// It was deleted before its turn came.
    Gone,
    /// The server could not read it.
    Unreadable,
}

/// Reads a list line by line.
pub(crate) struct Lines(Option<BufReader<File>>);

impl Lines {
    /// The list of the set in `set`; an empty one if there is none.
    pub(crate) fn of(set: Option<&Path>) -> io::Result<Self> {
        let Some(set) = set else { return Ok(Self(None)) };
        match File::open(set.join(MEDIA_LIST)) {
            Ok(file) => Ok(Self(Some(BufReader::new(file)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let Some(from) = &mut self.0 else { return Ok(None) };
        let mut text = String::new();
        if from.read_line(&mut text)? == 0 {
            return Ok(None);
        }
        let broken = || io::Error::new(ErrorKind::InvalidData, "the list of files is damaged");
        let mut words = text.trim_end().split(' ');
        let line = match (words.next(), words.next(), words.next(), words.next()) {
            (Some(blob), Some("gone"), None, None) => (blob, State::Gone),
            (Some(blob), Some("unreadable"), None, None) => (blob, State::Unreadable),
            (Some(blob), Some(bytes), Some(sha256), None) => {
                let bytes = bytes.parse().map_err(|_| broken())?;
                (blob, State::There { bytes, sha256: sha256.parse().map_err(|_| broken())? })
            }
            _ => return Err(broken()),
        };
        let is_name = line.0.len() == 26 && line.0.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_name {
            return Err(broken());
        }
        Ok(Some(Line { blob: line.0.to_owned(), state: line.1 }))
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Copies what is not there yet and writes the list of the set in `set`. `blobs` are in the order of
/// names, `before` is the newest set before. Blocks.
pub(crate) fn copy_media(
    folder: &Folder,
    set: &Path,
    (from, blobs): (&Path, &[String]),
    before: Option<&Path>,
) -> Result<(FileFacts, MediaFacts)> {
    let path = set.join(MEDIA_LIST);
    let failed = disk::failed(&path);
    let mut list = BufWriter::new(Sink::create(&path).map_err(&failed)?);
    let mut known = Lines::of(before).map_err(&failed)?.peekable();
    let mut facts = MediaFacts::default();
    let mut durable = 0;
    for blob in blobs {
        let mut seen = None;
        // Both are in the order of names. A damaged old list is of no use any more, and no harm.
        while let Some(line) = known.next_if(|line| line.as_ref().is_ok_and(|it| it.blob <= *blob))
        {
            seen = line.ok().filter(|line| line.blob == *blob);
        }
        let state = copy_one(folder, (from, blob), seen, &mut facts)?;
        let line = match state {
            State::There { bytes, sha256 } => {
                facts.files += 1;
                facts.bytes += bytes;
                format!("{blob} {bytes} {sha256}\n")
            }
            State::Gone => {
                facts.gone += 1;
                format!("{blob} gone\n")
            }
            State::Unreadable => {
                facts.unreadable += 1;
                format!("{blob} unreadable\n")
            }
        };
        list.write_all(line.as_bytes()).map_err(&failed)?;
        if facts.copied_bytes - durable >= disk::SYNC_EVERY {
            durable = facts.copied_bytes;
            disk::sync_all(set).map_err(&failed)?;
        }
    }
    let sink = list.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((sink.finish(MEDIA_LIST).map_err(&failed)?, facts))
}

fn copy_one(
    folder: &Folder,
    (from, blob): (&Path, &str),
    seen: Option<Line>,
    facts: &mut MediaFacts,
) -> Result<State> {
    let to = folder.media(blob);
    if let (Ok(found), Some(Line { state: State::There { bytes, sha256 }, .. })) =
        (to.metadata(), seen)
        && found.len() == bytes
    {
        return Ok(State::There { bytes, sha256 });
    }
    let source = from.join(shelf(blob)).join(blob);
    match File::open(&source) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::Gone),
        Err(error) => return Ok(unreadable(&error)),
    }
    let shelf = to.parent().unwrap_or(folder.path());
    disk::create_folder(shelf).map_err(disk::failed(shelf))?;
    // What keeps a file from being read is the server's trouble; from being written, the backup's.
    match disk::copy(&source, &to) {
        Ok((bytes, sha256)) => {
            facts.copied += 1;
            facts.copied_bytes += bytes;
            Ok(State::There { bytes, sha256 })
        }
        Err(error) if disk::facts_of(&source).is_err() => Ok(unreadable(&error)),
        Err(error) => Err(disk::failed(&to)(error)),
    }
}

fn unreadable(error: &io::Error) -> State {
    // The name is random, but nothing is gained by it here.
    tracing::error!(%error, "a file of the media store cannot be read and is not in the backup");
    State::Unreadable
}
