//! Section `server`, second part: the proxies in front, and what is believed of what they say.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// The proxies in front of Kontor, and what is believed of what they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Networks of the proxies; what anybody else says about where a request came from is ignored.
    pub trusted: Vec<IpNet>,
    /// Which headers they write.
    pub header: ProxyHeader,
    /// Whether the host name they pass on chooses the organisation.
    pub passes_host: bool,
}

/// Which headers a proxy writes.
///
/// Only one kind is believed: a proxy that writes the one kind passes the other on as the client
/// made it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

static TRUSTED_PROXIES: Key = Key {
    section: "server",
    name: "trusted_proxies",
    kind: Kind::Texts,
    default: None,
    example: "127.0.0.1,10.0.0.2/32",
    flag: None,
    meaning: &[
        "Addresses or networks (CIDR) of the proxies in front. Only they are believed when they say",
        "whom a request came from. Never put a network of clients here.",
    ],
};

static PROXY_HEADER: Key = Key {
    section: "server",
    name: "proxy_header",
    kind: Kind::Text,
    default: Some("x-forwarded"),
    example: "",
    flag: None,
    meaning: &[
        "What these proxies write: \"x-forwarded\" (X-Forwarded-For, -Proto, -Host) or \"forwarded\"",
        "(RFC 7239). The other kind is ignored, since clients could write it themselves.",
    ],
};

static PROXY_HOST: Key = Key {
    section: "server",
    name: "proxy_host",
    kind: Kind::Boolean,
    default: Some("false"),
    example: "",
    flag: None,
    meaning: &[
        "Whether the host name these proxies pass on in that header chooses the organisation,",
        "instead of Host. Only if they overwrite it.",
    ],
};

impl Proxies {
    pub(crate) const KEYS: &'static [&'static Key] =
        &[&TRUSTED_PROXIES, &PROXY_HEADER, &PROXY_HOST];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            trusted: reader.optional(&TRUSTED_PROXIES, networks)?.unwrap_or_default(),
            header: reader.required(&PROXY_HEADER, header)?,
            passes_host: reader.required(&PROXY_HOST, value::boolean)?,
        })
    }

    /// Whether `address` is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(network).collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
    let network = address.or_else(|_| text.parse()).map_err(|_| {
        format!("{text:?} must be an address or a network such as \"10.0.0.2\" or \"fd00::/64\".")
    })?;
    if network.prefix_len() == 0 {
        return Err(format!("{text:?} is everybody; name the proxies only."));
    }
    Ok(network)
}

fn header(text: &str) -> Result<ProxyHeader, String> {
    let choices = [("x-forwarded", ProxyHeader::XForwarded), ("forwarded", ProxyHeader::Forwarded)];
    value::choice(text, &choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_understood_and_everybody_is_refused() {
        let trusted = networks("10.0.0.2, 192.168.7.0/24,fd00::/64").unwrap();
        let proxies = Proxies { trusted, ..Proxies::default() };
        for address in ["10.0.0.2", "192.168.7.99", "::ffff:10.0.0.2", "fd00::1"] {
            assert!(proxies.trusts(address.parse().unwrap()), "{address}");
        }
        for address in ["10.0.0.3", "192.168.8.1", "fd00:0:0:1::1", "127.0.0.1"] {
            assert!(!proxies.trusts(address.parse().unwrap()), "{address}");
        }
        for text in ["0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example", "10.0.0"] {
            assert!(networks(text).is_err(), "{text}");
        }
        assert!(networks("").unwrap().is_empty());
    }
}
