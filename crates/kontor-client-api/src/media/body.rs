//! Takes the body of an upload in, piece by piece.

use std::time::Duration;

use axum::body::Body;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http_body_util::BodyExt;
use kontor_core::{Error, MatrixCode, Result};
use kontor_media::{Description, Incoming};
use ruma::OwnedMxcUri;
use serde::Deserialize;
use tokio::time::timeout;

use super::exchange::Exchange;

/// Longest silence within a body.
const SILENCE: Duration = Duration::from_secs(30);

/// How much, and for how long, a refused body is read on, so that its sender reads our answer
/// instead of a broken connection.
const REFUSED_BYTES: usize = 64 * 1024 * 1024;
const REFUSED_TIME: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Name {
    filename: Option<String>,
}

/// What the request says about the file it carries.
pub(crate) fn description(exchange: &Exchange) -> Result<Description> {
    let Name { filename } = exchange.query()?;
    Ok(Description {
        content_type: exchange.header(&CONTENT_TYPE).map(ToOwned::to_owned),
        file_name: filename.filter(|name| !name.is_empty()),
        size_bytes: exchange.header(&CONTENT_LENGTH).and_then(|length| length.parse().ok()),
    })
}

/// Moves the whole body into `incoming`; answers the file's address.
pub(crate) async fn receive(
    exchange: &Exchange,
    mut body: Body,
    incoming: Result<Incoming>,
) -> Result<OwnedMxcUri> {
    let waits_for_leave = exchange.head.headers.contains_key(EXPECT);
    let outcome = match incoming {
        Ok(incoming) => fill(&mut body, incoming).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(incoming) => incoming.finish().await,
        Err(error) => {
            if !waits_for_leave {
                // Running out of time is as good as running out of bytes.
                drop(timeout(REFUSED_TIME, read_on(&mut body)).await);
            }
            Err(error)
        }
    }
}

async fn fill(body: &mut Body, mut incoming: Incoming) -> Result<Incoming> {
    while let Some(frame) = timeout(SILENCE, body.frame()).await.map_err(|_| silent())? {
        let frame = frame.map_err(|cause| broken().because(cause))?;
        if let Ok(piece) = frame.into_data() {
            incoming.push(&piece).await?;
        }
    }
    Ok(incoming)
}

async fn read_on(body: &mut Body) {
    let mut left = REFUSED_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(less) = left.checked_sub(frame.data_ref().map_or(0, bytes::Bytes::len)) else {
            return;
        };
        left = less;
    }
}

fn broken() -> Error {
    Error::invalid(MatrixCode::Unknown, "The upload was interrupted.")
}

fn silent() -> Error {
    Error::invalid(MatrixCode::Unknown, "The upload stalled.")
}
