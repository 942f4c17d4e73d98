//! Rooms: creation, membership, events, aliases, directory, reports.
//!
//! Requests go through to the service as `ruma` types; a handler here only names the function
//! and shapes the answer.

mod alias;
mod classes;
mod directory;
mod events;
mod membership;
mod report;
mod state;

use axum::Router;

pub(crate) fn routes(router: Router) -> Router {
    let router = membership::routes(router);
    let router = events::routes(router);
    let router = state::routes(router);
    let router = alias::routes(router);
    let router = report::routes(router);
    let router = classes::routes(router);
    directory::routes(router)
}
