//! `GET /_matrix/client/v3/profile/{userId}/{keyName}`

use std::sync::Arc;

use kontor_core::{Cx, Error, Result};
use kontor_tenant::Tenant;
use ruma::api::client::profile::get_profile_field::v3::{Request, Response};
use ruma::profile::ProfileFieldValue;

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let field = request.field.as_str();
    let value = tenant.identity.profile_field(&cx, request.user_id, field).await?;
    Ok(Response::new(ProfileFieldValue::new(field, value).map_err(Error::internal)?))
}
