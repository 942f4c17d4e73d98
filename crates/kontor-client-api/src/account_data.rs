//! Account data, tags and filters.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_tenant::Tenant;
use ruma::api::client::config::{
    get_global_account_data, get_room_account_data, set_global_account_data, set_room_account_data,
};
use ruma::api::client::filter::{create_filter, get_filter};
use ruma::api::client::tag::{create_tag, delete_tag, get_tags};
use ruma::serde::Raw;

use crate::frame::{route, route_mended};

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<get_global_account_data::v3::Request, _, _>(router, get);
    let router = route::<set_global_account_data::v3::Request, _, _>(router, set);
    let router = route::<get_room_account_data::v3::Request, _, _>(router, get_of_room);
    let router = route::<set_room_account_data::v3::Request, _, _>(router, set_of_room);
    let router = route::<get_tags::v3::Request, _, _>(router, tags);
    let router = route_mended::<create_tag::v3::Request, _, _>(router, |_, _| {}, set_tag);
    let router = route::<delete_tag::v3::Request, _, _>(router, remove_tag);
    let router = route::<create_filter::v3::Request, _, _>(router, define_filter);
    route::<get_filter::v3::Request, _, _>(router, filter)
}

async fn get(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_global_account_data::v3::Request,
) -> Result<get_global_account_data::v3::Response> {
    let kind = request.event_type.to_string();
    // Push rules exist before anybody has changed one.
    if kind == "m.push_rules" && cx.user()? == request.user_id {
        let content = tenant.push.account_data(&cx).await?;
        return Ok(get_global_account_data::v3::Response::new(Raw::from_json(content)));
    }
    let content = tenant.account_data.get(&cx, (&request.user_id, None), &kind).await?;
    Ok(get_global_account_data::v3::Response::new(Raw::from_json(content)))
}

async fn set(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_global_account_data::v3::Request,
) -> Result<set_global_account_data::v3::Response> {
    let kind = request.event_type.to_string();
    let owner = (&*request.user_id, None);
    tenant.account_data.set(&cx, owner, &kind, request.data.json()).await?;
    Ok(set_global_account_data::v3::Response::new())
}

async fn get_of_room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_room_account_data::v3::Request,
) -> Result<get_room_account_data::v3::Response> {
    let kind = request.event_type.to_string();
    let owner = (&*request.user_id, Some(&*request.room_id));
    let content = tenant.account_data.get(&cx, owner, &kind).await?;
    Ok(get_room_account_data::v3::Response::new(Raw::from_json(content)))
}

async fn set_of_room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_room_account_data::v3::Request,
) -> Result<set_room_account_data::v3::Response> {
    let kind = request.event_type.to_string();
    let owner = (&*request.user_id, Some(&*request.room_id));
    tenant.account_data.set(&cx, owner, &kind, request.data.json()).await?;
    Ok(set_room_account_data::v3::Response::new())
}

async fn tags(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_tags::v3::Request,
) -> Result<get_tags::v3::Response> {
    let tags = tenant.account_data.tags(&cx, &request.user_id, &request.room_id).await?;
    let tags = serde_json::from_value(tags.into()).map_err(Error::internal)?;
    Ok(get_tags::v3::Response::new(tags))
}

async fn set_tag(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_tag::v3::Request,
) -> Result<create_tag::v3::Response> {
    let value = serde_json::to_value(&request.tag_info)
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("order: {cause}")))?;
    let owner = (&*request.user_id, &*request.room_id);
    tenant.account_data.set_tag(&cx, owner, &request.tag, Some(value)).await?;
    Ok(create_tag::v3::Response::new())
}

async fn remove_tag(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_tag::v3::Request,
) -> Result<delete_tag::v3::Response> {
    let owner = (&*request.user_id, &*request.room_id);
    tenant.account_data.set_tag(&cx, owner, &request.tag, None).await?;
    Ok(delete_tag::v3::Response::new())
}

async fn define_filter(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_filter::v3::Request,
) -> Result<create_filter::v3::Response> {
    let id = tenant.account_data.define_filter(&cx, &request.user_id, &request.filter).await?;
    Ok(create_filter::v3::Response::new(id))
}

async fn filter(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_filter::v3::Request,
) -> Result<get_filter::v3::Response> {
    let filter = tenant.account_data.filter(&cx, &request.user_id, &request.filter_id).await?;
    Ok(get_filter::v3::Response::new(filter))
}
