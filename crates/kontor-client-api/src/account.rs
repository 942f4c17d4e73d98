//! Accounts (spec: client-server API, "Account registration and management").

mod change_password;
mod check_registration_token_validity;
mod deactivate;
mod get_3pids;
mod get_username_availability;
mod register;
mod whoami;

use axum::Router;
use axum::routing::get;

use crate::frame::{Token, route, route_with};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    // Application services, the only ones with a token here, are not served.
    let router = route_with(router, Token::Ignored, register::handle);
    let router = route(router, get_username_availability::handle);
    let router = route(router, check_registration_token_validity::handle);
    let router = route(router, whoami::handle);
    let router = ["/_matrix/client/v3/account/3pid", "/_matrix/client/r0/account/3pid"]
        .into_iter()
        .fold(router, |router, path| router.route(path, get(get_3pids::handle)));
    // Without a token these would need a proof by e-mail, which is not offered.
    let router = route_with(router, Token::Required, change_password::handle);
    route_with(router, Token::Required, deactivate::handle)
}
