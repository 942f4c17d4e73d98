//! `POST /oauth2/token`: a program trades what it has for tokens (RFC 6749 §4.1.3, §6; RFC 8628).

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use kontor_oauth::{Grant, OAuthCode, Refusal, TokenRequest};
use serde_json::{Value, json};

use super::answer::{refusal, success};
use super::form::{Form, ask_form};

pub(crate) async fn token(request: Request) -> Response {
    match trade(request).await {
        Ok(body) => success(StatusCode::OK, &body),
        Err(cause) => refusal(cause),
    }
}

async fn trade(request: Request) -> Result<Value, Refusal> {
    let (tenant, cx, mut form) = ask_form(request).await?;
    let kind = form.take("grant_type")?;
    let request = TokenRequest { client_id: form.take("client_id")?, grant: grant(&kind, form)? };
    let tokens = tenant.oauth.tokens(&cx, request).await?;
    let mut body = json!({ "access_token": tokens.access_token, "token_type": "Bearer" });
    let optional = [
        ("refresh_token", tokens.refresh_token.map(Value::from)),
        ("expires_in", tokens.expires_in.map(|span| Value::from(span.as_secs()))),
        ("scope", tokens.scope.map(Value::from)),
    ];
    if let Some(fields) = body.as_object_mut() {
        let present = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        fields.extend(present.map(|(name, value)| (name.to_owned(), value)));
    }
    Ok(body)
}

fn grant(kind: &str, mut form: Form) -> Result<Grant, Refusal> {
    match kind {
        "authorization_code" => Ok(Grant::Code {
            code: form.take("code")?,
            redirect_uri: form.take("redirect_uri")?,
            verifier: form.take("code_verifier")?,
        }),
        "refresh_token" => Ok(Grant::Refresh(form.take("refresh_token")?)),
        "urn:ietf:params:oauth:grant-type:device_code" => {
            Ok(Grant::Device(form.take("device_code")?))
        }
        _ => Err(Refusal::OAuth {
            code: OAuthCode::UnsupportedGrantType,
            description: "grant_type: Kontor does not know this one.".to_owned(),
        }),
    }
}
