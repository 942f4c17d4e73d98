//! Section `acme`: certificates from a certificate authority.

use std::path::PathBuf;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// Certificates from a certificate authority (ACME, RFC 8555).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// Address of the authority's directory.
    pub directory: String,
    /// Mail address that the authority writes to if something is wrong.
    pub contact: Option<String>,
    /// Roots that the authority's own certificate is checked against, in PEM; `None`: the system's.
    pub ca_file: Option<PathBuf>,
}

const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

static DIRECTORY: Key = Key {
    section: "acme",
    name: "directory",
    kind: Kind::Text,
    default: None,
    example: "letsencrypt",
    flag: None,
    meaning: &[
        "Obtain and renew certificates by ACME for every host name of an organisation that has no",
        "certificate of its own: \"letsencrypt\", \"letsencrypt-staging\" or the https address of a",
        "directory. Kontor must be reached on port 443 of these names (TLS-ALPN-01). Without this",
        "key nobody is asked. It is a connection to the outside: see docs/egress.md.",
    ],
};

static TERMS_AGREED: Key = Key {
    section: "acme",
    name: "terms_agreed",
    kind: Kind::Boolean,
    default: None,
    example: "true",
    flag: None,
    meaning: &["Whether you agree to the authority's terms of service; it insists."],
};

static CONTACT: Key = Key {
    section: "acme",
    name: "contact",
    kind: Kind::Text,
    default: None,
    example: "admin@firma.example",
    flag: None,
    meaning: &["Mail address for the authority to write to. It need not have one."],
};

static CA_FILE: Key = Key {
    section: "acme",
    name: "ca_file",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/ca.pem",
    flag: None,
    meaning: &["Root certificates of an authority of your own, in PEM, instead of the system's."],
};

impl Acme {
    pub(crate) const KEYS: &'static [&'static Key] =
        &[&DIRECTORY, &TERMS_AGREED, &CONTACT, &CA_FILE];

    pub(crate) fn read(reader: &Reader) -> Result<Option<Self>, ConfigError> {
        let directory = reader.optional(&DIRECTORY, directory)?;
        let agreed = reader.optional(&TERMS_AGREED, value::boolean)?.unwrap_or_default();
        let contact = reader.optional(&CONTACT, value::mail_address)?;
        let ca_file = reader.optional(&CA_FILE, value::text)?.map(PathBuf::from);
        let Some(directory) = directory else { return Ok(None) };
        if !agreed {
            let place = reader.place(&DIRECTORY);
            return Err(format!(
                "{place} {directory}: the authority wants its terms of service agreed to. Read \
                 them, then set acme.terms_agreed = true."
            )
            .into());
        }
        Ok(Some(Self { directory, contact, ca_file }))
    }

    /// Host and port of the directory: the only ones that are spoken to.
    pub fn authority(&self) -> &str {
        authority(&self.directory).unwrap_or_default()
    }
}

fn directory(text: &str) -> Result<String, String> {
    match text {
        "letsencrypt" => Ok(LETS_ENCRYPT.to_owned()),
        "letsencrypt-staging" => Ok(LETS_ENCRYPT_STAGING.to_owned()),
        _ if authority(text).is_some() => Ok(text.to_owned()),
        _ => Err("must be \"letsencrypt\", \"letsencrypt-staging\" or an https:// address.".into()),
    }
}

/// Host and port of an https address without a user in it.
fn authority(url: &str) -> Option<&str> {
    let authority = url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    (!authority.is_empty() && !authority.contains('@')).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_a_name_or_an_https_address() {
        let table = [
            ("letsencrypt", Some("acme-v02.api.letsencrypt.org")),
            ("letsencrypt-staging", Some("acme-staging-v02.api.letsencrypt.org")),
            ("https://ca.firma.example/acme/directory", Some("ca.firma.example")),
            ("https://[::1]:14000/dir", Some("[::1]:14000")),
            ("http://ca.firma.example/", None),
            ("https://", None),
            ("https://user@evil.example/", None),
            ("letsencript", None),
        ];
        for (text, expected) in table {
            let found = directory(text).ok();
            assert_eq!(found.as_deref().and_then(authority), expected, "{text}");
        }
    }
}
