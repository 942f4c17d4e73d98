//! `POST /oauth2/register`: a program introduces itself (RFC 7591).

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use kontor_core::Error;
use kontor_oauth::Refusal;
use serde_json::{Value, json};

use super::answer::{refusal, success};
use super::form::{Asked, ask};
use crate::error::json_error;

pub(crate) async fn register(request: Request) -> Response {
    match create(request).await {
        Ok(body) => success(StatusCode::CREATED, &body),
        Err(cause) => refusal(cause),
    }
}

async fn create(request: Request) -> Result<Value, Refusal> {
    let Asked { tenant, cx, body } = ask(request, "application/json").await?;
    let metadata: Value =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let (id, client) = tenant.oauth.register(&cx, metadata).await?;
    let mut body = serde_json::to_value(client).map_err(Error::internal)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("client_id".to_owned(), json!(id));
        fields.insert("client_id_issued_at".to_owned(), json!(cx.now.0 / 1000));
        fields.insert("token_endpoint_auth_method".to_owned(), json!("none"));
        fields.insert("response_types".to_owned(), json!(["code"]));
    }
    Ok(body)
}
