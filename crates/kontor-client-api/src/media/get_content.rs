//! `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}`

use std::time::Duration;

use axum::response::Response;
use serde::Deserialize;

use super::exchange::{Exchange, Failure};
use super::serve::serve;

/// Query parameters of a download.
#[derive(Deserialize)]
pub(crate) struct Waiting {
    timeout_ms: Option<u64>,
}

impl Waiting {
    /// How long to wait for content that is still to come.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.unwrap_or(20_000))
    }
}

pub(crate) async fn handle(exchange: Exchange) -> Result<Response, Failure> {
    let patience = exchange.query::<Waiting>()?.patience();
    let media = &exchange.tenant.media;
    let content = media.open(&exchange.cx, exchange.path(0), exchange.path(1), patience).await?;
    Ok(serve(&exchange, content).await?)
}
