//! The node: everything between a configuration and a socket that answers.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kontor_config::{Config, Preset};
use kontor_core::{Clock, Error, Random, Result};
use kontor_tls::{Certificates, Handshakes, Renewal};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::entrance::Entrance;
use crate::{FolderLock, Tenants, admin, listener};

/// Up to this many tenants are opened at start, so that a damaged one is noticed at once.
const OPENED_AT_START: usize = 16;

/// Time between two looks at the audit logs; checkpoints are due within the hour.
const KEEP_LOGS_EVERY: Duration = Duration::from_mins(5);
/// How often it is looked what is due to be deleted.
const DELETE_EVERY: Duration = Duration::from_mins(5);
/// How often it is looked whether a backup is due.
const BACK_UP_EVERY: Duration = Duration::from_mins(5);
/// How often it is looked which messages every device has. law: R-114
const DELIVERED_EVERY: Duration = Duration::from_secs(20);

/// A running node. Stop it with [`Node::stop`]; dropping it stops it without waiting.
#[derive(Debug)]
pub struct Node {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    tenants: Arc<Tenants>,
    /// `None`: connections are not encrypted here.
    certificates: Option<Certificates>,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
    _lock: FolderLock,
}

impl Node {
    /// Opens the data folder and listens.
    ///
    /// # Errors
    /// With a text for the operator: the folder is in use, keys or a database do not open, the
    /// address cannot be had, there is no organisation yet.
    pub async fn start(config: Config, clock: Clock, random: Random) -> Result<Self> {
        let loopback = config.listen.address.ip().is_loopback();
        if config.policy.preset == Preset::Lab && !loopback {
            return Err(Error::forbidden("The preset lab listens on loopback addresses only."));
        }
        let lock = FolderLock::acquire(&config.server.data)?;
        let tenants = Arc::new(Tenants::new(&config, clock, random)?);
        tenants.create_missing(&config).await?;
        let names = tenants.names();
        if names.is_empty() {
            return Err(Error::not_found(
                "There is no organisation yet. Name the first one with --server-name \
                 firma.example, or run: kontor tenant create firma.example",
            ));
        }
        for name in names.iter().take(OPENED_AT_START) {
            tenants.open(name).await?;
        }
        let certificates = config.speaks_tls().then(|| Certificates::load(&config)).transpose()?;
        let handshakes = match &certificates {
            Some(certificates) => {
                Some(Handshakes::new(&config, certificates, tenants.clock().now())?)
            }
            None => None,
        };
        let renewal = renewal(&config, &tenants, certificates.as_ref());
        let listener = listener::bind(config.listen.address)?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let admin = config.listen.admin_address.map(listener::bind).transpose()?;
        if let Some(address) = config.listen.admin_address.filter(|it| !it.ip().is_loopback()) {
            tracing::warn!(%address, "health and metrics are told to whoever reaches this address");
        }
        let admin_address = admin.as_ref().and_then(|admin| admin.local_addr().ok());
        let (stop, stopping) = watch::channel(false);
        let router = kontor_web::router().merge(kontor_client_api::router());
        let entrance = Entrance::new(Arc::clone(&tenants), router, config, handshakes, stopping);
        let upkeep = upkeep(certificates.clone(), renewal, Arc::clone(&tenants));
        let work = run((listener, admin), Arc::new(entrance), upkeep);
        #[expect(clippy::disallowed_methods, reason = "the one listening task; joined by stop()")]
        let listening = tokio::spawn(work);
        Ok(Self { address, admin_address, tenants, certificates, stop, listening, _lock: lock })
    }

    /// Where it listens; with the port the system chose if 0 was configured.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are told, if anywhere.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// Whether connections are encrypted here.
    pub fn speaks_tls(&self) -> bool {
        self.certificates.is_some()
    }

    /// Reads certificates again that have changed, at once. Open connections stay as they are.
    pub fn reload(&self) {
        if let Some(certificates) = &self.certificates {
            certificates.reload();
        }
    }

    /// The tenants served.
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// Stops: accepts nothing more, finishes what is under way, writes everything down.
    pub async fn stop(self) {
        // Receivers live in the listening task only; without one there is nothing to stop.
        let _ = self.stop.send(true);
        if let Err(error) = self.listening.await {
            tracing::error!(%error, "the listener ended by itself");
        }
        self.tenants.close().await;
    }
}

/// Who asks a certificate authority, if one is configured.
fn renewal(
    config: &Config,
    tenants: &Arc<Tenants>,
    certificates: Option<&Certificates>,
) -> Option<Renewal> {
    let (acme, certificates) = (config.acme.clone()?, certificates?.clone());
    let (vault, clock) = (Arc::clone(tenants.vault()), tenants.clock().clone());
    let tenants = Arc::clone(tenants);
    let hosts = Box::new(move || tenants.hosts());
    Some(Renewal::new(acme, vault, certificates, clock, hosts))
}

/// Looks after certificates, audit logs, mails and sleeping devices for ever.
async fn upkeep(
    certificates: Option<Certificates>,
    renewal: Option<Renewal>,
    tenants: Arc<Tenants>,
) {
    let watching = async {
        if let Some(certificates) = certificates {
            certificates.watch().await;
        }
    };
    let renewing = async {
        if let Some(renewal) = renewal {
            renewal.run().await;
        }
    };
    tokio::join!(
        watching,
        renewing,
        keep_logs(&tenants),
        delete_due(&tenants),
        tenants.send_mails(),
        tenants.wake_sleepers(),
        tenants.tell_erasures(),
        back_up_due(&tenants),
        delete_delivered(&tenants)
    );
}

/// Accepts connections, the operator's too, until the entrance stops; `upkeep` goes on meanwhile.
async fn run(
    (clients, operator): (TcpListener, Option<TcpListener>),
    entrance: Arc<Entrance>,
    upkeep: impl Future<Output = ()>,
) {
    let administering = async {
        if let Some(operator) = operator {
            admin::run(operator, Arc::clone(&entrance)).await;
        }
        pending::<()>().await;
    };
    tokio::select! {
        () = listener::run(clients, Arc::clone(&entrance)) => {}
        () = upkeep => {}
        () = administering => {}
    }
}

/// Deletes what is due in the open tenants, for ever.
async fn delete_due(tenants: &Tenants) {
    let mut due = interval(DELETE_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        tenants.delete_due().await;
    }
}

/// Writes the backups of open tenants that are due, for ever.
async fn back_up_due(tenants: &Tenants) {
    let mut due = interval(BACK_UP_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        tenants.back_up_due().await;
    }
}

/// Removes what is delivered in ephemeral rooms of the open tenants, for ever.
async fn delete_delivered(tenants: &Tenants) {
    let mut due = interval(DELIVERED_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        tenants.delete_delivered().await;
    }
}

/// Looks after the open tenants, for ever.
async fn keep_logs(tenants: &Tenants) {
    let mut due = interval(KEEP_LOGS_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        tenants.look_after().await;
    }
}
