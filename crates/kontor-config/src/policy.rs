//! Section `policy`: which preset, and what the operator changes in it.

use ruma::RoomVersionId;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Which preset, and what the operator changes in it. `None`: what the preset says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The settings to start from.
    pub preset: Preset,
    /// Room version used if the client names none.
    pub default_room_version: Option<RoomVersionId>,
    /// Whether people may choose their user id.
    pub readable_user_ids: Option<bool>,
    /// Whether read receipts are passed on.
    pub receipts: Option<bool>,
    /// Whether typing notices are passed on.
    pub typing: Option<bool>,
    /// Shortest search term of the user directory, in characters.
    pub directory_min_chars: Option<u64>,
    /// Most people found at once.
    pub directory_max_results: Option<u64>,
}

/// A set of settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// For real use: everything a data protection officer would switch off is off.
    #[default]
    Strict,
    /// For trying out and testing on this machine only: open to everyone who reaches the port.
    Lab,
}

static PRESET: Key = Key {
    section: "policy",
    name: "preset",
    kind: Kind::Text,
    default: Some("strict"),
    example: "",
    flag: Some("preset"),
    meaning: &[
        "\"strict\" for real use, or \"lab\" for trying out on this machine: open registration, no",
        "rate limits. lab listens on loopback addresses only.",
    ],
};

static DEFAULT_ROOM_VERSION: Key = Key {
    section: "policy",
    name: "default_room_version",
    kind: Kind::Text,
    default: None,
    example: "12",
    flag: Some("default-room-version"),
    meaning: &["Room version used if the client names none: \"10\", \"11\" or \"12\"."],
};

static READABLE_USER_IDS: Key = Key {
    section: "policy",
    name: "readable_user_ids",
    kind: Kind::Boolean,
    default: None,
    example: "false",
    flag: None,
    meaning: &[
        "Whether people may choose their user id. Chosen ones often are names, and ids cannot be",
        "erased from other people's history. Without it the preset's: no (strict), yes (lab).",
    ],
};

static RECEIPTS: Key = Key {
    section: "policy",
    name: "receipts",
    kind: Kind::Boolean,
    default: None,
    example: "false",
    flag: None,
    meaning: &[
        "Whether others see who has read what. Switching it on is decided in the console, where the",
        "works council's agreement is kept with it (/admin/policy); here, only in the lab.",
    ],
};

static TYPING: Key = Key {
    section: "policy",
    name: "typing",
    kind: Kind::Boolean,
    default: None,
    example: "false",
    flag: None,
    meaning: &["Whether others see who is typing. Switched on in the console, too."],
};

static DIRECTORY_MIN_CHARS: Key = Key {
    section: "policy",
    name: "directory_min_chars",
    kind: Kind::Integer,
    default: None,
    example: "3",
    flag: None,
    meaning: &["Shortest search term of the user directory, in characters."],
};

static DIRECTORY_MAX_RESULTS: Key = Key {
    section: "policy",
    name: "directory_max_results",
    kind: Kind::Integer,
    default: None,
    example: "20",
    flag: None,
    meaning: &["Most people that a search of the user directory shows."],
};

impl Policy {
    pub(crate) const KEYS: &'static [&'static Key] = &[
        &PRESET,
        &DEFAULT_ROOM_VERSION,
        &READABLE_USER_IDS,
        &RECEIPTS,
        &TYPING,
        &DIRECTORY_MIN_CHARS,
        &DIRECTORY_MAX_RESULTS,
    ];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        let preset = reader.required(&PRESET, preset)?;
        Ok(Self {
            preset,
            default_room_version: reader.optional(&DEFAULT_ROOM_VERSION, value::room_version)?,
            readable_user_ids: reader.optional(&READABLE_USER_IDS, value::boolean)?,
            receipts: unwatched(reader, preset, &RECEIPTS)?,
            typing: unwatched(reader, preset, &TYPING)?,
            directory_min_chars: reader.optional(&DIRECTORY_MIN_CHARS, value::number::<1, 20>)?,
            directory_max_results: reader
                .optional(&DIRECTORY_MAX_RESULTS, value::number::<1, 200>)?,
        })
    }
}

/// A switch by which people can be watched: the file may switch it off, and on in the lab only.
/// law; `BetrVG` § 87(1) Nr. 6
fn unwatched(reader: &Reader, preset: Preset, key: &Key) -> Result<Option<bool>, ConfigError> {
    match preset {
        Preset::Lab => reader.optional(key, value::boolean),
        Preset::Strict => reader.optional(key, |text| match value::boolean(text)? {
            false => Ok(false),
            true => Err("by this people can be watched: switch it on in the console \
                         (/admin/policy), where the works council's agreement is kept with it."
                .to_owned()),
        }),
    }
}

fn preset(text: &str) -> Result<Preset, String> {
    value::choice(text, &[("strict", Preset::Strict), ("lab", Preset::Lab)])
}
