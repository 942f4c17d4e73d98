//! Administrative calls that existing tools expect.

mod register;

use axum::Router;
use axum::routing::get;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/_synapse/admin/v1/register", get(register::nonce).post(register::register))
}
