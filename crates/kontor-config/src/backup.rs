//! Section `backup`: encrypted backups.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Encrypted backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Folder of the sets; outside of the data folder.
    pub target: PathBuf,
    /// Public keys that the sets are encrypted to, `age1…`; at least one.
    pub recipients: Vec<String>,
    /// Hour of the day (UTC) after which the running server writes a set; `None`: it writes none.
    pub hour: Option<u8>,
    /// How long sets are kept; at most 30 days. law: R-234
    pub keep: Duration,
    /// Where the target is, for people.
    pub place: Option<String>,
}

static TARGET: Key = Key {
    section: "backup",
    name: "target",
    kind: Kind::Text,
    default: None,
    example: "/mnt/backup/kontor",
    flag: None,
    meaning: &[
        "Folder of the encrypted backups, on another machine's disk if possible; never inside of",
        "the data folder. Without it nothing is backed up. See docs/backup.md.",
    ],
};

static RECIPIENTS: Key = Key {
    section: "backup",
    name: "recipients",
    kind: Kind::Texts,
    default: None,
    example: "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
    flag: None,
    meaning: &[
        "Public keys that backups are encrypted to. Make one with: kontor backup keygen. The private",
        "key is never kept on this server. Required with backup.target.",
    ],
};

static HOUR: Key = Key {
    section: "backup",
    name: "hour",
    kind: Kind::Text,
    default: Some("2"),
    example: "2",
    flag: None,
    meaning: &[
        "Hour of the day (0 to 23, UTC) after which the running server writes the day's backup;",
        "\"never\" if something else runs kontor backup.",
    ],
};

static KEEP_DAYS: Key = Key {
    section: "backup",
    name: "keep_days",
    kind: Kind::Integer,
    default: Some("30"),
    example: "30",
    flag: None,
    meaning: &["Days that backups are kept, 1 to 30: what is deleted is gone from them by then."],
};

static PLACE: Key = Key {
    section: "backup",
    name: "place",
    kind: Kind::Text,
    default: None,
    example: "Rechenzentrum B, Nürnberg",
    flag: None,
    meaning: &["Where that folder really is, in words; shown to those who answer for it."],
};

impl Backup {
    pub(crate) const KEYS: &'static [&'static Key] =
        &[&TARGET, &RECIPIENTS, &HOUR, &KEEP_DAYS, &PLACE];

    pub(crate) fn read(reader: &Reader, data: &Path) -> Result<Option<Self>, ConfigError> {
        let target = reader.optional(&TARGET, folder)?;
        let recipients = reader.optional(&RECIPIENTS, recipients)?;
        let hour = reader.required(&HOUR, hour)?;
        let days = reader.required(&KEEP_DAYS, value::number::<1, 30>)?;
        let place = reader.optional(&PLACE, value::text)?;
        let Some(target) = target else { return Ok(None) };
        let at = || format!("{} {}", reader.place(&TARGET), target.display());
        if target.starts_with(data) || data.starts_with(&target) {
            return Err(format!("{}: must be outside of the data folder.", at()).into());
        }
        let Some(recipients) = recipients else {
            let text =
                "backups are encrypted only; set backup.recipients. A key: kontor backup keygen";
            return Err(format!("{}: {text}", at()).into());
        };
        let keep = Duration::from_hours(24 * days);
        Ok(Some(Self { target, recipients, hour, keep, place }))
    }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_plain = path.components().all(|part| !matches!(part, Component::ParentDir));
    if path.is_absolute() && is_plain {
        return Ok(path);
    }
    Err("must be a folder, written from / on and without \"..\".".to_owned())
}

fn recipients(text: &str) -> Result<Vec<String>, String> {
    let list: Vec<String> = text.split(',').map(|one| one.trim().to_owned()).collect();
    let is_key = |text: &String| {
        let rest = text.strip_prefix("age1");
        rest.is_some_and(|rest| rest.len() == 58 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    if list.iter().all(is_key) {
        return Ok(list);
    }
    let secret = list.iter().any(|text| text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY"));
    Err(if secret {
        "is a private key. It does not belong on this server: keep it elsewhere and write its \
         public key (age1…) here."
            .to_owned()
    } else {
        "must be public keys that begin with age1 and have 62 characters.".to_owned()
    })
}

fn hour(text: &str) -> Result<Option<u8>, String> {
    if text == "never" {
        return Ok(None);
    }
    let hour = text.parse().ok().filter(|hour| *hour < 24);
    hour.map(Some).ok_or_else(|| "must be an hour from \"0\" to \"23\", or \"never\".".to_owned())
}
