//! `GET /_matrix/client/v1/media/preview_url` and, older, `GET /_matrix/media/v3/preview_url`

use axum::response::Response;
use kontor_core::Error;

use super::exchange::{Exchange, Failure};

/// Refuses: fetching a link for somebody tells the link's owner that it was shared here, and tells
/// the server what an encrypted message contains.
pub(crate) async fn handle(_: Exchange) -> Result<Response, Failure> {
    Err(Error::forbidden("This server makes no link previews.").into())
}
