//! `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}`

use axum::response::Response;

use super::exchange::{Exchange, Failure};
use super::get_content::Waiting;
use super::serve::serve;

pub(crate) async fn handle(exchange: Exchange) -> Result<Response, Failure> {
    let patience = exchange.query::<Waiting>()?.patience();
    let media = &exchange.tenant.media;
    let (server, media_id) = (exchange.path(0), exchange.path(1));
    let mut content = media.open(&exchange.cx, server, media_id, patience).await?;
    content.file_name = Some(exchange.path(2).to_owned());
    Ok(serve(&exchange, content).await?)
}
