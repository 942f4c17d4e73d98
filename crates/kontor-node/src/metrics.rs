//! What this node counts about itself (R-198: sums over everybody; no id of a person, a room or an
//! organisation).

mod exposition;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use kontor_core::Histogram;
use parking_lot::RwLock;

pub(crate) use exposition::Exposition;

/// Steps of the time to an answer, in microseconds.
const TIMES_US: &[u64] = &[
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000, 30_000_000,
];

/// Methods that are told apart; the last stands for all others.
const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "other"];

/// Statuses that are told apart; the last stands for all others.
const STATUSES: [&str; 18] = [
    "200", "206", "304", "400", "401", "403", "404", "405", "408", "409", "413", "416", "429",
    "500", "502", "503", "504", "other",
];

/// Stands for every path that is no route's: a path itself could name somebody.
const NO_ROUTE: &str = "none";

/// What this node counts about itself.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// By method and by the template of the route. There are as many as routes.
    routes: RwLock<[HashMap<Box<str>, Arc<RouteCounts>>; METHODS.len()]>,
    waiting_syncs: AtomicI64,
    connections: AtomicI64,
    failed_handshakes: AtomicU64,
}

/// Requests of one method and route.
#[derive(Debug)]
struct RouteCounts {
    statuses: [AtomicU64; STATUSES.len()],
    times_us: Histogram,
}

/// Counts one thing as existing while this lives.
pub(crate) struct Present<'a>(&'a AtomicI64);

impl Metrics {
    /// Counts an answered request. `route` is the template of its path, `None` if it has none.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: Option<&str>,
        (status, took): (StatusCode, Duration),
    ) {
        let method = position(&METHODS, method.as_str());
        let counts = self.counts(method, route.unwrap_or(NO_ROUTE));
        if let Some(count) = counts.statuses.get(position(&STATUSES, status.as_str())) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        counts.times_us.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    fn counts(&self, method: usize, route: &str) -> Arc<RouteCounts> {
        let known = self.routes.read().get(method).and_then(|routes| routes.get(route).cloned());
        known.unwrap_or_else(|| {
            let mut routes = self.routes.write();
            let Some(routes) = routes.get_mut(method) else { return Arc::default() };
            Arc::clone(routes.entry(route.into()).or_default())
        })
    }

    /// A request that waits for news.
    pub(crate) fn waiting_sync(&self) -> Present<'_> {
        Present::new(&self.waiting_syncs)
    }

    /// An open connection.
    pub(crate) fn connection(&self) -> Present<'_> {
        Present::new(&self.connections)
    }

    /// A handshake that did not come to its end.
    pub(crate) fn handshake_failed(&self) {
        self.failed_handshakes.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes everything down.
    pub(crate) fn write(&self, text: &mut Exposition) {
        let rows = self.rows();
        text.describe("kontor_requests_total", "counter", "Requests answered.");
        for (labels, counts) in &rows {
            for (status, count) in STATUSES.iter().zip(&counts.statuses) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let labels = format!("{labels},status=\"{status}\"");
                    text.number("kontor_requests_total", &labels, count);
                }
            }
        }
        let name = "kontor_request_duration_seconds";
        text.describe(name, "histogram", "Time from a request's head to its answer's.");
        for (labels, counts) in &rows {
            text.seconds(name, labels, &counts.times_us.read());
        }
        let present = |count: &AtomicI64| count.load(Ordering::Relaxed).unsigned_abs();
        text.gauge("kontor_waiting_syncs", "Requests for news.", present(&self.waiting_syncs));
        text.gauge("kontor_connections", "Open connections.", present(&self.connections));
        let name = "kontor_failed_handshakes_total";
        text.describe(name, "counter", "TLS handshakes that did not come to their end.");
        text.number(name, "", self.failed_handshakes.load(Ordering::Relaxed));
    }

    /// Labels and counts of every route that was asked for, in a lasting order.
    fn rows(&self) -> Vec<(String, Arc<RouteCounts>)> {
        let routes = self.routes.read();
        let rows = METHODS.iter().zip(routes.iter()).flat_map(|(method, routes)| {
            routes.iter().map(move |(route, counts)| {
                (format!("method=\"{method}\",route=\"{route}\""), Arc::clone(counts))
            })
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|(left, _), (right, _)| left.cmp(right));
        rows
    }
}

impl Default for RouteCounts {
    fn default() -> Self {
        Self { statuses: Default::default(), times_us: Histogram::new(TIMES_US) }
    }
}

/// Where `word` stands among `words`; the last place stands for all others.
fn position(words: &[&str], word: &str) -> usize {
    words.iter().position(|known| *known == word).unwrap_or(words.len().saturating_sub(1))
}

impl<'a> Present<'a> {
    fn new(count: &'a AtomicI64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
