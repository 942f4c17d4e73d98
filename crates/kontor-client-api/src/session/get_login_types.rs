//! `GET /_matrix/client/v3/login`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_tenant::Tenant;
use ruma::api::client::session::get_login_types::v3::{
    LoginType, PasswordLoginType, Request, Response,
};

pub(crate) async fn handle(tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    let password = LoginType::Password(PasswordLoginType::new());
    let offered = tenant.identity.offers_password_login().then_some(password);
    Ok(Response::new(offered.into_iter().collect()))
}
