//! `GET /_matrix/client/v3/admin/whois/{userId}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::admin::get_user_info::v3::{DeviceInfo, Request, Response, SessionInfo};

/// A person's devices, each with its one session. Neither addresses nor programs are kept (law:
/// R-047), so a session has no connections.
pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let devices = tenant.identity.devices_of(&cx, request.user_id.clone()).await?;
    let mut response = Response::new();
    response.user_id = Some(request.user_id);
    for device in devices {
        let mut shown = DeviceInfo::new();
        shown.sessions.push(SessionInfo::new());
        response.devices.insert(device.device_id.to_string(), shown);
    }
    Ok(response)
}
