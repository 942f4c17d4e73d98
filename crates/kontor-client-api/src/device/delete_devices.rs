//! `POST /_matrix/client/v3/delete_devices`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::device::delete_devices::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    tenant.identity.delete_devices(&cx, request.devices, request.auth).await?;
    Ok(Response::new())
}
