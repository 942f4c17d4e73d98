//! Section `server`: where everything lies and who is served.

use std::path::PathBuf;

use ruma::OwnedServerName;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Where everything lies and who is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Folder of keys, databases and media.
    pub data: PathBuf,
    /// Server name of the tenant that is created on first start.
    pub name: Option<OwnedServerName>,
}

pub(crate) static DATA: Key = Key {
    section: "server",
    name: "data",
    kind: Kind::Text,
    default: Some("/var/lib/kontor"),
    example: "",
    flag: Some("data"),
    meaning: &[
        "Folder of keys, databases and media; keep it to yourself (0700). Backups: section [backup].",
    ],
};

static NAME: Key = Key {
    section: "server",
    name: "name",
    kind: Kind::Text,
    default: None,
    example: "firma.example",
    flag: Some("server-name"),
    meaning: &[
        "Matrix server name of the organisation created on first start: the part after the colon",
        "of its user ids. It can never be changed. Further ones: kontor tenant create NAME.",
    ],
};

impl Server {
    pub(crate) const KEYS: &'static [&'static Key] = &[&DATA, &NAME];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            data: reader.required(&DATA, value::text)?.into(),
            name: reader.optional(&NAME, value::server_name)?,
        })
    }
}
