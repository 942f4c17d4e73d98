//! `GET /_matrix/media/v3/download/…` and `…/thumbnail/…`: without authentication, so frozen.

use axum::response::Response;
use kontor_core::Error;

use crate::error::error_response;

/// Answers as if there were no media: whoever may not sign in may not learn what exists
/// (spec: "Client behaviour", the freeze of Matrix 1.12).
pub(crate) async fn handle() -> Response {
    error_response(Error::not_found(
        "Media is served to signed-in people only: use /_matrix/client/v1/media.",
    ))
}
