//! Names of blobs.

use std::fmt;

use kontor_core::{Error, Random, Result};

/// Length of a blob's name: 26 characters of five bits each.
const LENGTH: usize = 26;

/// Random name of a blob; says nothing about its content or owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(String);

impl BlobId {
    /// A new name.
    pub(crate) fn new(random: &Random) -> Result<Self> {
        random.word(LENGTH).map(Self)
    }

    /// The name kept in `text`.
    ///
    /// # Errors
    /// `Internal` if that is no blob's name (a path, for example).
    pub fn parse(text: &str) -> Result<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.len() == LENGTH && plain {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::internal("not the name of a blob"))
    }

    /// The name as text, to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the folder the blob lies in: its first two characters, so that no folder grows
    /// too long.
    pub(crate) fn shelf(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_name() {
        let id = BlobId::new(&Random::seeded(1)).unwrap();
        assert_eq!(BlobId::parse(id.as_str()).unwrap(), id);
        for text in ["", "..", "../../../../../etc/passwd", "abcdefghijkmnpqrstuvwxyz2/"] {
            assert!(BlobId::parse(text).is_err(), "{text}");
        }
    }
}
