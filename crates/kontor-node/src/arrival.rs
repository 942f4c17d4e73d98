//! Where a request came from, as far as that can be believed.

use std::net::{IpAddr, SocketAddr};

use http::header::{FORWARDED, HeaderMap, HeaderName};
use kontor_config::{Proxies, ProxyHeader};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) from: IpAddr,
    /// TLS ends here.
    pub(crate) encrypted: bool,
}

/// Where a request came from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client; `None`: unknown, because a proxy in front does not say.
    pub(crate) peer: Option<IpAddr>,
    /// The client came by TLS.
    pub(crate) is_secure: bool,
    /// The host name the client asked for, if a proxy may say so and does.
    pub(crate) host: Option<String>,
}

/// One hop of the way, as a proxy wrote it down.
#[derive(Debug, Default)]
struct Hop {
    /// Who spoke to the proxy; `None`: hidden or garbled.
    from: Option<IpAddr>,
    is_secure: Option<bool>,
    host: Option<String>,
}

impl Arrival {
    /// Where a request with these headers came from.
    ///
    /// What is not on a list of trusted proxies is believed nothing. Each proxy adds at the right
    /// end, so that the way is walked from there, and ends at the first address that is none of
    /// the proxies': what stands further left was written by that client.
    pub(crate) fn origin(&self, headers: &HeaderMap, proxies: &Proxies) -> Origin {
        if !proxies.trusts(self.from) {
            // On this machine: a proxy that is not named, behind which everybody has one address.
            let peer = (!self.from.is_loopback()).then_some(self.from);
            return Origin { peer, is_secure: self.encrypted, host: None };
        }
        let mut way = match proxies.header {
            ProxyHeader::XForwarded => x_forwarded(headers),
            ProxyHeader::Forwarded => forwarded(headers),
        };
        let is_end = |hop: &Hop| hop.from.is_none_or(|from| !proxies.trusts(from));
        let end = way.iter().rposition(is_end).unwrap_or_default();
        let Some(hop) = way.get_mut(end) else {
            return Origin { peer: None, is_secure: self.encrypted, host: None };
        };
        Origin {
            peer: hop.from,
            is_secure: hop.is_secure.unwrap_or(self.encrypted),
            host: hop.host.take().filter(|_| proxies.passes_host),
        }
    }
}

/// The way that `X-Forwarded-For` tells. Protocol and host are what the nearest proxy wrote last.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let last = |name| values(headers, name).last();
    let is_secure = last(FORWARDED_PROTO).map(|proto| proto.eq_ignore_ascii_case("https"));
    let host = last(FORWARDED_HOST).map(str::to_owned);
    let hop = |node| Hop { from: address(node), is_secure, host: host.clone() };
    let way: Vec<Hop> = values(headers, FORWARDED_FOR).map(hop).collect();
    if way.is_empty() { vec![Hop { from: None, is_secure, host }] } else { way }
}

/// The comma-separated values of every header of this name, in order.
///
/// Quotes and bytes that are no text do not matter: nothing a client writes may swallow what a
/// proxy adds behind it.
fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    let values = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    values.map(|value| str::from_utf8(value).unwrap_or_default().trim())
}

/// The way that `Forwarded` tells (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    values(headers, FORWARDED).map(hop).collect()
}

/// One element of `Forwarded`: `for=192.0.2.1;proto=https;host=firma.example`.
fn hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in element.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.from = address(value),
            "proto" => hop.is_secure = Some(value.eq_ignore_ascii_case("https")),
            "host" => hop.host = Some(value.to_owned()),
            _ => {}
        }
    }
    hop
}

/// An address with or without port; IPv6 with or without brackets.
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse().or_else(|_| node.parse().map(|node: SocketAddr| node.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests;
