//! `POST /_matrix/client/v3/account/password`

use std::sync::Arc;

use kontor_core::{Cx, Result, Secret};
use kontor_tenant::Tenant;
use ruma::api::client::account::change_password::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let new = Secret::new(request.new_password);
    tenant.identity.change_password(&cx, new, request.logout_devices, request.auth).await?;
    Ok(Response::new())
}
