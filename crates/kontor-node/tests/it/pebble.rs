//! A certificate authority of its own: pebble, the one that Let's Encrypt tests with.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kontor_testkit::{Authority, http};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// A running authority for which every name leads to this machine; ended when dropped.
pub(crate) struct Pebble {
    names: Child,
    authority: Child,
    folder: TempDir,
    /// Vouches for the authority's own address.
    vouching: Authority,
    api: u16,
    management: u16,
    dns: u16,
}

impl Pebble {
    /// Starts one that looks for answers to its challenges at `tls_port`.
    pub(crate) async fn start(tls_port: u16) -> Self {
        let folder = TempDir::new().unwrap();
        let vouching = Authority::new();
        let files = vouching.issue(&["127.0.0.1"]).write(folder.path(), "pebble");
        fs::write(folder.path().join("root.pem"), vouching.root()).unwrap();
        let (api, management, dns) = (free_port(), free_port(), free_port());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{api}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": files.certificate,
            "privateKey": files.key,
            "httpPort": free_port(),
            "tlsPort": tls_port,
        }});
        fs::write(folder.path().join("pebble.json"), config.to_string()).unwrap();
        let names = Command::new("pebble-challtestsrv")
            .args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-dns01", &format!("127.0.0.1:{dns}")])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", ""])
            .args(["-management", &format!("127.0.0.1:{}", free_port())])
            .quiet();
        let authority = spawn(folder.path(), dns);
        let pebble = Self { names, authority, folder, vouching, api, management, dns };
        pebble.wait().await;
        pebble
    }

    /// Ends it and starts another one in its place, which has never heard of anybody.
    pub(crate) async fn start_anew(&mut self) {
        end(&mut self.authority);
        self.authority = spawn(self.folder.path(), self.dns);
        self.wait().await;
    }

    async fn wait(&self) {
        let client = self.vouching.client().build().unwrap();
        let begin = Instant::now();
        while client.get(self.directory()).send().await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(30), "pebble does not answer");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Address of its directory.
    pub(crate) fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.api)
    }

    /// Folder of `root.pem`, which vouches for this address.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The root of the certificates it issues, in PEM.
    pub(crate) async fn root(&self) -> String {
        let client = self.vouching.client().build().unwrap();
        let url = format!("https://127.0.0.1:{}/roots/0", self.management);
        client.get(url).send().await.unwrap().text().await.unwrap()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        end(&mut self.names);
        end(&mut self.authority);
    }
}

fn end(child: &mut Child) {
    // Both fail if the process has ended, which is what is wanted.
    drop(child.kill());
    drop(child.wait());
}

fn spawn(folder: &Path, dns: u16) -> Child {
    Command::new("pebble")
        .arg("-config")
        .arg(folder.join("pebble.json"))
        .args(["-strict", "-dnsserver", &format!("127.0.0.1:{dns}")])
        // It would otherwise wait some seconds, as real ones do.
        .env("PEBBLE_VA_NOSLEEP", "1")
        .quiet()
}

trait Quiet {
    fn quiet(&mut self) -> Child;
}

impl Quiet for Command {
    fn quiet(&mut self) -> Child {
        let started = self.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        assert!(started.is_ok(), "pebble is missing; scripts/setup.sh test installs it");
        started.unwrap()
    }
}

/// A port that nobody listens on now. It lies below those that the system gives to connections, so
/// that none of the tests running beside takes it before it is used, or between two uses.
pub(crate) fn free_port() -> u16 {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(97);
    loop {
        let next = start.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(next % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A client that trusts `root` only and finds `host` on this machine, at `port`.
pub(crate) fn client(root: &str, host: &str, port: u16) -> reqwest::Client {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
    // Naming the provider is what `http` does first.
    let builder = http();
    let config =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let address = ([127, 0, 0, 1], port).into();
    builder.use_preconfigured_tls(config).resolve(host, address).build().unwrap()
}
