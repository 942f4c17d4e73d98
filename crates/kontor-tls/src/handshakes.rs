//! Turns connections into encrypted ones.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kontor_config::Config;
use kontor_core::Result;
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;

use crate::{Certificates, protocol};

/// An encrypted connection.
pub type Stream = tokio_rustls::server::TlsStream<TcpStream>;

/// Handshakes: so many at once, each within a time limit.
pub struct Handshakes {
    clients: Arc<ServerConfig>,
    /// Taken while Kontor computes and waits for the client's last word; the first one is waited
    /// for without, so that silent connections keep nobody out.
    places: Semaphore,
    timeout: Duration,
}

impl Handshakes {
    /// Handshakes in which `certificates` are shown.
    pub fn new(config: &Config, certificates: &Certificates) -> Result<Self> {
        let resolver = Arc::new(certificates.clone());
        Ok(Self {
            clients: protocol::for_clients(config.tls.oldest, resolver)?,
            places: Semaphore::new(config.tls.max_handshakes),
            timeout: config.tls.handshake_timeout,
        })
    }

    /// Shakes hands. `None` if that failed or took too long; the connection is closed then.
    pub async fn shake(&self, stream: TcpStream) -> Option<Stream> {
        timeout(self.timeout, self.shake_patiently(stream)).await.ok().flatten()
    }

    /// An error is the client's: it went away, or speaks no TLS, or none that is spoken here.
    async fn shake_patiently(&self, stream: TcpStream) -> Option<Stream> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await.ok()?;
        // The semaphore is never closed.
        let _place = self.places.acquire().await.ok()?;
        hello.into_stream(Arc::clone(&self.clients)).await.ok()
    }
}

impl fmt::Debug for Handshakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places.available_permits();
        f.debug_struct("Handshakes").field("places", &places).finish_non_exhaustive()
    }
}
