//! What the server is and can do (spec: client-server API, "Server Discovery" and "Capabilities
//! negotiation").

mod discover_homeserver;
mod get_capabilities;
mod get_supported_versions;

use axum::Router;

use crate::frame::{Token, route, route_with};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    // The answer is the same for everybody, also with a token that has run out.
    let router = route_with(router, Token::Ignored, get_supported_versions::handle);
    let router = route(router, discover_homeserver::handle);
    route(router, get_capabilities::handle)
}
