//! `POST /_matrix/client/v3/logout` and `POST /_matrix/client/v3/logout/all`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::session::{logout, logout_all};

pub(crate) async fn handle(
    tenant: Arc<Tenant>,
    cx: Cx,
    _request: logout::v3::Request,
) -> Result<logout::v3::Response> {
    tenant.identity.logout(&cx).await?;
    Ok(logout::v3::Response::new())
}

pub(crate) async fn everywhere(
    tenant: Arc<Tenant>,
    cx: Cx,
    _request: logout_all::v3::Request,
) -> Result<logout_all::v3::Response> {
    tenant.identity.logout_all(&cx).await?;
    Ok(logout_all::v3::Response::new())
}
