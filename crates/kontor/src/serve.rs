//! `kontor serve`.

use std::time::Duration;

use kontor_config::{Config, Preset};
use kontor_core::{Clock, Random};
use kontor_node::Node;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::arguments::ServeFlags;
use crate::failure::Failure;
use crate::{demo, logging, output, site};

/// Longest time from the signal to the end of the process, less what leaving takes.
const STOP_WITHIN: Duration = Duration::from_millis(9_500);

/// Runs the server until it is told to stop.
pub(crate) fn run(flags: &ServeFlags, json: bool) -> Result<(), Failure> {
    let config = Config::load(flags.sources())?;
    logging::start(&config.log);
    use_small_pages();
    site::runtime()?.block_on(serve(config, flags.demo, json))
}

/// Keeps memory in pages of 4 KiB, also where the system makes huge ones unasked. In those, a quarter of
/// what is taken is never used, and sending is not measurably quicker.
fn use_small_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "huge pages stay allowed, which takes more memory");
    }
}

async fn serve(config: Config, demo: bool, json: bool) -> Result<(), Failure> {
    let mut stop = StopSignals::listen()?;
    let mut reload = listen(SignalKind::hangup())?;
    let folder = config.server.data.display().to_string();
    let lab = config.policy.preset == Preset::Lab;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), folder, "Kontor starts");
    let node = Node::start(config, Clock::System, Random::System).await?;
    if lab {
        tracing::warn!("preset lab: whoever reaches this port may register; never for real use");
    }
    if demo {
        demo::prepare(&node).await?;
    }
    let scheme = if node.speaks_tls() { "https" } else { "http" };
    let url = format!("{scheme}://{}", node.address());
    let admin = node.admin_address().map(|address| format!("http://{address}"));
    tracing::info!(url, admin, "ready");
    if json {
        let port = node.address().port();
        output::json(&json!({ "ready": url, "port": port, "admin": admin }));
    }
    let signal = loop {
        tokio::select! {
            signal = stop.next() => break signal,
            _ = reload.recv() => {
                tracing::info!("SIGHUP: looking for new certificates");
                node.reload();
            }
        }
    };
    tracing::info!(signal, "stopping: finishing requests, writing everything down");
    tokio::select! {
        stopped = timeout(STOP_WITHIN, node.stop()) => stopped.map_err(|_| {
            Failure::new("stopping took too long; what was acknowledged is durable all the same.")
        })?,
        signal = stop.next() => {
            let text = "leaving at once; what was acknowledged is durable all the same.";
            return Err(Failure::new(format!("second {signal}: {text}")));
        }
    }
    tracing::info!("stopped");
    Ok(())
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::new(error.to_string()))
}

/// The signals that mean "stop".
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, Failure> {
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    /// The name of the next signal.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
