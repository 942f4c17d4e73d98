//! Section `media`: uploads.

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Largest upload, in bytes; `None`: what the preset says.
    pub max_upload_bytes: Option<u64>,
}

static MAX_UPLOAD: Key = Key {
    section: "media",
    name: "max_upload",
    kind: Kind::Text,
    default: None,
    example: "50 MiB",
    flag: None,
    meaning: &["Largest upload. Without it the preset's: 50 MiB (strict) or 100 MiB (lab)."],
};

impl Media {
    pub(crate) const KEYS: &'static [&'static Key] = &[&MAX_UPLOAD];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self { max_upload_bytes: reader.optional(&MAX_UPLOAD, value::size)? })
    }
}
