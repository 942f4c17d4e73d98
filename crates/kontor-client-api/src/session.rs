//! Signing in and out (spec: client-server API, "Client Authentication").

mod get_login_types;
mod login;
mod logout;
mod refresh_token;

use axum::Router;

use crate::frame::{Token, route, route_with};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let router = route(router, get_login_types::handle);
    // Application services, the only ones with a token here, are not served.
    let router = route_with(router, Token::Ignored, login::handle);
    let router = route(router, refresh_token::handle);
    let router = route(router, logout::handle);
    route(router, logout::everywhere)
}
