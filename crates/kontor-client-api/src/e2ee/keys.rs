//! Keys of devices.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_e2ee::KeyUpload;
use kontor_rooms::token_position;
use kontor_tenant::Tenant;
use ruma::api::client::keys::{claim_keys, get_key_changes, get_keys, upload_keys};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<upload_keys::v3::Request, _, _>(router, upload);
    let router = route::<get_keys::v3::Request, _, _>(router, query);
    let router = route::<claim_keys::v3::Request, _, _>(router, claim);
    route::<get_key_changes::v3::Request, _, _>(router, changes)
}

async fn upload(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: upload_keys::v3::Request,
) -> Result<upload_keys::v3::Response> {
    let upload = KeyUpload {
        device_keys: request.device_keys,
        one_time_keys: request.one_time_keys,
        fallback_keys: request.fallback_keys,
    };
    Ok(upload_keys::v3::Response::new(tenant.e2ee.upload_keys(&cx, upload).await?))
}

async fn query(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_keys::v3::Request,
) -> Result<get_keys::v3::Response> {
    let known = tenant.e2ee.query_keys(&cx, request.device_keys).await?;
    let mut response = get_keys::v3::Response::new();
    response.failures = known.failures;
    response.device_keys = known.device_keys;
    response.master_keys = known.master_keys;
    response.self_signing_keys = known.self_signing_keys;
    response.user_signing_keys = known.user_signing_keys;
    Ok(response)
}

async fn claim(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: claim_keys::v3::Request,
) -> Result<claim_keys::v3::Response> {
    let claimed = tenant.e2ee.claim_keys(&cx, request.one_time_keys).await?;
    let mut response = claim_keys::v3::Response::new(claimed.keys);
    response.failures = claimed.failures;
    Ok(response)
}

async fn changes(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_key_changes::v3::Request,
) -> Result<get_key_changes::v3::Response> {
    let (from, to) = (token_position(&request.from)?, token_position(&request.to)?);
    let lists = tenant.e2ee.key_changes(&cx, from, to).await?;
    let (changed, left) = (lists.changed.into_iter(), lists.left.into_iter());
    Ok(get_key_changes::v3::Response::new(changed.collect(), left.collect()))
}
