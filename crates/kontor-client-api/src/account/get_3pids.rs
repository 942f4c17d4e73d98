//! `GET /_matrix/client/v3/account/3pid`

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use kontor_core::Result;

use crate::error::error_response;
use crate::frame::{Token, context, tenant_of};

/// Always empty: neither e-mail addresses nor telephone numbers are kept (law: R-051).
///
/// Written by hand, because `ruma` leaves an empty list out and clients look for it.
pub(crate) async fn handle(request: Request) -> Response {
    match authenticated(&request.into_parts().0).await {
        Ok(()) => ([(CONTENT_TYPE, "application/json")], r#"{"threepids":[]}"#).into_response(),
        Err(error) => error_response(error),
    }
}

async fn authenticated(head: &Parts) -> Result<()> {
    let tenant = tenant_of(&head.extensions)?;
    context(&tenant, head, Token::Required).await.map(|_| ())
}
