//! Accepts connections, no more than fit, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Error, Result};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use crate::connection;
use crate::entrance::Entrance;
use crate::open_files;

/// Connections the system keeps waiting when all places are taken.
const BACKLOG: u32 = 4096;
/// Pause after the system could not accept a connection, so that the error is not hot.
const AFTER_ERROR: Duration = Duration::from_millis(50);

/// Listens on `address`.
///
/// # Errors
/// `Unavailable` with a text for the operator if the address cannot be had.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener> {
    let socket = if address.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() };
    let listen = || {
        let socket = socket?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::AddrInUse => "Another program listens there; is Kontor running?",
            std::io::ErrorKind::PermissionDenied => {
                "Ports below 1024 need a privilege; use another port behind a proxy."
            }
            _ => "Choose an address of this machine with --listen.",
        };
        Error::unavailable(format!("Cannot listen on {address}: {error}. {remedy}")).because(error)
    })
}

/// Accepts connections until the entrance stops, then lets them finish for a while.
pub(crate) async fn run(listener: TcpListener, entrance: Arc<Entrance>) {
    let limits = entrance.limits();
    let places = Arc::new(Semaphore::new(open_files::make_room(limits.max_connections)));
    let mut stopping = entrance.stopping();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            (stream, place) = accept(&listener, &places) => {
                let entrance = Arc::clone(&entrance);
                connections.spawn(async move {
                    connection::serve(entrance, stream).await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let all_ended = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if timeout(limits.shutdown_timeout, all_ended).await.is_err() {
        tracing::warn!(left = connections.len(), "requests did not finish in time; cut off");
        connections.shutdown().await;
    }
}

/// The next connection, once there is a place for it. May be cancelled and called again.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(AFTER_ERROR).await;
            }
        }
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection ended by a panic");
    }
}
