//! A server that only shakes hands and echoes, and clients of it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use kontor_config::{Config, Sources};
use kontor_core::Timestamp;
use kontor_testkit::Authority;
use kontor_tls::{Certificates, Handshakes};
use rustls::SupportedProtocolVersion;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A server that only shakes hands and echoes.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) authority: Authority,
    pub(crate) certificates: Certificates,
    pub(crate) address: SocketAddr,
}

/// A configuration of the strict preset with defaults.
pub(crate) fn config(folder: &TempDir) -> Config {
    let data = folder.path().to_str().unwrap().to_owned();
    Config::load(Sources { file: None, flags: BTreeMap::from([("data", data)]) }).unwrap()
}

/// A server whose configuration `change` has made.
pub(crate) async fn start(change: impl FnOnce(&mut Config, &TempDir, &Authority)) -> Site {
    start_at(Timestamp(1_800_000_000_000), change).await
}

/// As [`start`], but the server's clock stands at `now`.
pub(crate) async fn start_at(
    now: Timestamp,
    change: impl FnOnce(&mut Config, &TempDir, &Authority),
) -> Site {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let mut config = config(&folder);
    change(&mut config, &folder, &authority);
    let certificates = Certificates::load(&config).unwrap();
    let handshakes = Arc::new(Handshakes::new(&config, &certificates, now).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(echo(Arc::clone(&handshakes), stream));
        }
    });
    Site { folder, authority, certificates, address }
}

async fn echo(handshakes: Arc<Handshakes>, stream: TcpStream) {
    if let Some(stream) = handshakes.shake(stream).await {
        let (mut from, mut to) = split(stream);
        let _ = copy(&mut from, &mut to).await;
    }
}

impl Site {
    /// Connects as a client that asks for `name` and speaks `versions`.
    pub(crate) async fn connect_with(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> io::Result<TlsStream<TcpStream>> {
        let mut config = self.authority.client_config(versions);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// Connects as a client of today.
    pub(crate) async fn connect(&self, name: &str) -> io::Result<TlsStream<TcpStream>> {
        self.connect_with(name, &[&TLS13, &TLS12]).await
    }

    /// The certificate shown to a client that asks for `name`.
    pub(crate) async fn shown(&self, name: &str) -> CertificateDer<'static> {
        let stream = self.connect(name).await.unwrap();
        let (_, connection) = stream.get_ref();
        connection.peer_certificates().unwrap().first().unwrap().clone()
    }
}

/// Whether what is said comes back.
pub(crate) async fn answers(stream: &mut TlsStream<TcpStream>) -> bool {
    let mut answer = [0; 4];
    let said = stream.write_all(b"ping").await;
    said.is_ok() && stream.read_exact(&mut answer).await.is_ok() && &answer == b"ping"
}
