//! Which connections Kontor opens to the outside (R-002: none that is not in this list).

use std::fmt;

use crate::{Config, DatabaseUrl};

/// A place outside that Kontor connects to, because the configuration says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Egress {
    /// What for.
    pub purpose: Purpose,
    /// Host name or address, with the port if one is configured.
    pub host: String,
}

/// What a connection to the outside is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Rows of all organisations; sealed where the inventory says so.
    Database,
    /// Host names of organisations and the operator's mail address, to obtain certificates.
    Certificates,
    /// Mail addresses of people, with links and warnings for them.
    Mail,
    /// That there is something for a device, and when.
    Push,
}

impl Config {
    /// Every place outside that this configuration makes Kontor connect to. Empty by default.
    pub fn egress(&self) -> Vec<Egress> {
        let mut list = Vec::new();
        if let DatabaseUrl::Postgres(url) = &self.database.url {
            let host = authority(url.expose()).to_owned();
            list.push(Egress { purpose: Purpose::Database, host });
        }
        if let Some(acme) = &self.acme {
            let host = acme.authority().to_owned();
            list.push(Egress { purpose: Purpose::Certificates, host });
        }
        if let Some(mail) = &self.mail {
            let host = format!("{}:{}", mail.server, mail.port);
            list.push(Egress { purpose: Purpose::Mail, host });
        }
        for host in self.push.iter().flat_map(|push| &push.hosts) {
            list.push(Egress { purpose: Purpose::Push, host: host.to_string() });
        }
        list
    }
}

/// Host and port of an address; never the user and password before them, even where those hold
/// characters that should have been encoded.
fn authority(url: &str) -> &str {
    const UNCLEAR: &str = "as configured";
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let mut parts = rest.split('@');
    let ((Some(host), None, _) | (Some(_), Some(host), None)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return UNCLEAR;
    };
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let port = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map(|(_, port)| port);
    let sound = port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if sound && !host.is_empty() { host } else { UNCLEAR }
}

impl fmt::Display for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.host, self.purpose)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Database => "database",
            Self::Certificates => "certificates",
            Self::Mail => "mail",
            Self::Push => "push",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn a_password_is_never_taken_for_a_host() {
        let table = [
            ("postgres://kontor:hunter2@10.0.0.5:5432/kontor", "10.0.0.5:5432"),
            ("postgres://db.example/kontor?user=x", "db.example"),
            ("postgres://u:hun/ter2@db.example/kontor", "db.example"),
            ("postgres://u:hun@ter2@db.example/kontor", "as configured"),
            ("postgres://u@[fd00::1]/kontor", "[fd00::1]"),
            ("postgres://u@db/kontor?password=hunter@2", "as configured"),
            ("postgres://u:hunter2/kontor", "as configured"),
            ("postgres:///kontor", "as configured"),
            ("https://ca.example/acme", "ca.example"),
        ];
        for (url, host) in table {
            assert_eq!(authority(url), host, "{url}");
        }
    }
}
