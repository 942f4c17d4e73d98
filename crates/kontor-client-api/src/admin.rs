//! Administrative calls of the specification, and those that existing tools expect.

mod account_state;
mod approvals;
mod condition;
mod deletion;
mod devices;
mod erasures;
mod holds;
mod invitations;
mod people;
mod programs;
mod register;
mod roles;
mod rooms;
mod whois;

use axum::Router;
use axum::routing::get;

use crate::frame::route;

pub(crate) use devices::{kind_of, update_shown};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let router = route(router, whois::handle);
    let router = roles::routes(router);
    let router = approvals::routes(router);
    let router = people::routes(router);
    let router = invitations::routes(router);
    let router = account_state::routes(router);
    let router = devices::routes(router);
    let router = programs::routes(router);
    let router = rooms::routes(router);
    let router = deletion::routes(router);
    let router = erasures::routes(router);
    let router = holds::routes(router);
    let router = condition::routes(router);
    router.route("/_synapse/admin/v1/register", get(register::nonce).post(register::register))
}
