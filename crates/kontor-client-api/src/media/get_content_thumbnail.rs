//! `GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}`

use std::time::Duration;

use axum::response::Response;
use kontor_core::{Error, MatrixCode, Result};
use kontor_media::{Method, Wish};
use serde::Deserialize;

use super::exchange::{Exchange, Failure};
use super::serve::serve;

#[derive(Deserialize)]
struct Parameters {
    width: Option<u32>,
    height: Option<u32>,
    method: Option<String>,
    animated: Option<bool>,
    timeout_ms: Option<u64>,
}

impl Parameters {
    fn wish(&self) -> Result<Wish> {
        let missing = || Error::invalid(MatrixCode::MissingParam, "Width or height is missing.");
        let method = match self.method.as_deref() {
            None | Some("scale") => Method::Scale,
            Some("crop") => Method::Crop,
            Some(_) => {
                let text = "The method is neither 'crop' nor 'scale'.";
                return Err(Error::invalid(MatrixCode::InvalidParam, text));
            }
        };
        Ok(Wish {
            width: self.width.ok_or_else(missing)?,
            height: self.height.ok_or_else(missing)?,
            method,
            animated: self.animated.unwrap_or(false),
        })
    }
}

pub(crate) async fn handle(exchange: Exchange) -> Result<Response, Failure> {
    let parameters: Parameters = exchange.query()?;
    let patience = Duration::from_millis(parameters.timeout_ms.unwrap_or(20_000));
    let address = (exchange.path(0), exchange.path(1));
    let media = &exchange.tenant.media;
    let content = media.thumbnail(&exchange.cx, address, parameters.wish()?, patience).await?;
    Ok(serve(&exchange, content).await?)
}
