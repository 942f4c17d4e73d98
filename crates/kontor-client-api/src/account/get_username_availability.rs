//! `GET /_matrix/client/v3/register/available`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::account::get_username_availability::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    tenant.identity.is_username_available(&cx, &request.username).await?;
    Ok(Response::new(true))
}
