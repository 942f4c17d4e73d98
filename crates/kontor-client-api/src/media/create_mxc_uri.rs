//! `POST /_matrix/media/v1/create`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::media::create_mxc_uri::v1;

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, _: v1::Request) -> Result<v1::Response> {
    let reserved = tenant.media.reserve(&cx).await?;
    let mut response = v1::Response::new(reserved.uri);
    response.unused_expires_at = Some(reserved.expires.into());
    Ok(response)
}
