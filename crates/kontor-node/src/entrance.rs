//! The way of every request: host name → tenant → routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Method, StatusCode};
use hyper::body::{Body as _, Incoming};
use kontor_client_api::error_response;
use kontor_config::{Config, Listen, Proxies};
use kontor_core::{Error, RequestId, Result};
use kontor_tenant::{Peer, Transport};
use kontor_tls::Handshakes;
use tokio::sync::watch;
use tower::ServiceExt;
use tracing::Instrument;

use crate::Tenants;
use crate::arrival::{Arrival, Origin};
use crate::body::PacedBody;
use crate::hosts::host_of;
use crate::metrics::Metrics;
use crate::protection::protect;

/// What every connection needs.
pub(crate) struct Entrance {
    tenants: Arc<Tenants>,
    router: Router,
    limits: Listen,
    proxies: Proxies,
    /// `None`: connections are not encrypted here.
    handshakes: Option<Handshakes>,
    /// Becomes true when the node stops.
    stopping: watch::Receiver<bool>,
    /// Id of the next request. Starts at the time, so that ids of two runs differ.
    next_id: AtomicU64,
    metrics: Arc<Metrics>,
}

impl Entrance {
    pub(crate) fn new(
        tenants: Arc<Tenants>,
        router: Router,
        config: Config,
        handshakes: Option<Handshakes>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let metrics = Arc::new(Metrics::default());
        let router = router.layer(middleware::from_fn_with_state(Arc::clone(&metrics), observe));
        let next_id = AtomicU64::new(tenants.clock().now().0.unsigned_abs() << 20);
        let (limits, proxies) = (config.listen, config.proxies);
        Self { tenants, router, limits, proxies, handshakes, stopping, next_id, metrics }
    }

    pub(crate) fn limits(&self) -> &Listen {
        &self.limits
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// `None`: connections are not encrypted here.
    pub(crate) fn handshakes(&self) -> Option<&Handshakes> {
        self.handshakes.as_ref()
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.clone()
    }

    /// Answers one request.
    pub(crate) async fn answer(
        &self,
        request: http::Request<Incoming>,
        arrival: Arrival,
    ) -> Response {
        let origin = arrival.origin(request.headers(), &self.proxies);
        let is_secure = origin.is_secure;
        let mut response = self.find_answer(request, origin).await;
        protect(response.headers_mut(), is_secure);
        response
    }

    async fn find_answer(&self, request: http::Request<Incoming>, origin: Origin) -> Response {
        let method = request.method().clone();
        let request = match self.admit(request, origin).await {
            Ok(request) => request,
            Err(error) => {
                let response = error_response(error);
                let done = (response.status(), Duration::ZERO);
                self.metrics.answered(&method, None, done);
                return response;
            }
        };
        let waits = request.method() == Method::GET && request.uri().path().ends_with("/sync");
        let answer = self.router.clone().oneshot(request);
        if !waits {
            return answer.await.into_response();
        }
        // A waiting /sync changes nothing: it can be broken off and asked again after the restart.
        let mut stopping = self.stopping();
        let _waiting = self.metrics.waiting_sync();
        tokio::select! {
            response = answer => response.into_response(),
            _ = stopping.wait_for(|stopping| *stopping) => restarting(),
        }
    }

    /// Adds the tenant and paces the body.
    async fn admit(&self, request: http::Request<Incoming>, origin: Origin) -> Result<Request> {
        let tenant = match origin.host.as_deref().or_else(|| host_of(&request)) {
            Some(host) => self.tenants.find(host).await?,
            None => None,
        };
        let tenant = tenant
            .ok_or_else(|| Error::not_found("No organisation is served under this host name."))?;
        let patience = self.limits.body_timeout;
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                return Body::empty();
            }
            Body::new(PacedBody::new(body, patience))
        });
        let id = RequestId(self.next_id.fetch_add(1, Ordering::Relaxed));
        request.extensions_mut().insert(id);
        request.extensions_mut().insert(tenant);
        request.extensions_mut().insert(Transport { is_secure: origin.is_secure });
        if let Some(peer) = origin.peer {
            request.extensions_mut().insert(Peer(peer));
        }
        Ok(request)
    }
}

fn restarting() -> Response {
    let body = r#"{"errcode":"M_UNKNOWN","error":"The server is restarting."}"#;
    let head = [(CONTENT_TYPE, "application/json"), (RETRY_AFTER, "2")];
    (StatusCode::SERVICE_UNAVAILABLE, head, body).into_response()
}

/// Counts the request, puts its id into every line logged for it, and logs one line for itself:
/// the route's template, never its values.
async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().copied().unwrap_or_default();
    let span = tracing::error_span!("request", %id);
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), started.elapsed());
    let route = route.as_ref().map(MatchedPath::as_str);
    metrics.answered(&method, route, (status, took));
    if tracing::enabled!(tracing::Level::DEBUG) {
        let _entered = span.enter();
        let route = route.unwrap_or("unknown");
        let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        tracing::debug!(%method, route, status, duration_us, "answered");
    }
    response
}
