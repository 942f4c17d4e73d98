//! The room directory and the user directory.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::directory::{
    get_public_rooms, get_public_rooms_filtered, get_room_visibility, set_room_visibility,
};
use ruma::api::client::room::get_summary;
use ruma::api::client::space::get_hierarchy;
use ruma::api::client::thirdparty::get_protocols;
use ruma::api::client::user_directory::search_users;

use crate::frame::{Token, route, route_with};

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<get_public_rooms::v3::Request, _, _>(router, public_rooms);
    let router = route::<get_public_rooms_filtered::v3::Request, _, _>(router, filtered);
    // Members of a room that is not listed are told so; to strangers it does not exist.
    let token = Token::Optional;
    let router = route_with::<get_room_visibility::v3::Request, _, _>(router, token, visibility);
    let router = route::<set_room_visibility::v3::Request, _, _>(router, publish);
    // Strangers to the organisation learn of no room.
    let router = route_with::<get_summary::v1::Request, _, _>(router, Token::Required, summary);
    let router = route::<get_hierarchy::v1::Request, _, _>(router, hierarchy);
    let router = route::<get_protocols::v3::Request, _, _>(router, protocols);
    route::<search_users::v3::Request, _, _>(router, search)
}

async fn public_rooms(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_public_rooms::v3::Request,
) -> Result<get_public_rooms::v3::Response> {
    let mut filtered = get_public_rooms_filtered::v3::Request::new();
    filtered.limit = request.limit;
    filtered.since = request.since;
    filtered.server = request.server;
    let found = tenant.rooms.public_rooms(&cx, filtered).await?;
    let mut response = get_public_rooms::v3::Response::new(found.chunk);
    response.next_batch = found.next_batch;
    response.prev_batch = found.prev_batch;
    response.total_room_count_estimate = found.total_room_count_estimate;
    Ok(response)
}

async fn filtered(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_public_rooms_filtered::v3::Request,
) -> Result<get_public_rooms_filtered::v3::Response> {
    tenant.rooms.public_rooms(&cx, request).await
}

async fn visibility(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_room_visibility::v3::Request,
) -> Result<get_room_visibility::v3::Response> {
    let listed = tenant.rooms.room_visibility(&cx, &request.room_id).await?;
    Ok(get_room_visibility::v3::Response::new(listed))
}

async fn publish(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_room_visibility::v3::Request,
) -> Result<set_room_visibility::v3::Response> {
    tenant.rooms.publish(&cx, &request.room_id, &request.visibility).await?;
    Ok(set_room_visibility::v3::Response::new())
}

async fn search(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: search_users::v3::Request,
) -> Result<search_users::v3::Response> {
    tenant.rooms.search_users(&cx, request).await
}

async fn summary(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_summary::v1::Request,
) -> Result<get_summary::v1::Response> {
    tenant.rooms.summary(&cx, request).await
}

async fn hierarchy(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_hierarchy::v1::Request,
) -> Result<get_hierarchy::v1::Response> {
    tenant.rooms.hierarchy(&cx, request).await
}

/// There are no bridges, so there is nothing to list.
async fn protocols(
    _: Arc<Tenant>,
    _: Cx,
    _: get_protocols::v3::Request,
) -> Result<get_protocols::v3::Response> {
    Ok(get_protocols::v3::Response::new(std::collections::BTreeMap::new()))
}
