//! Maps [`kontor_core::Error`] to Matrix error bodies. The only place that knows status codes.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use kontor_core::{Error, Kind, MatrixCode};
use ruma::api::error::{DeserializationError, FromHttpRequestError};
use serde_json::Value;

/// The Matrix answer for `error`; logs it once if it is not the client's fault.
#[must_use]
pub fn error_response(error: Error) -> Response {
    let (status, default_code) = status_of(error.kind, error.code);
    let is_ours = matches!(error.kind, Kind::Internal | Kind::Unavailable);
    if is_ours && status != StatusCode::GATEWAY_TIMEOUT {
        tracing::error!(%error, "request failed");
    }
    let mut body = *error.fields;
    // Interactive authentication answers carry no error code until a stage has failed.
    if !body.contains_key("flows") || error.code.is_some() {
        let code = error.code.unwrap_or(default_code).as_str();
        body.insert("errcode".to_owned(), Value::from(code));
        body.insert("error".to_owned(), Value::from(error.public.into_owned()));
    }
    let text = Value::Object(body).to_string();
    (status, [(CONTENT_TYPE, "application/json")], text).into_response()
}

/// Status and default error code for a kind of failure.
fn status_of(kind: Kind, code: Option<MatrixCode>) -> (StatusCode, MatrixCode) {
    match (kind, code) {
        (Kind::Unauthenticated, _) => (StatusCode::UNAUTHORIZED, MatrixCode::Forbidden),
        (Kind::Forbidden, _) => (StatusCode::FORBIDDEN, MatrixCode::Forbidden),
        (Kind::NotFound, _) => (StatusCode::NOT_FOUND, MatrixCode::NotFound),
        (Kind::Conflict, Some(MatrixCode::UserInUse | MatrixCode::RoomInUse)) => {
            (StatusCode::BAD_REQUEST, MatrixCode::UserInUse)
        }
        (Kind::Conflict, Some(MatrixCode::WrongRoomKeysVersion)) => {
            (StatusCode::FORBIDDEN, MatrixCode::WrongRoomKeysVersion)
        }
        (Kind::Conflict, _) => (StatusCode::CONFLICT, MatrixCode::Unknown),
        (Kind::Gone, _) => (StatusCode::GONE, MatrixCode::Expired),
        (Kind::Invalid, _) => (StatusCode::BAD_REQUEST, MatrixCode::Unknown),
        (Kind::Limited, Some(MatrixCode::TooLarge)) => {
            (StatusCode::PAYLOAD_TOO_LARGE, MatrixCode::TooLarge)
        }
        (Kind::Limited, _) => (StatusCode::TOO_MANY_REQUESTS, MatrixCode::LimitExceeded),
        (Kind::Unavailable, Some(MatrixCode::NotYetUploaded)) => {
            (StatusCode::GATEWAY_TIMEOUT, MatrixCode::NotYetUploaded)
        }
        (Kind::Unavailable, _) => (StatusCode::SERVICE_UNAVAILABLE, MatrixCode::Unknown),
        (Kind::NotAllowed, _) => (StatusCode::METHOD_NOT_ALLOWED, MatrixCode::Unrecognized),
        (Kind::Internal, _) => (StatusCode::INTERNAL_SERVER_ERROR, MatrixCode::Unknown),
    }
}

/// The client's mistake in a request that does not parse; the text names the field.
pub(crate) fn parse_error(error: FromHttpRequestError, body: &[u8]) -> Error {
    match error {
        FromHttpRequestError::Deserialization(DeserializationError::Json(cause)) => {
            json_error(&cause, body)
        }
        FromHttpRequestError::Deserialization(DeserializationError::Utf8(_)) => {
            Error::invalid(MatrixCode::NotJson, "The body is not valid UTF-8.")
        }
        FromHttpRequestError::Deserialization(DeserializationError::Query(cause)) => {
            Error::invalid(MatrixCode::InvalidParam, format!("Query: {cause}"))
        }
        FromHttpRequestError::Deserialization(cause) => {
            Error::invalid(MatrixCode::InvalidParam, cause.to_string())
        }
        other => Error::invalid(MatrixCode::Unrecognized, other.to_string()),
    }
}

/// `M_NOT_JSON` for a body that is no JSON, `M_BAD_JSON` for JSON of the wrong shape; then the text
/// names the field.
pub(crate) fn json_error(cause: &serde_json::Error, body: &[u8]) -> Error {
    if !cause.is_data() {
        return Error::invalid(MatrixCode::NotJson, format!("Body: {cause}"));
    }
    if cause.line() == 0 && cause.to_string().starts_with("missing field") {
        // Not the parser's finding: the one field that a profile's body must have is not there.
        return Error::invalid(MatrixCode::MissingParam, format!("Body: {cause}"));
    }
    let path = kontor_protocol::path_at(body, cause.line(), cause.column());
    let place = if path.is_empty() { "Body" } else { &path };
    Error::invalid(MatrixCode::BadJson, format!("{place}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_status() {
        let table = [
            (Error::unauthenticated(MatrixCode::UnknownToken, ""), 401),
            (Error::forbidden(""), 403),
            (Error::not_found(""), 404),
            (Error::conflict(MatrixCode::UserInUse, ""), 400),
            (Error::conflict(MatrixCode::CannotOverwriteMedia, ""), 409),
            (Error::conflict(MatrixCode::WrongRoomKeysVersion, ""), 403),
            (Error::invalid(MatrixCode::BadJson, ""), 400),
            (Error::conflict(MatrixCode::ForbiddenRoles, ""), 409),
            (Error::gone(MatrixCode::Expired, ""), 410),
            (Error::limited(MatrixCode::TooLarge, ""), 413),
            (Error::limited(MatrixCode::LimitExceeded, ""), 429),
            (Error::unavailable(""), 503),
            (Error::unavailable("").with_code(MatrixCode::NotYetUploaded), 504),
            (Error::internal("x"), 500),
        ];
        for (error, status) in table {
            assert_eq!(error_response(error).status().as_u16(), status);
        }
    }
}
