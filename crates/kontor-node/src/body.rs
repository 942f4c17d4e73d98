//! Request bodies that must arrive at a decent pace.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// Slowest average pace of an upload: 1 KiB per second, after the first pause allowed.
const SLOWEST_BYTES_PER_S: u64 = 1024;

/// A body that fails if it stops or drips.
///
/// One deadline covers both: it starts `patience` after the request and moves as bytes arrive, but
/// never further away than `patience`.
pub(crate) struct PacedBody {
    inner: Incoming,
    patience: Duration,
    started: Instant,
    received_bytes: u64,
    /// Armed at the first wait: most bodies are there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

/// A body came too slowly.
#[derive(Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

impl PacedBody {
    pub(crate) fn new(inner: Incoming, patience: Duration) -> Self {
        let started = Instant::now();
        Self { inner, patience, started, received_bytes: 0, timer: None }
    }

    /// When the next bytes must have arrived.
    fn deadline(&self) -> Instant {
        let earned = Duration::from_secs(self.received_bytes / SLOWEST_BYTES_PER_S);
        let latest = Instant::now() + self.patience;
        (self.started + self.patience + earned).min(latest)
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            self.timer = None;
            if let Some(bytes) = frame.as_ref().and_then(|frame| frame.as_ref().ok()) {
                let length = bytes.data_ref().map_or(0, Bytes::len);
                self.received_bytes = self.received_bytes.saturating_add(length as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = self.deadline();
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
