//! Section `database`: embedded or PostgreSQL.

use kontor_core::Secret;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind};

/// Embedded or PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Which engine, and where.
    pub url: DatabaseUrl,
}

/// Which engine, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// One encrypted file per tenant in the data folder.
    Sqlite,
    /// A connection string; it may hold a password.
    Postgres(Secret<String>),
}

static URL: Key = Key {
    section: "database",
    name: "url",
    kind: Kind::Secret,
    default: Some("sqlite"),
    example: "",
    flag: Some("database"),
    meaning: &[
        "\"sqlite\": one encrypted file per organisation in the data folder; or PostgreSQL:",
        "\"postgres://kontor:PASSWORD@127.0.0.1/kontor\" (15 or newer, C collation). A password is",
        "better kept in KONTOR_DATABASE_URL than in this file.",
    ],
};

impl Database {
    pub(crate) const KEYS: &'static [&'static Key] = &[&URL];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self { url: reader.required(&URL, url)? })
    }
}

fn url(text: &str) -> Result<DatabaseUrl, String> {
    if text == "sqlite" {
        return Ok(DatabaseUrl::Sqlite);
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(DatabaseUrl::Postgres(Secret::new(text.to_owned())));
    }
    Err("must be \"sqlite\" or start with \"postgres://\".".to_owned())
}
