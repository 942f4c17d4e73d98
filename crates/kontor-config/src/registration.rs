//! Section `registration`: how accounts come about.

use kontor_core::Secret;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// How accounts come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who may create one over the API; `None`: what the preset says.
    pub mode: Option<RegistrationMode>,
    /// Whoever knows it may create accounts, administrators too, at
    /// `/_synapse/admin/v1/register`; `None`: that address does not exist.
    pub shared_secret: Option<Secret<String>>,
}

/// Who may create an account over the client-server API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Nobody; the operator creates accounts.
    Closed,
    /// Whoever has a registration token.
    Token,
    /// Everybody.
    Open,
}

static MODE: Key = Key {
    section: "registration",
    name: "mode",
    kind: Kind::Text,
    default: None,
    example: "closed",
    flag: None,
    meaning: &[
        "Who may create an account: \"closed\" (only the operator: kontor user create), \"token\"",
        "(with a registration token) or \"open\" (everybody). Without it the preset's: closed",
        "(strict) or open (lab).",
    ],
};

pub(crate) static SHARED_SECRET: Key = Key {
    section: "registration",
    name: "shared_secret",
    kind: Kind::Secret,
    default: None,
    example: "at least 16 random characters",
    flag: Some("registration-shared-secret"),
    meaning: &[
        "Whoever knows this secret may create accounts, administrators too, at",
        "/_synapse/admin/v1/register, as existing tools expect. Without it that address is off.",
        "Shorter ones are refused, except in the preset lab, which only this machine reaches.",
    ],
};

impl Registration {
    pub(crate) const KEYS: &'static [&'static Key] = &[&MODE, &SHARED_SECRET];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            mode: reader.optional(&MODE, mode)?,
            shared_secret: reader.optional(&SHARED_SECRET, value::text)?.map(Secret::new),
        })
    }
}

fn mode(text: &str) -> Result<RegistrationMode, String> {
    value::choice(
        text,
        &[
            ("closed", RegistrationMode::Closed),
            ("token", RegistrationMode::Token),
            ("open", RegistrationMode::Open),
        ],
    )
}
