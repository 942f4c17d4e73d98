//! `GET /_matrix/client/v3/account/3pid`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use ruma::api::client::account::get_3pids::v3::{Request, Response};

use crate::Tenant;

/// Always empty: neither e-mail addresses nor telephone numbers are kept (law: R-051).
pub(crate) async fn handle(_tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    Ok(Response::new(Vec::new()))
}
