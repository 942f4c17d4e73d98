//! Reports to those in charge.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::reporting::report_user;
use ruma::api::client::room::{report_content, report_room};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<report_room::v3::Request, _, _>(router, room);
    let router = route::<report_content::v3::Request, _, _>(router, event);
    route::<report_user::v3::Request, _, _>(router, user)
}

async fn room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: report_room::v3::Request,
) -> Result<report_room::v3::Response> {
    tenant.rooms.report_room(&cx, &request.room_id, request.reason).await?;
    Ok(report_room::v3::Response::new())
}

async fn event(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: report_content::v3::Request,
) -> Result<report_content::v3::Response> {
    let target = (&*request.room_id, &*request.event_id);
    tenant.rooms.report_event(&cx, target, request.reason).await?;
    Ok(report_content::v3::Response::new())
}

async fn user(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: report_user::v3::Request,
) -> Result<report_user::v3::Response> {
    tenant.rooms.report_user(&cx, &request.user_id, request.reason).await?;
    Ok(report_user::v3::Response::new())
}
