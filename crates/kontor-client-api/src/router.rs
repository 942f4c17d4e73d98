//! The list of routes.

use axum::Router;
use axum::response::Response;
use http::Method;
use http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, RANGE,
};
use kontor_core::{Error, MatrixCode};
use tower_http::cors::{Any, CorsLayer};

use crate::error::error_response;
use crate::frame::PROGRAM;
use crate::{
    account, account_data, admin, badges, device, discovery, e2ee, media, oauth, policy, profile,
    push, receipts, rooms, session, sync, voip,
};

/// Every route of the client-server API. The node adds the tenant to the request's extensions.
pub fn router() -> Router {
    let router = media::routes(Router::new());
    let router = discovery::routes(router);
    let router = session::routes(router);
    let router = oauth::routes(router);
    let router = account::routes(router);
    let router = device::routes(router);
    let router = profile::routes(router);
    let router = admin::routes(router);
    let router = policy::routes(router);
    let router = badges::routes(router);
    let router = rooms::routes(router);
    let router = account_data::routes(router);
    let router = receipts::routes(router);
    let router = push::routes(router);
    let router = sync::routes(router);
    let router = e2ee::routes(router);
    let router = voip::routes(router);
    router.fallback(unrecognized).method_not_allowed_fallback(wrong_method).layer(cors())
}

/// Browser clients on other origins may call the API (spec: "Web Browser Clients").
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers([
            HeaderName::from_static("x-requested-with"),
            PROGRAM,
            CONTENT_TYPE,
            AUTHORIZATION,
            RANGE,
        ])
        // Without these a browser client cannot resume or name a download.
        .expose_headers([CONTENT_DISPOSITION, CONTENT_RANGE, ETAG])
}

async fn unrecognized() -> Response {
    error_response(Error::not_found("Unrecognized request.").with_code(MatrixCode::Unrecognized))
}

async fn wrong_method() -> Response {
    let mut response = unrecognized().await;
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}
