//! End-to-end encryption.

mod backup;
mod backup_keys;
mod cross_signing;
mod keys;
mod to_device;

use axum::Router;

pub(crate) fn routes(router: Router) -> Router {
    let router = keys::routes(router);
    let router = cross_signing::routes(router);
    let router = to_device::routes(router);
    let router = backup::routes(router);
    backup_keys::routes(router)
}
