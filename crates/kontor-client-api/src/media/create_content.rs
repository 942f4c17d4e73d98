//! `POST /_matrix/media/v3/upload`

use axum::body::Body;
use axum::response::Response;
use ruma::api::client::media::create_content::v3;

use super::body::{description, receive};
use super::exchange::{Exchange, Failure};
use crate::frame::respond;

pub(crate) async fn handle(exchange: Exchange, body: Body) -> Result<Response, Failure> {
    let description = description(&exchange)?;
    let media = &exchange.tenant.media;
    let incoming = media.begin_upload(&exchange.cx, description).await;
    let uri = receive(&exchange, body, incoming).await?;
    Ok(respond(v3::Response::new(uri))?)
}
