//! `POST /oauth2/revoke`: a program signs itself out (RFC 7009).

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use kontor_oauth::Refusal;
use serde_json::json;

use super::answer::{refusal, success};
use super::form::ask_form;

pub(crate) async fn revoke(request: Request) -> Response {
    match end(request).await {
        Ok(()) => success(StatusCode::OK, &json!({})),
        Err(cause) => refusal(cause),
    }
}

async fn end(request: Request) -> Result<(), Refusal> {
    let (tenant, cx, mut form) = ask_form(request).await?;
    let (client, token) = (form.take("client_id")?, form.take("token")?);
    Ok(tenant.oauth.revoke(&cx, &client, &token).await?)
}
