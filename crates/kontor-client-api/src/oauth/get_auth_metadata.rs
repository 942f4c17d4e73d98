//! `GET /_matrix/client/v1/auth_metadata`, and the same where RFC 8414 looks for it.

use std::sync::Arc;

use axum::extract::Request as HttpRequest;
use axum::response::{IntoResponse, Response as HttpResponse};
use http::header::CONTENT_TYPE;
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::discovery::get_authorization_server_metadata::v1::{Request, Response};

use crate::error::error_response;
use crate::frame::tenant_of;

pub(crate) async fn handle(tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    super::endpoints(&tenant)?.metadata().map(Response::new)
}

pub(crate) async fn well_known(request: HttpRequest) -> HttpResponse {
    let metadata = tenant_of(request.extensions())
        .and_then(|tenant| super::endpoints(&tenant))
        .map(|endpoints| endpoints.to_json().to_string());
    match metadata {
        Ok(text) => ([(CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => error_response(error),
    }
}
