//! `POST /oauth2/device`: a device without keyboard asks for a code (RFC 8628 §3.1).

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use kontor_oauth::{Endpoints, Refusal};
use serde_json::{Value, json};

use super::answer::{refusal, success};
use super::form::ask_form;

pub(crate) async fn device(request: Request) -> Response {
    match start(request).await {
        Ok(body) => success(StatusCode::OK, &body),
        Err(cause) => refusal(cause),
    }
}

async fn start(request: Request) -> Result<Value, Refusal> {
    let (tenant, cx, mut form) = ask_form(request).await?;
    let (client, scope) = (form.take("client_id")?, form.take("scope")?);
    let codes = tenant.oauth.start_device_grant(&cx, &client, &scope).await?;
    let page = super::endpoints(&tenant)?.at(Endpoints::LINK);
    Ok(json!({
        "device_code": codes.device_code,
        "verification_uri_complete": format!("{page}?user_code={}", codes.user_code),
        "verification_uri": page,
        "user_code": codes.user_code,
        "expires_in": codes.expires_in.as_secs(),
        "interval": codes.interval.as_secs(),
    }))
}
