//! `PUT /_matrix/client/v3/profile/{userId}/{keyName}`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::profile::set_profile_field::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let field = request.value.field_name();
    let value = request.value.value().into_owned();
    let rooms = &tenant.rooms;
    rooms.set_profile_field(&cx, &request.user_id, field.as_str(), Some(value)).await?;
    Ok(Response::new())
}
