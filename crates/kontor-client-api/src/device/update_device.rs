//! `PUT /_matrix/client/v3/devices/{deviceId}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::device::update_device::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    tenant.identity.rename_device(&cx, request.device_id, request.display_name).await?;
    Ok(Response::new())
}
