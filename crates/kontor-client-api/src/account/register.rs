//! `POST /_matrix/client/v3/register`

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, Secret};
use kontor_identity::{NewDevice, Registration};
use kontor_tenant::Tenant;
use ruma::api::client::account::register::RegistrationKind;
use ruma::api::client::account::register::v3::{Request, Response};

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    if request.kind != RegistrationKind::User {
        let text = "There are no guest accounts.";
        return Err(Error::forbidden(text).with_code(MatrixCode::GuestAccessForbidden));
    }
    let device = NewDevice {
        device_id: request.device_id,
        display_name: request.initial_device_display_name,
        refreshes: request.refresh_token,
        client_id: None,
    };
    let wish = Registration {
        username: request.username,
        password: request.password.map(Secret::new),
        device: (!request.inhibit_login).then_some(device),
        auth: request.auth,
    };
    let registered = tenant.identity.register(&cx, wish).await?;
    let mut response = Response::new(registered.user_id);
    if let Some(signed_in) = registered.signed_in {
        response.access_token = Some(signed_in.access_token);
        response.device_id = Some(signed_in.device_id);
        response.refresh_token = signed_in.refresh_token;
        response.expires_in = signed_in.expires_in;
    }
    Ok(response)
}
