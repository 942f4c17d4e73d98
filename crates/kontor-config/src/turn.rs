//! Section `turn`: the server that relays calls where the two sides do not reach each other.

use std::time::Duration;

use kontor_core::Secret;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// The server that relays calls. Kontor never connects to it: people's devices do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its addresses, as given to devices. At least one.
    pub uris: Vec<String>,
    /// What it shares with Kontor; from it follow the passwords that devices get.
    pub secret: Secret<String>,
    /// How long such a password opens it.
    pub lifetime: Duration,
}

/// Fewest characters of the secret.
const SHORTEST_SECRET: usize = 16;

static URIS: Key = Key {
    section: "turn",
    name: "uris",
    kind: Kind::Texts,
    default: None,
    example: "turns:turn.firma.example:5349?transport=tcp,turn:turn.firma.example:3478?transport=udp",
    flag: None,
    meaning: &[
        "Server of yours that relays calls between networks that do not reach each other (coturn",
        "or the like). Devices connect to it, Kontor does not; it sees who talks when, and hears",
        "nothing, for calls are encrypted from end to end. Without it calls work where devices",
        "reach each other directly.",
    ],
};

static SECRET: Key = Key {
    section: "turn",
    name: "secret",
    kind: Kind::Secret,
    default: None,
    example: "at least 16 random characters",
    flag: None,
    meaning: &[
        "What this server has as static-auth-secret (with use-auth-secret). Required with",
        "turn.uris. Better kept in KONTOR_TURN_SECRET than in this file.",
    ],
};

static LIFETIME_S: Key = Key {
    section: "turn",
    name: "lifetime_s",
    kind: Kind::Integer,
    default: Some("14400"),
    example: "",
    flag: None,
    meaning: &["How long a password for it holds that a device got, in seconds."],
};

impl Turn {
    pub(crate) const KEYS: &'static [&'static Key] = &[&URIS, &SECRET, &LIFETIME_S];

    pub(crate) fn read(reader: &Reader) -> Result<Option<Self>, ConfigError> {
        let uris = reader.optional(&URIS, uris)?.unwrap_or_default();
        let secret = reader.optional(&SECRET, secret)?;
        let lifetime = reader.required(&LIFETIME_S, value::seconds::<60, 604_800>)?;
        match (uris.is_empty(), secret) {
            (true, None) => Ok(None),
            (false, Some(secret)) => Ok(Some(Self { uris, secret, lifetime })),
            (false, None) => {
                let place = reader.place(&URIS);
                Err(format!("{place} …: turn.secret is missing; without it nobody gets in.").into())
            }
            (true, Some(_)) => {
                let place = reader.place(&SECRET);
                Err(format!("{place} …: turn.uris is missing; the secret opens nothing.").into())
            }
        }
    }
}

fn secret(text: &str) -> Result<Secret<String>, String> {
    if text.chars().count() < SHORTEST_SECRET {
        return Err(format!("must have at least {SHORTEST_SECRET} characters."));
    }
    Ok(Secret::new(text.to_owned()))
}

fn uris(text: &str) -> Result<Vec<String>, String> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(uri).collect()
}

/// RFC 7065, RFC 7064.
fn uri(text: &str) -> Result<String, String> {
    let rest = ["turn:", "turns:", "stun:", "stuns:"].iter().find_map(|s| text.strip_prefix(s));
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]?=".contains(&byte);
    let host = rest.filter(|rest| !rest.starts_with([':', '?', '/']) && !rest.is_empty());
    match host {
        Some(host) if host.bytes().all(is_sound) => Ok(text.to_owned()),
        _ => Err(format!("{text:?} must be like \"turn:turn.firma.example:3478?transport=udp\".")),
    }
}
