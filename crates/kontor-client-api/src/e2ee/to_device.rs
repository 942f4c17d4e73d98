//! Messages between devices.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_e2ee::ToDevice;
use kontor_tenant::Tenant;
use ruma::api::client::to_device::send_event_to_device;

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    route::<send_event_to_device::v3::Request, _, _>(router, send)
}

async fn send(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: send_event_to_device::v3::Request,
) -> Result<send_event_to_device::v3::Response> {
    let message = ToDevice {
        kind: request.event_type.to_string(),
        txn_id: request.txn_id.to_string(),
        messages: request.messages,
    };
    tenant.e2ee.send_to_device(&cx, message).await?;
    Ok(send_event_to_device::v3::Response::new())
}
