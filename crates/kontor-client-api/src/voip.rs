//! Calls (spec: client-server API, "Voice over IP").

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, Result};
use kontor_tenant::Tenant;
use ruma::api::client::voip::get_turn_server_info::v3::{Request, Response};

use crate::frame::route;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    route(router, turn_server)
}

/// There is no server to relay calls, and this is how clients are told.
async fn turn_server(_: Arc<Tenant>, _: Cx, _: Request) -> Result<Response> {
    Err(Error::not_found("There is no TURN server."))
}
