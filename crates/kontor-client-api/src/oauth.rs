//! The OAuth 2.0 API, as far as programs call it (spec: "OAuth 2.0 API"). The pages that people see
//! on the way are in `kontor-web`.

mod answer;
mod device;
mod form;
mod get_auth_metadata;
mod register;
mod revoke;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use kontor_core::{Error, MatrixCode, Result};
use kontor_oauth::Endpoints;
use kontor_tenant::Tenant;

use crate::frame::route;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    route(router, get_auth_metadata::handle)
        .route("/.well-known/oauth-authorization-server", get(get_auth_metadata::well_known))
        .route(Endpoints::REGISTER, post(register::register))
        .route(Endpoints::TOKEN, post(token::token))
        .route(Endpoints::REVOKE, post(revoke::revoke))
        .route(Endpoints::DEVICE, post(device::device))
}

/// Where the organisation's OAuth 2.0 API is.
///
/// # Errors
/// `NotFound` (`M_UNRECOGNIZED`) without a public address: programs must know whom they talk to.
fn endpoints(tenant: &Arc<Tenant>) -> Result<Endpoints> {
    tenant.oauth_endpoints().ok_or_else(|| {
        let text = "No public address is configured, so there is no OAuth 2.0 API.";
        Error::not_found(text).with_code(MatrixCode::Unrecognized)
    })
}
