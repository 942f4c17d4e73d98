//! `PUT /_matrix/media/v3/upload/{serverName}/{mediaId}`

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::body::{description, receive};
use super::exchange::{Exchange, Failure};

pub(crate) async fn handle(exchange: Exchange, body: Body) -> Result<Response, Failure> {
    let description = description(&exchange)?;
    let media = &exchange.tenant.media;
    let (server, media_id) = (exchange.path(0), exchange.path(1));
    let incoming = media.begin_reserved_upload(&exchange.cx, server, media_id, description).await;
    receive(&exchange, body, incoming).await?;
    Ok(([(CONTENT_TYPE, "application/json")], "{}").into_response())
}
