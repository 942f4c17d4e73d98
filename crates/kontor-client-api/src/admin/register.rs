//! `GET` and `POST /_synapse/admin/v1/register`, as Synapse's `register_new_matrix_user` calls it.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use kontor_core::{Error, MatrixCode, Result, Secret};
use kontor_identity::SharedSecretRegistration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{error_response, json_error};
use crate::frame::{Token, context, tenant_of};

/// Largest request body, in bytes.
const BODY_LIMIT_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Body {
    nonce: String,
    username: String,
    password: String,
    displayname: Option<String>,
    user_type: Option<String>,
    #[serde(default)]
    admin: bool,
    mac: String,
}

pub(crate) async fn nonce(request: Request) -> Response {
    give_nonce(request).await.unwrap_or_else(error_response)
}

pub(crate) async fn register(request: Request) -> Response {
    create(request).await.unwrap_or_else(error_response)
}

async fn give_nonce(request: Request) -> Result<Response> {
    let (head, _) = request.into_parts();
    let tenant = tenant_of(&head.extensions)?;
    let cx = context(&tenant, &head, Token::Ignored).await?;
    let nonce = tenant.identity.registration_nonce(&cx)?;
    Ok(answer(&json!({ "nonce": nonce })))
}

async fn create(request: Request) -> Result<Response> {
    let (head, body) = request.into_parts();
    let tenant = tenant_of(&head.extensions)?;
    let cx = context(&tenant, &head, Token::Ignored).await?;
    let body = to_bytes(body, BODY_LIMIT_BYTES).await.map_err(|_| {
        Error::limited(MatrixCode::TooLarge, "The body did not arrive or is too large.")
    })?;
    let body: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let wish = SharedSecretRegistration {
        nonce: body.nonce,
        username: body.username,
        password: Secret::new(body.password),
        display_name: body.displayname,
        user_type: body.user_type,
        admin: body.admin,
        mac: body.mac,
    };
    let signed_in = tenant.identity.register_by_shared_secret(&cx, wish).await?;
    Ok(answer(&json!({
        "user_id": signed_in.user_id,
        "home_server": tenant.server_name,
        "device_id": signed_in.device_id,
        "access_token": signed_in.access_token,
    })))
}

fn answer(body: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
