//! `GET /.well-known/matrix/client`

use std::sync::Arc;

use kontor_core::{Cx, Error, Result};
use kontor_tenant::Tenant;
use ruma::api::client::discovery::discover_homeserver::{HomeserverInfo, Request, Response};

/// Answers 404 without a public address: clients then ask the person (spec: "Well-known URI").
pub(crate) async fn handle(tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    let public_url = tenant.public_url.clone();
    let url = public_url.ok_or_else(|| Error::not_found("No public address is configured."))?;
    Ok(Response::new(HomeserverInfo::new(url)))
}
