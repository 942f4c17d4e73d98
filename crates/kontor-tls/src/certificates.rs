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
    /// From an authority.
    obtained: HashMap<String, Arc<CertifiedKey>>,
    /// Answers to an authority's challenges.
    challenges: HashMap<String, Arc<CertifiedKey>>,
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
        let host = host.map(str::to_ascii_lowercase);
        let own = host.and_then(|host| table.own.get(&host).or_else(|| table.obtained.get(&host)));
        own.or(table.default.as_ref()).map(Arc::clone)
    }

    /// Whether files of an organisation hold one for `host`.
    pub(crate) fn has_own(&self, host: &str) -> bool {
        self.table.read().own.contains_key(host)
    }

    /// What an authority has issued for `host`, in lower case.
    pub(crate) fn obtained(&self, host: &str) -> Option<Arc<CertifiedKey>> {
        self.table.read().obtained.get(host).map(Arc::clone)
    }

    /// Shows what an authority has issued for `host`, in lower case.
    pub(crate) fn put_obtained(&self, host: &str, key: Arc<CertifiedKey>) {
        self.table.write().obtained.insert(host.to_owned(), key);
    }

    /// Shows `answer` to an authority that looks at `host`, in lower case.
    pub(crate) fn put_challenge(&self, host: &str, answer: Arc<CertifiedKey>) {
        self.table.write().challenges.insert(host.to_owned(), answer);
    }

    /// Shows nothing more to an authority that looks at `host`.
    pub(crate) fn drop_challenge(&self, host: &str) {
        self.table.write().challenges.remove(host);
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

/// What authorities are shown that look at a challenge.
#[derive(Debug)]
pub(crate) struct Challenges(pub(crate) Certificates);

impl ResolvesServerCert for Challenges {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?.to_ascii_lowercase();
        self.0.table.read().challenges.get(&host).map(Arc::clone)
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
