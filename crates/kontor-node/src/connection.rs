//! One connection: HTTP/1.1 or HTTP/2, as the client begins.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use kontor_config::Listen;
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::arrival::Arrival;
use crate::entrance::Entrance;

/// How long a connection may lie idle between requests.
const IDLE: Duration = Duration::from_secs(90);
/// How long a client may refuse to take what was sent to it.
const STALLED: Duration = Duration::from_mins(1);
/// How often a quiet HTTP/2 client is asked whether it is still there, and for how long.
const PING: Duration = Duration::from_secs(30);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 200;

/// What happens on a connection.
struct Activity {
    opened: Instant,
    /// A request's head has arrived.
    used: AtomicBool,
    /// Requests being answered.
    active: AtomicUsize,
    /// When the last answer was ready, in milliseconds since `opened`.
    answered_ms: AtomicU64,
}

/// Serves one connection, encrypted if the node has certificates, until it ends, lies idle or the
/// node stops.
pub(crate) async fn serve(entrance: Arc<Entrance>, stream: TcpStream) {
    prepare(&stream);
    // Without an address the connection is gone already.
    let Ok(address) = stream.peer_addr() else { return };
    let from = address.ip().to_canonical();
    let _present = entrance.metrics().connection();
    let Some(handshakes) = entrance.handshakes() else {
        return converse(Arc::clone(&entrance), stream, Arrival { from, encrypted: false }).await;
    };
    let mut stopping = entrance.stopping();
    let stream = tokio::select! {
        stream = handshakes.shake(stream) => stream,
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    match stream {
        Some(stream) => {
            converse(Arc::clone(&entrance), stream, Arrival { from, encrypted: true }).await;
        }
        None => entrance.metrics().handshake_failed(),
    }
}

/// Answers the requests of one connection.
async fn converse<S>(entrance: Arc<Entrance>, stream: S, arrival: Arrival)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = entrance.limits();
    let builder = builder(limits);
    let mut pause = pin!(sleep(limits.header_timeout));
    let mut stopping = entrance.stopping();
    let activity = Arc::new(Activity::new());
    let service = service_fn({
        let (entrance, activity) = (Arc::clone(&entrance), Arc::clone(&activity));
        move |request: Request<Incoming>| {
            answer(Arc::clone(&entrance), Arc::clone(&activity), (request, arrival))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut closing = false;
    loop {
        tokio::select! {
            // An error is the client's: it went away or does not speak HTTP.
            _ = connection.as_mut() => return,
            () = pause.as_mut() => {
                // Nothing that deserves the name of a request has come: nothing is lost.
                if !activity.used.load(Ordering::Relaxed) {
                    return;
                }
                if activity.idle() >= IDLE && !closing {
                    closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                pause.as_mut().reset(Instant::now() + IDLE / 2);
            }
            _ = stopping.wait_for(|stopping| *stopping), if !closing => {
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(
    entrance: Arc<Entrance>,
    activity: Arc<Activity>,
    (request, arrival): (Request<Incoming>, Arrival),
) -> Result<Response, Infallible> {
    activity.used.store(true, Ordering::Relaxed);
    activity.active.fetch_add(1, Ordering::Relaxed);
    let _running = Running(activity);
    Ok(entrance.answer(request, arrival).await)
}

impl Activity {
    fn new() -> Self {
        Self {
            opened: Instant::now(),
            used: AtomicBool::new(false),
            active: AtomicUsize::new(0),
            answered_ms: AtomicU64::new(0),
        }
    }

    /// How long nothing has been asked.
    fn idle(&self) -> Duration {
        if self.active.load(Ordering::Relaxed) > 0 {
            return Duration::ZERO;
        }
        let answered = Duration::from_millis(self.answered_ms.load(Ordering::Relaxed));
        self.opened.elapsed().saturating_sub(answered)
    }
}

/// Counts a request as active while it exists.
struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        let now = u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.answered_ms.store(now, Ordering::Relaxed);
        self.0.active.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Both options save time or memory only, so a system without them will do.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let stalled_ms = u32::try_from(STALLED.as_millis()).unwrap_or(u32::MAX);
    let _ = set_tcp_user_timeout(stream, stalled_ms);
}

fn builder(limits: &Listen) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.max_header_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_header_list_size(u32::try_from(limits.max_header_bytes).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS);
    builder
}
