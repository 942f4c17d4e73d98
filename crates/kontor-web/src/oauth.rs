//! Consent to programs that want to sign a person in (OAuth 2.0). What programs themselves call is in
//! `kontor-client-api`.

mod authorize;
mod link;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use kontor_core::{Error, Result};
use kontor_oauth::Endpoints;

use crate::frame::{Visit, serve};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(
            Endpoints::AUTHORIZE,
            get(async |it: Request| serve(it, authorize::show).await)
                .post(async |it: Request| serve(it, authorize::decide).await),
        )
        .route(
            Endpoints::LINK,
            get(async |it: Request| serve(it, link::show).await)
                .post(async |it: Request| serve(it, link::decide).await),
        )
}

/// Name of this organisation's authorization server.
fn issuer(visit: &Visit) -> Result<String> {
    let endpoints = visit.tenant.oauth_endpoints();
    let endpoints = endpoints.ok_or_else(|| Error::not_found("There is no OAuth 2.0 API."))?;
    Ok(endpoints.issuer().to_owned())
}
