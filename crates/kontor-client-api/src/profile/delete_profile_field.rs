//! `DELETE /_matrix/client/v3/profile/{userId}/{keyName}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::profile::delete_profile_field::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let field = request.field.as_str();
    tenant.rooms.set_profile_field(&cx, &request.user_id, field, None).await?;
    Ok(Response::new())
}
