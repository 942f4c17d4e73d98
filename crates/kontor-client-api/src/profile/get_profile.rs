//! `GET /_matrix/client/v3/profile/{userId}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::profile::get_profile::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    Ok(tenant.identity.profile(&cx, request.user_id).await?.into_iter().collect())
}
