//! Section `log`: what is written to standard error.

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// What is written to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Lowest level written: `error`, `warn`, `info`, `debug` or `trace`.
    pub level: &'static str,
    /// How it is written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for machines.
    Json,
}

static LEVEL: Key = Key {
    section: "log",
    name: "level",
    kind: Kind::Text,
    default: Some("info"),
    example: "",
    flag: Some("log-level"),
    meaning: &["Lowest level written: error, warn, info, debug or trace. Never personal data."],
};

static FORMAT: Key = Key {
    section: "log",
    name: "format",
    kind: Kind::Text,
    default: Some("text"),
    example: "",
    flag: Some("log-format"),
    meaning: &["\"text\" for people or \"json\" for machines."],
};

impl Log {
    pub(crate) const KEYS: &'static [&'static Key] = &[&LEVEL, &FORMAT];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            level: reader.required(&LEVEL, level)?,
            format: reader.required(&FORMAT, format)?,
        })
    }
}

fn level(text: &str) -> Result<&'static str, String> {
    let levels = ["error", "warn", "info", "debug", "trace"].map(|level| (level, level));
    value::choice(text, &levels)
}

fn format(text: &str) -> Result<LogFormat, String> {
    value::choice(text, &[("text", LogFormat::Text), ("json", LogFormat::Json)])
}
