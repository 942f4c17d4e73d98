//! `GET /_matrix/client/v3/devices`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::device::get_devices::v3::{Request, Response};

use super::shown;

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, _request: Request) -> Result<Response> {
    let devices = tenant.identity.devices(&cx).await?;
    Ok(Response::new(devices.into_iter().map(shown).collect()))
}
