//! Room aliases.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::alias::{create_alias, delete_alias, get_alias};
use ruma::api::client::room::aliases;

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<create_alias::v3::Request, _, _>(router, create);
    let router = route::<get_alias::v3::Request, _, _>(router, find);
    let router = route::<delete_alias::v3::Request, _, _>(router, delete);
    route::<aliases::v3::Request, _, _>(router, list)
}

async fn create(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_alias::v3::Request,
) -> Result<create_alias::v3::Response> {
    tenant.rooms.add_alias(&cx, &request.room_alias, &request.room_id).await?;
    Ok(create_alias::v3::Response::new())
}

async fn find(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_alias::v3::Request,
) -> Result<get_alias::v3::Response> {
    let room_id = tenant.rooms.find_alias(&cx, &request.room_alias).await?;
    Ok(get_alias::v3::Response::new(room_id, vec![tenant.server_name.clone()]))
}

async fn delete(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_alias::v3::Request,
) -> Result<delete_alias::v3::Response> {
    tenant.rooms.remove_alias(&cx, &request.room_alias).await?;
    Ok(delete_alias::v3::Response::new())
}

async fn list(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: aliases::v3::Request,
) -> Result<aliases::v3::Response> {
    Ok(aliases::v3::Response::new(tenant.rooms.aliases(&cx, &request.room_id).await?))
}
