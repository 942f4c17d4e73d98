//! Section `listen`: the HTTP listener and its limits.

use std::net::SocketAddr;
use std::time::Duration;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// The HTTP listener and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Where to listen.
    pub address: SocketAddr,
    /// Where health and metrics are told; `None`: nowhere.
    pub admin_address: Option<SocketAddr>,
    /// Connections open at once; more wait in the system's queue.
    pub max_connections: usize,
    /// Longest time for a request's head to arrive.
    pub header_timeout: Duration,
    /// Longest pause while a request's body arrives.
    pub body_timeout: Duration,
    /// Largest request head, in bytes.
    pub max_header_bytes: usize,
    /// Longest time to finish requests when stopping.
    pub shutdown_timeout: Duration,
}

pub(crate) static ADDRESS: Key = Key {
    section: "listen",
    name: "address",
    kind: Kind::Text,
    default: Some("127.0.0.1:8008"),
    example: "",
    flag: Some("listen"),
    meaning: &[
        "Address and port. Anything but a loopback address needs a certificate ([tls] or [acme]) or",
        "a TLS proxy in front (server.trusted_proxies).",
    ],
};

static ADMIN_ADDRESS: Key = Key {
    section: "listen",
    name: "admin_address",
    kind: Kind::Text,
    default: None,
    example: "127.0.0.1:8009",
    flag: Some("admin-listen"),
    meaning: &[
        "Address and port of a second listener for the operator, in plain HTTP: /health and /metrics",
        "(Prometheus). Without it there is none. It asks for no password: keep it on a loopback",
        "address or in a network of machines of yours.",
    ],
};

static MAX_CONNECTIONS: Key = Key {
    section: "listen",
    name: "max_connections",
    kind: Kind::Integer,
    default: Some("16000"),
    example: "",
    flag: None,
    meaning: &["Connections open at once; more wait until one closes."],
};

static HEADER_TIMEOUT: Key = Key {
    section: "listen",
    name: "header_timeout_s",
    kind: Kind::Integer,
    default: Some("10"),
    example: "",
    flag: None,
    meaning: &[
        "Longest time for the head of a request to arrive, in seconds. As long an HTTP/1 connection",
        "stays open between requests: let your proxy drop its idle ones earlier.",
    ],
};

static BODY_TIMEOUT: Key = Key {
    section: "listen",
    name: "body_timeout_s",
    kind: Kind::Integer,
    default: Some("20"),
    example: "",
    flag: None,
    meaning: &["Longest pause while the body of a request arrives, in seconds."],
};

static MAX_HEADER: Key = Key {
    section: "listen",
    name: "max_header",
    kind: Kind::Text,
    default: Some("64 KiB"),
    example: "",
    flag: None,
    meaning: &["Largest head of a request."],
};

static SHUTDOWN_TIMEOUT: Key = Key {
    section: "listen",
    name: "shutdown_timeout_s",
    kind: Kind::Integer,
    default: Some("8"),
    example: "",
    flag: None,
    meaning: &["Longest time to finish requests when stopping, in seconds."],
};

impl Listen {
    pub(crate) const KEYS: &'static [&'static Key] = &[
        &ADDRESS,
        &ADMIN_ADDRESS,
        &MAX_CONNECTIONS,
        &HEADER_TIMEOUT,
        &BODY_TIMEOUT,
        &MAX_HEADER,
        &SHUTDOWN_TIMEOUT,
    ];

    pub(crate) fn read(reader: &Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            address: reader.required(&ADDRESS, value::address)?,
            admin_address: reader.optional(&ADMIN_ADDRESS, value::address)?,
            max_connections: reader.required(&MAX_CONNECTIONS, connections)?,
            header_timeout: reader.required(&HEADER_TIMEOUT, value::seconds::<1, 300>)?,
            body_timeout: reader.required(&BODY_TIMEOUT, value::seconds::<1, 600>)?,
            max_header_bytes: reader.required(&MAX_HEADER, header_size)?,
            shutdown_timeout: reader.required(&SHUTDOWN_TIMEOUT, value::seconds::<1, 60>)?,
        })
    }
}

fn connections(text: &str) -> Result<usize, String> {
    let count = value::number::<1, 1_000_000>(text)?;
    usize::try_from(count).map_err(|error| error.to_string())
}

/// 8 KiB is the least that hyper accepts.
fn header_size(text: &str) -> Result<usize, String> {
    let bytes = usize::try_from(value::size(text)?).unwrap_or(usize::MAX);
    if (8 << 10..=1 << 20).contains(&bytes) {
        return Ok(bytes);
    }
    Err("must be between 8 KiB and 1 MiB.".to_owned())
}
