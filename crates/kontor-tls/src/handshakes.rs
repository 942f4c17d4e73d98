//! Turns connections into encrypted ones.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kontor_config::{Config, TlsVersion};
use kontor_core::{Result, Timestamp};
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;

use crate::certificates::Challenges;
use crate::protocol::{CHALLENGE_PROTOCOL, END_OF_TLS_1_2};
use crate::{Certificates, protocol};

/// An encrypted connection.
pub type Stream = tokio_rustls::server::TlsStream<TcpStream>;

/// Handshakes: so many at once, each within a time limit.
pub struct Handshakes {
    clients: Arc<ServerConfig>,
    challenges: Arc<ServerConfig>,
    /// Taken while Kontor computes and waits for the client's last word; the first one is waited
    /// for without, so that silent connections keep nobody out.
    places: Semaphore,
    timeout: Duration,
}

impl Handshakes {
    /// Handshakes in which `certificates` are shown. From 2032 on (`now`), TLS 1.2 is not spoken
    /// whatever is configured.
    pub fn new(config: &Config, certificates: &Certificates, now: Timestamp) -> Result<Self> {
        let resolver = Arc::new(certificates.clone());
        let oldest = if now < END_OF_TLS_1_2 { config.tls.oldest } else { TlsVersion::Tls13 };
        let challenges = Arc::new(Challenges(certificates.clone()));
        Ok(Self {
            challenges: protocol::for_challenges(challenges)?,
            clients: protocol::for_clients(oldest, resolver)?,
            places: Semaphore::new(config.tls.max_handshakes),
            timeout: config.tls.handshake_timeout,
        })
    }

    /// Shakes hands. `None` if that failed or took too long, or if an authority only looked at a
    /// challenge; the connection is closed then.
    pub async fn shake(&self, stream: TcpStream) -> Option<Stream> {
        timeout(self.timeout, self.shake_patiently(stream)).await.ok().flatten()
    }

    /// An error is the client's: it went away, or speaks no TLS, or none that is spoken here.
    async fn shake_patiently(&self, stream: TcpStream) -> Option<Stream> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await.ok()?;
        // The semaphore is never closed.
        let _place = self.places.acquire().await.ok()?;
        let asked = hello.client_hello().alpn();
        if asked.is_some_and(|mut names| names.any(|name| name == CHALLENGE_PROTOCOL)) {
            // The authority has seen all it wants to see once hands are shaken (RFC 8737 §3).
            let mut stream = hello.into_stream(Arc::clone(&self.challenges)).await.ok()?;
            // It may have gone away already.
            let _ = stream.shutdown().await;
            return None;
        }
        hello.into_stream(Arc::clone(&self.clients)).await.ok()
    }
}

impl fmt::Debug for Handshakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places.available_permits();
        f.debug_struct("Handshakes").field("places", &places).finish_non_exhaustive()
    }
}
