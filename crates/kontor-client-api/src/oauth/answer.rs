//! Answers in the words of OAuth (RFC 6749 §5).

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use kontor_core::{Error, Kind};
use kontor_oauth::{OAuthCode, Refusal};
use serde_json::{Value, json};

use crate::error::error_response;

/// A successful answer. It may carry a secret, so nobody keeps it.
pub(super) fn success(status: StatusCode, body: &Value) -> Response {
    let head = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    (status, head, body.to_string()).into_response()
}

/// A refusal; failures of ours are those of the rest of the API.
pub(super) fn refusal(refusal: Refusal) -> Response {
    match refusal {
        Refusal::OAuth { code, description } => {
            let status = match code {
                OAuthCode::InvalidClient => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            success(status, &json!({ "error": code.as_str(), "error_description": description }))
        }
        // What is wrong with the request, programs read in one form only.
        Refusal::Failed(Error { kind: Kind::Invalid, public, .. }) => {
            let code = OAuthCode::InvalidRequest.as_str();
            let body = json!({ "error": code, "error_description": public });
            success(StatusCode::BAD_REQUEST, &body)
        }
        Refusal::Failed(error) => error_response(error),
    }
}
