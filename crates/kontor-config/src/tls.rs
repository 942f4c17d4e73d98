//! Section `tls`: certificates from files, and handshakes.

use std::path::PathBuf;
use std::time::Duration;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Certificates from files, and handshakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// For host names that have no certificate of their own; `None`: these get no answer.
    pub files: Option<CertificateFiles>,
    /// The oldest version of the protocol that is spoken.
    pub oldest: TlsVersion,
    /// Longest time for a handshake.
    pub handshake_timeout: Duration,
    /// Handshakes at once; more wait.
    pub max_handshakes: usize,
}

/// Where a certificate and its key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate and those between it and its authority, in PEM, the certificate first.
    pub certificate: PathBuf,
    /// The key, in PEM; closed to others.
    pub key: PathBuf,
}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2, with ECDHE and AES-GCM only (BSI TR-02102-2: until the end of 2031).
    Tls12,
    /// TLS 1.3.
    Tls13,
}

static CERTIFICATE: Key = Key {
    section: "tls",
    name: "certificate",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/fullchain.pem",
    flag: Some("tls-certificate"),
    meaning: &[
        "Certificate with its chain, in PEM. With it Kontor speaks HTTPS. The files are read again",
        "when they change or on SIGHUP. A certificate per organisation: see [[tenant]].",
    ],
};

static KEY: Key = Key {
    section: "tls",
    name: "key",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/privkey.pem",
    flag: Some("tls-key"),
    meaning: &["Its key, in PEM. Refused if everybody may read it."],
};

static OLDEST: Key = Key {
    section: "tls",
    name: "oldest_version",
    kind: Kind::Text,
    default: Some("1.3"),
    example: "",
    flag: None,
    meaning: &[
        "Oldest version spoken: \"1.3\", or \"1.2\" for clients from before 2019 (ECDHE with AES-GCM",
        "only; BSI TR-02102-2 allows it until the end of 2031).",
    ],
};

static HANDSHAKE_TIMEOUT: Key = Key {
    section: "tls",
    name: "handshake_timeout_s",
    kind: Kind::Integer,
    default: Some("10"),
    example: "",
    flag: None,
    meaning: &["Longest time for a handshake, in seconds."],
};

static MAX_HANDSHAKES: Key = Key {
    section: "tls",
    name: "max_handshakes",
    kind: Kind::Integer,
    default: Some("500"),
    example: "",
    flag: None,
    meaning: &["Handshakes at once; more wait for their turn, but not beyond that time."],
};

impl Tls {
    pub(crate) const KEYS: &'static [&'static Key] =
        &[&CERTIFICATE, &KEY, &OLDEST, &HANDSHAKE_TIMEOUT, &MAX_HANDSHAKES];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        let certificate = reader.optional(&CERTIFICATE, value::text)?.map(PathBuf::from);
        let key = reader.optional(&KEY, value::text)?.map(PathBuf::from);
        let files = CertificateFiles::both_or_none(certificate, key).map_err(|missing| {
            format!("tls.{missing} is missing: certificate and key belong together.")
        })?;
        Ok(Self {
            files,
            oldest: reader.required(&OLDEST, version)?,
            handshake_timeout: reader.required(&HANDSHAKE_TIMEOUT, value::seconds::<1, 60>)?,
            max_handshakes: reader.required(&MAX_HANDSHAKES, handshakes)?,
        })
    }
}

impl CertificateFiles {
    /// Both files, or neither.
    ///
    /// # Errors
    /// The name of the one that is missing.
    pub(crate) fn both_or_none(
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
    ) -> Result<Option<Self>, &'static str> {
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err("certificate"),
            (Some(_), None) => Err("key"),
        }
    }
}

fn version(text: &str) -> Result<TlsVersion, String> {
    value::choice(text, &[("1.3", TlsVersion::Tls13), ("1.2", TlsVersion::Tls12)])
}

fn handshakes(text: &str) -> Result<usize, String> {
    let count = value::number::<1, 100_000>(text)?;
    usize::try_from(count).map_err(|error| error.to_string())
}
