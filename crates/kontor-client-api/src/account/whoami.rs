//! `GET /_matrix/client/v3/account/whoami`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::account::whoami::v3::{Request, Response};

pub(crate) async fn handle(_tenant: Arc<Tenant>, cx: Cx, _request: Request) -> Result<Response> {
    let session = cx.session()?;
    let mut response = Response::new(session.user_id.clone(), false);
    response.device_id = Some(session.device_id.clone());
    Ok(response)
}
