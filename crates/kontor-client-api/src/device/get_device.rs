//! `GET /_matrix/client/v3/devices/{deviceId}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::device::get_device::v3::{Request, Response};

use super::shown;

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    Ok(Response::new(shown(tenant.identity.device(&cx, request.device_id).await?)))
}
