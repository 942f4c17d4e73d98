//! Which certificate is shown for which host name.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kontor_config::{CertificateFiles, Config};
use kontor_core::Result;
use parking_lot::{Mutex, RwLock};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::time::{MissedTickBehavior, interval};

use crate::files::{self, Stamp};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(3);

/// The certificates of this node, by host name. Clones are the same certificates.
#[derive(Clone)]
pub struct Certificates {
    table: Arc<RwLock<Table>>,
    sources: Arc<Mutex<Vec<Source>>>,
}

/// What is shown now.
#[derive(Default)]
struct Table {
    /// From files of organisations.
    own: HashMap<String, Arc<CertifiedKey>>,
    /// For everybody else.
    default: Option<Arc<CertifiedKey>>,
}

/// Files, and what was read from them last.
struct Source {
    /// Host names it is for; `None`: those that have no other.
    hosts: Option<Vec<String>>,
    files: CertificateFiles,
    stamp: Option<Stamp>,
    /// The last failure, so that it is logged once.
    failure: Option<String>,
}

impl Certificates {
    /// Reads the certificates that `config` names. Blocks for some file operations.
    ///
    /// # Errors
    /// With a text for the operator, if one of them cannot be used.
    pub fn load(config: &Config) -> Result<Self> {
        let mut sources = sources(config);
        let mut table = Table::default();
        for source in &mut sources {
            source.stamp = files::stamp(&source.files);
            table.put(source, &files::load(&source.files)?);
        }
        Ok(Self { table: Arc::new(RwLock::new(table)), sources: Arc::new(Mutex::new(sources)) })
    }

    /// Reads files that have changed. Those that cannot be used are logged, and what they held
    /// before stays in use. Blocks for some file operations.
    pub fn reload(&self) {
        for source in self.sources.lock().iter_mut() {
            let stamp = files::stamp(&source.files);
            // What could not be used is tried again: certificate and key change one after the other.
            if stamp == source.stamp && source.failure.is_none() {
                continue;
            }
            let path = source.files.certificate.display().to_string();
            match files::load(&source.files) {
                Ok(key) => {
                    self.table.write().put(source, &key);
                    (source.stamp, source.failure) = (stamp, None);
                    tracing::info!(path, "certificate read again");
                }
                Err(error) => {
                    let text = error.public.into_owned();
                    if source.failure.as_ref() != Some(&text) {
                        tracing::error!(path, text, "certificate not usable; the old one stays");
                    }
                    source.failure = Some(text);
                }
            }
        }
    }

    /// Looks after the files for ever.
    pub async fn watch(self) {
        let mut pause = interval(LOOK);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pause.tick().await;
            self.reload();
        }
    }

    /// What is shown to a client that asks for `host`, or for nobody in particular.
    pub(crate) fn find(&self, host: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let table = self.table.read();
        let own = host.and_then(|host| table.own.get(host.to_ascii_lowercase().as_str()));
        own.or(table.default.as_ref()).map(Arc::clone)
    }
}

impl Table {
    fn put(&mut self, source: &Source, key: &Arc<CertifiedKey>) {
        match &source.hosts {
            None => self.default = Some(Arc::clone(key)),
            Some(hosts) => {
                let own = hosts.iter().map(|host| (host.clone(), Arc::clone(key)));
                self.own.extend(own);
            }
        }
    }
}

fn sources(config: &Config) -> Vec<Source> {
    let source = |hosts, files: &CertificateFiles| Source {
        hosts,
        files: files.clone(),
        stamp: None,
        failure: None,
    };
    let own = config.tenants.iter().filter_map(|tenant| {
        let hosts = tenant.all_hosts().map(name_of).collect();
        tenant.certificate.as_ref().map(|files| source(Some(hosts), files))
    });
    config.tls.files.iter().map(|files| source(None, files)).chain(own).collect()
}

/// The name a client asks for when it connects to `host`: without port, in lower case.
pub(crate) fn name_of(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.to_ascii_lowercase()
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.find(hello.server_name())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table.read();
        f.debug_struct("Certificates")
            .field("hosts", &table.own.keys())
            .field("default", &table.default.is_some())
            .finish_non_exhaustive()
    }
}
