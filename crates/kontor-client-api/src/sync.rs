//! `/sync`.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::sync::sync_events;

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    route::<sync_events::v3::Request, _, _>(router, sync)
}

async fn sync(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: sync_events::v3::Request,
) -> Result<sync_events::v3::Response> {
    tenant.sync.sync(&cx, request).await
}
