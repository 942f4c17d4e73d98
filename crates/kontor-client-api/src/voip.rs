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

/// Where there is no server to relay calls, this is how clients are told.
async fn turn_server(tenant: Arc<Tenant>, cx: Cx, _: Request) -> Result<Response> {
    let relay =
        tenant.relay.as_ref().ok_or_else(|| Error::not_found("There is no TURN server."))?;
    let pass = relay.pass(&cx)?;
    Ok(Response::new(pass.name, pass.password, pass.uris, pass.lifetime))
}
