use http::HeaderValue;

use super::*;

fn proxies(header: ProxyHeader) -> Proxies {
    let trusted = ["10.0.0.2/32", "10.0.1.0/24", "fd00::1/128", "127.0.0.1/32"];
    let trusted = trusted.map(|text| text.parse().unwrap()).to_vec();
    Proxies { trusted, header, passes_host: true }
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn arrival(from: &str) -> Arrival {
    Arrival { from: from.parse().unwrap(), encrypted: false }
}

fn peer(from: &str, header: ProxyHeader, lines: &[(&'static str, &str)]) -> Option<String> {
    let origin = arrival(from).origin(&headers(lines), &proxies(header));
    origin.peer.map(|peer| peer.to_string())
}

#[test]
fn whoever_is_no_proxy_is_believed_nothing() {
    let lines = [
        ("x-forwarded-for", "192.0.2.9"),
        ("forwarded", "for=192.0.2.9;proto=https;host=other.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "other.example"),
    ];
    for header in [ProxyHeader::XForwarded, ProxyHeader::Forwarded] {
        for from in ["198.51.100.7", "10.0.0.3", "2001:db8::1"] {
            let origin = arrival(from).origin(&headers(&lines), &proxies(header));
            let expected = Origin { peer: from.parse().ok(), is_secure: false, host: None };
            assert_eq!(origin, expected, "{from}");
        }
        // A proxy on this machine that nobody named hides everybody behind one address.
        let origin = arrival("127.0.0.2").origin(&headers(&lines), &proxies(header));
        assert_eq!(origin, Origin::default());
    }
}

#[test]
fn the_rightmost_address_that_is_no_proxy_is_the_clients() {
    let table: [(&[&str], Option<&str>); 13] = [
        (&["192.0.2.1"], Some("192.0.2.1")),
        // What a client made up stands to the left of its own address.
        (&["6.6.6.6, 192.0.2.1"], Some("192.0.2.1")),
        (&["10.0.1.9, 192.0.2.1"], Some("192.0.2.1")),
        (&["garbage, 192.0.2.1, 10.0.1.5"], Some("192.0.2.1")),
        (&["6.6.6.6", "192.0.2.1,10.0.1.5", "fd00::1"], Some("192.0.2.1")),
        (&["192.0.2.1:4711"], Some("192.0.2.1")),
        (&["[2001:db8::7]:4711, ::ffff:10.0.0.2"], Some("2001:db8::7")),
        // A proxy that hides or garbles it leaves it unknown, whatever stands further left.
        (&["192.0.2.1, unknown"], None),
        (&["192.0.2.1, "], None),
        (&[], None),
        // Only proxies: the request began at the first of them.
        (&["10.0.1.9, 10.0.1.5"], Some("10.0.1.9")),
        (&["\u{e4}"], None),
        (&["\u{e4}, 192.0.2.1"], Some("192.0.2.1")),
    ];
    for (lines, expected) in table {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let found = peer("10.0.0.2", ProxyHeader::XForwarded, &lines);
        assert_eq!(found.as_deref(), expected, "{lines:?}");
    }
}

#[test]
fn the_standard_header_tells_the_same() {
    let table = [
        ("for=192.0.2.1", Some("192.0.2.1")),
        ("for=6.6.6.6, For=\"192.0.2.1:80\";by=10.0.0.2", Some("192.0.2.1")),
        ("for=\"[2001:db8::7]:4711\";proto=https, for=10.0.1.5", Some("2001:db8::7")),
        // Quotes that a client opens do not swallow what the proxy adds.
        ("for=\"6.6.6.6, for=192.0.2.1", Some("192.0.2.1")),
        ("for=\"6.6.6.6, for=5.5.5.5\", for=192.0.2.1", Some("192.0.2.1")),
        ("for=_hidden", None),
        ("proto=https", None),
        ("", None),
    ];
    for (line, expected) in table {
        let found = peer("10.0.0.2", ProxyHeader::Forwarded, &[("forwarded", line)]);
        assert_eq!(found.as_deref(), expected, "{line}");
    }
}

#[test]
fn only_the_header_that_the_proxy_writes_is_read() {
    let lines = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=6.6.6.6")];
    assert_eq!(peer("10.0.0.2", ProxyHeader::XForwarded, &lines).unwrap(), "192.0.2.1");
    let lines = [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=192.0.2.1")];
    assert_eq!(peer("10.0.0.2", ProxyHeader::Forwarded, &lines).unwrap(), "192.0.2.1");
}

#[test]
fn protocol_and_host_are_the_proxys() {
    let lines = headers(&[
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "http, HTTPS"),
        ("x-forwarded-host", "evil.example, firma.example"),
    ]);
    let mut proxies = proxies(ProxyHeader::XForwarded);
    let origin = arrival("10.0.0.2").origin(&lines, &proxies);
    assert!(origin.is_secure);
    assert_eq!(origin.host.as_deref(), Some("firma.example"));
    proxies.passes_host = false;
    assert_eq!(arrival("10.0.0.2").origin(&lines, &proxies).host, None);

    // The hop of the client counts, not those between proxies.
    let line = "for=192.0.2.1;proto=https;host=firma.example, for=10.0.1.5;proto=http;host=inner";
    proxies = Proxies { header: ProxyHeader::Forwarded, passes_host: true, ..proxies };
    let origin = arrival("10.0.0.2").origin(&headers(&[("forwarded", line)]), &proxies);
    assert!(origin.is_secure);
    assert_eq!(origin.host.as_deref(), Some("firma.example"));
}
