//! Devices (spec: client-server API, "Device Management").

mod delete_device;
mod delete_devices;
mod get_device;
mod get_devices;
mod register;
mod update_device;

use axum::Router;
use ruma::api::client::device::Device;

use crate::frame::route;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let router = route(router, get_devices::handle);
    let router = route(router, get_device::handle);
    let router = route(router, update_device::handle);
    let router = route(router, delete_device::handle);
    let router = route(router, delete_devices::handle);
    register::routes(router)
}

/// A device as its owner sees it: the day of last use and no address (law: R-047).
fn shown(device: kontor_identity::Device) -> Device {
    let mut shown = Device::new(device.device_id);
    shown.display_name = device.display_name;
    shown.last_seen_ts = Some(device.last_seen_day.into());
    shown
}
