//! `POST /_matrix/client/v3/refresh`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::session::refresh_token::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let refreshed = tenant.identity.refresh(&cx, &request.refresh_token, None).await?;
    let mut response = Response::new(refreshed.access_token);
    response.refresh_token = refreshed.refresh_token;
    response.expires_in_ms = refreshed.expires_in;
    Ok(response)
}
