//! `POST /_matrix/client/v3/account/deactivate`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_identity::Purpose;
use kontor_tenant::Tenant;
use ruma::api::client::account::ThirdPartyIdRemovalStatus;
use ruma::api::client::account::deactivate::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let purpose = Purpose::DeactivateAccount;
    tenant.identity.authenticate_interactively(&cx, purpose, request.auth).await?;
    tenant.close_account(&cx).await?;
    // No address of anybody was ever given to an identity server.
    Ok(Response::new(ThirdPartyIdRemovalStatus::Success))
}
