//! `GET /_matrix/client/v1/media/config` and, older, `GET /_matrix/media/v3/config`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::UInt;
use ruma::api::client::authenticated_media::get_media_config::v1;
use ruma::api::client::media::get_media_config::v3;

pub(crate) async fn handle(tenant: Arc<Tenant>, _: Cx, _: v1::Request) -> Result<v1::Response> {
    Ok(v1::Response::new(limit(&tenant)))
}

#[expect(deprecated, reason = "clients from before Matrix 1.11 ask here")]
pub(crate) async fn legacy(tenant: Arc<Tenant>, _: Cx, _: v3::Request) -> Result<v3::Response> {
    Ok(v3::Response::new(limit(&tenant)))
}

fn limit(tenant: &Tenant) -> UInt {
    UInt::new_saturating(tenant.media.upload_limit_bytes())
}
