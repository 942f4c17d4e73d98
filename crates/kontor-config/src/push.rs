//! Section `push`: the services that wake sleeping browsers and apps (Web Push).

use std::net::IpAddr;
use std::path::PathBuf;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// The push services that may be asked to wake a device. law
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Who may be asked; nobody else is. At least one.
    pub hosts: Vec<PushHost>,
    /// Where a push service can complain; `None`: at the organisation's own address.
    pub contact: Option<String>,
    /// Roots that their certificates are checked against, in PEM; `None`: the system's.
    pub ca_file: Option<PathBuf>,
}

/// A push service, or all whose names end alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushHost {
    /// Host name or address.
    name: String,
    /// `None`: the usual one of HTTPS.
    port: Option<u16>,
    /// Names below it are meant, not itself.
    below: bool,
}

static HOSTS: Key = Key {
    section: "push",
    name: "hosts",
    kind: Kind::Texts,
    default: None,
    example: "updates.push.services.mozilla.com,fcm.googleapis.com,*.push.apple.com",
    flag: None,
    meaning: &[
        "Push services that may wake browsers and apps that are closed: those of Firefox, Chrome",
        "(also Edge on Android) and Safari, \"*.notify.windows.com\" for Edge, or one of your own",
        "(UnifiedPush). They learn that there is something for a device, and when; never what,",
        "where or from whom. Without this key nobody is woken. It is a connection to the outside:",
        "see docs/egress.md. Each organisation allows it too (policy push_gateways).",
    ],
};

static CONTACT: Key = Key {
    section: "push",
    name: "contact",
    kind: Kind::Text,
    default: None,
    example: "admin@firma.example",
    flag: None,
    meaning: &[
        "Mail address that push services may write to. Without it they are told the address of the",
        "organisation's server.",
    ],
};

static CA_FILE: Key = Key {
    section: "push",
    name: "ca_file",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/ca.pem",
    flag: None,
    meaning: &[
        "Root certificates for a push service of your own, in PEM, instead of the system's.",
    ],
};

impl Push {
    pub(crate) const KEYS: &'static [&'static Key] = &[&HOSTS, &CONTACT, &CA_FILE];

    pub(crate) fn read(reader: &Reader) -> Result<Option<Self>, ConfigError> {
        let hosts = reader.optional(&HOSTS, hosts)?.unwrap_or_default();
        let contact = reader.optional(&CONTACT, value::mail_address)?;
        let ca_file = reader.optional(&CA_FILE, value::text)?.map(PathBuf::from);
        Ok((!hosts.is_empty()).then_some(Self { hosts, contact, ca_file }))
    }

    /// Whether this may be asked to wake a device: a listed host by HTTPS; one on this very machine
    /// also without.
    #[must_use]
    pub fn permits(&self, is_secure: bool, host: &str, port: Option<u16>) -> bool {
        (is_secure || is_loopback(host)) && self.hosts.iter().any(|known| known.is(host, port))
    }
}

impl PushHost {
    fn is(&self, host: &str, port: Option<u16>) -> bool {
        let host = host.to_ascii_lowercase();
        let is_named = if self.below {
            host.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        };
        is_named && port == self.port
    }
}

impl std::fmt::Display for PushHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let below = if self.below { "*." } else { "" };
        write!(f, "{below}{}", self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn hosts(text: &str) -> Result<Vec<PushHost>, String> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(host).collect()
}

fn host(text: &str) -> Result<PushHost, String> {
    let unclear =
        || format!("{text:?} must be a host name such as \"push.example\" or \"*.push.example\".");
    let (rest, below) = text.strip_prefix("*.").map_or((text, false), |rest| (rest, true));
    let (name, port) = match rest.rsplit_once(':') {
        Some((name, port)) => (name, Some(port.parse::<u16>().map_err(|_| unclear())?)),
        None => (rest, None),
    };
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    // All names of a country or of everybody are nobody in particular.
    let is_someone = !below || name.contains('.');
    if name.is_empty() || !name.bytes().all(is_sound) || !is_someone || name.starts_with('.') {
        return Err(unclear());
    }
    let port = port.filter(|port| *port != 443);
    Ok(PushHost { name: name.to_ascii_lowercase(), port, below })
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_are_asked_and_never_in_the_clear() {
        let hosts = hosts("Push.example, *.push.apple.com,127.0.0.1:9,own.example:8443").unwrap();
        let push = Push { hosts, contact: None, ca_file: None };
        for (is_secure, host, port, permitted) in [
            (true, "push.example", None, true),
            (true, "PUSH.example", None, true),
            (false, "push.example", None, false),
            (true, "push.example", Some(8443), false),
            (true, "evilpush.example", None, false),
            (true, "push.example.evil.example", None, false),
            (true, "web.push.apple.com", None, true),
            (true, "push.apple.com", None, false),
            (true, ".push.apple.com", None, false),
            (true, "webpush.apple.com", None, false),
            (false, "127.0.0.1", Some(9), true),
            (false, "127.0.0.1", None, false),
            (true, "own.example", Some(8443), true),
            (true, "own.example", None, false),
        ] {
            assert_eq!(push.permits(is_secure, host, port), permitted, "{host} {port:?}");
        }
    }

    #[test]
    fn what_names_nobody_in_particular_is_refused() {
        for text in ["*", "*.", "*.com", "https://push.example", "a b", "push.example:x", "*.*.x.y"]
        {
            assert!(hosts(text).is_err(), "{text}");
        }
        let shown: Vec<String> = hosts("a.example:443,*.b.example:8443")
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(shown, ["a.example", "*.b.example:8443"]);
    }
}
