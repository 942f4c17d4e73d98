//! Which tenant a host name belongs to.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::Request;
use http::header::HOST;

/// What each host name leads to.
#[derive(Clone, Debug)]
pub(crate) struct Hosts<T> {
    by_name: HashMap<String, Arc<T>>,
    /// Where every name of this machine itself leads.
    loopback: Option<Arc<T>>,
}

impl<T> Default for Hosts<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), loopback: None }
    }
}

impl<T> Hosts<T> {
    /// Makes `name` lead to `target`. The first one wins.
    pub(crate) fn add(&mut self, name: &str, target: &Arc<T>) {
        let name = name.to_ascii_lowercase();
        self.by_name.entry(name).or_insert_with(|| Arc::clone(target));
    }

    /// Makes every name of this machine itself lead to `target`.
    pub(crate) fn add_loopback(&mut self, target: Arc<T>) {
        self.loopback = Some(target);
    }

    /// Where `host`, as a client sent it, leads: first as it is, then without its port.
    pub(crate) fn find(&self, host: &str) -> Option<&Arc<T>> {
        let lower;
        let host = if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lower = host.to_ascii_lowercase();
            lower.as_str()
        } else {
            host
        };
        if let Some(target) = self.by_name.get(host) {
            return Some(target);
        }
        let name = without_port(host);
        let name = name.strip_suffix('.').unwrap_or(name);
        self.by_name.get(name).or_else(|| self.loopback.as_ref().filter(|_| is_loopback(name)))
    }
}

/// The host a request is for: HTTP/2's `:authority`, or the `Host` header. `None` where it names
/// two: a proxy in front may have looked at the other one (RFC 9112 §3.2, RFC 9113 §8.3.1).
pub(crate) fn host_of<B>(request: &Request<B>) -> Option<&str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (host, further) = (hosts.next(), hosts.next());
    if further.is_some() {
        return None;
    }
    let host = host.map(|host| host.to_str().unwrap_or_default());
    match (request.uri().authority(), host) {
        (Some(authority), Some(host)) if !authority.as_str().eq_ignore_ascii_case(host) => None,
        (Some(authority), _) => Some(authority.as_str()),
        (None, host) => host,
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            name
        }
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts<&'static str> {
        let mut hosts = Hosts::default();
        hosts.add("firma.example", &Arc::new("firma"));
        hosts.add("Chat.Firma.example", &Arc::new("firma"));
        hosts.add("localhost:8008", &Arc::new("eight"));
        hosts.add("localhost:9009", &Arc::new("nine"));
        hosts
    }

    #[test]
    fn hosts_match_whatever_their_case_and_port() {
        let table = [
            ("firma.example", Some("firma")),
            ("FIRMA.example:443", Some("firma")),
            ("chat.firma.example", Some("firma")),
            ("firma.example.", Some("firma")),
            ("localhost:8008", Some("eight")),
            ("localhost:9009", Some("nine")),
            ("localhost:1", None),
            ("localhost", None),
            ("other.example", None),
            ("xfirma.example", None),
            ("", None),
            (":", None),
            ("[::1]:8008", None),
        ];
        for (host, target) in table {
            assert_eq!(hosts().find(host).map(|found| **found), target, "{host}");
        }
    }

    #[test]
    fn a_request_that_names_two_hosts_is_for_neither() {
        let request = |uri: &str, hosts: &[&str]| {
            let mut request = Request::builder().uri(uri);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            request.body(()).unwrap()
        };
        let absolute = "http://one.example/x";
        let table: [(&str, &[&str], Option<&str>); 9] = [
            ("/x", &["one.example"], Some("one.example")),
            ("/x", &[], None),
            ("/x", &["one.example", "two.example"], None),
            ("/x", &["one.example", "one.example"], None),
            (absolute, &[], Some("one.example")),
            (absolute, &["one.example"], Some("one.example")),
            (absolute, &["ONE.example"], Some("one.example")),
            (absolute, &["two.example"], None),
            ("http://one.example@two.example/x", &["one.example"], None),
        ];
        for (uri, hosts, expected) in table {
            assert_eq!(host_of(&request(uri, hosts)), expected, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn every_name_of_this_machine_leads_to_the_loopback_tenant() {
        let mut hosts = hosts();
        hosts.add_loopback(Arc::new("lab"));
        for host in
            ["localhost", "LOCALHOST:1", "127.0.0.1:8008", "127.3.2.1", "[::1]:80", "a.localhost:2"]
        {
            assert_eq!(hosts.find(host).map(|found| **found), Some("lab"), "{host}");
        }
        for host in ["192.0.2.1:8008", "localhost.evil.example", "127.0.0.1.evil.example"] {
            assert!(hosts.find(host).is_none(), "{host}");
        }
    }
}
