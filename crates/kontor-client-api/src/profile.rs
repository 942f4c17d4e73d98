//! Profiles (spec: client-server API, "Profiles").

mod delete_profile_field;
mod get_profile;
mod get_profile_field;
mod set_profile_field;

use axum::Router;
use serde_json::{Map, Value};

use crate::frame::{Token, route, route_mended, route_with};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    // Whether strangers may ask depends on the policy.
    let router = route_with(router, Token::Optional, get_profile::handle);
    let router = route_with(router, Token::Optional, get_profile_field::handle);
    let router = route_mended(router, only_the_field, set_profile_field::handle);
    route(router, delete_profile_field::handle)
}

/// Of the body, only the field that the path names counts.
fn only_the_field(arguments: &[&str], fields: &mut Map<String, Value>) {
    fields.retain(|name, _| arguments.get(1).is_some_and(|field| field == name));
}
