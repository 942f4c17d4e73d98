//! `GET /_matrix/client/v1/register/m.login.registration_token/validity`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::account::check_registration_token_validity::v1::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let valid = tenant.identity.is_registration_token_valid(&cx, &request.token).await?;
    Ok(Response::new(valid))
}
