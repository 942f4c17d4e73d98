//! From HTTP to the request type, with an error that names what is wrong.

use std::borrow::Cow;

use http::request::Parts;
use http::{Method, Uri};
use kontor_core::{Error, MatrixCode, Result};
use ruma::api::error::{DeserializationError, FromHttpRequestError};
use ruma::api::{IncomingRequest, IncomingRequestExt};
use serde_json::{Map, Value};

use crate::error::{json_error, parse_error};

/// Most parameters of a query, or fields of a body, among which the wrong one is looked for.
const LOOKED_THROUGH: usize = 16;

/// Largest body in which the wrong field is looked for, in bytes.
const LOOKED_AT_BYTES: usize = 64 * 1024;

/// Changes the fields of a body, given the variables of the path, before they are read.
pub(crate) type Mend = fn(&[&str], &mut Map<String, Value>);

/// Reads a request. A field of the body that is `null` counts as absent where its type has no other
/// meaning for it, and so does a whole body that nothing is needed of, as clients have come to
/// expect.
///
/// # Errors
/// `Invalid`, naming the field of the body or the parameter of the query.
pub(crate) fn parse<R: IncomingRequest>(
    head: &Parts,
    (body, mend): (&[u8], Option<Mend>),
    arguments: &[&str],
) -> Result<R> {
    let is_empty = body.trim_ascii().is_empty();
    let body = match mend {
        Some(mend) => Cow::Owned(mended(mend, if is_empty { b"{}" } else { body }, arguments)?),
        None => Cow::Borrowed(body),
    };
    let read = |head: &Parts, body: &[u8]| read::<R>(head, body, arguments);
    let cause = match read(head, &body) {
        Ok(request) => return Ok(request),
        Err(cause) => cause,
    };
    if is_empty
        && head.method == Method::POST
        && let Ok(request) = read(head, b"{}")
    {
        return Ok(request);
    }
    match cause {
        FromHttpRequestError::Deserialization(DeserializationError::Json(cause)) => {
            if let Some(Ok(request)) = without_nulls(&body).map(|body| read(head, &body)) {
                return Ok(request);
            }
            let named = wrong_field(&body, &cause, |body| match read(head, body) {
                Err(FromHttpRequestError::Deserialization(DeserializationError::Json(other))) => {
                    Some(other)
                }
                _ => None,
            });
            match named {
                Some(field) => {
                    Err(Error::invalid(MatrixCode::BadJson, format!("{field}: {cause}")))
                }
                None => Err(json_error(&cause, &body)),
            }
        }
        FromHttpRequestError::Deserialization(DeserializationError::Query(cause)) => {
            let text = cause.to_string();
            let named = wrong_parameter(head, |head| match read(head, &body) {
                Err(FromHttpRequestError::Deserialization(DeserializationError::Query(other))) => {
                    other.to_string() != text
                }
                _ => true,
            });
            let place = named.unwrap_or_else(|| "Query".to_owned());
            Err(Error::invalid(MatrixCode::InvalidParam, format!("{place}: {text}")))
        }
        cause => Err(parse_error(cause, &body)),
    }
}

fn read<R: IncomingRequest>(
    head: &Parts,
    body: &[u8],
    arguments: &[&str],
) -> Result<R, FromHttpRequestError> {
    R::try_from_http_request(http::Request::from_parts(head.clone(), body), arguments)
}

fn mended(mend: Mend, body: &[u8], arguments: &[&str]) -> Result<Vec<u8>> {
    let mut fields: Map<String, Value> =
        serde_json::from_slice(body).map_err(|cause| json_error(&cause, body))?;
    mend(arguments, &mut fields);
    serde_json::to_vec(&fields).map_err(Error::internal)
}

/// The body without the fields that are `null`; `None` if there are none.
fn without_nulls(body: &[u8]) -> Option<Vec<u8>> {
    let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let before = fields.len();
    fields.retain(|_, value| !value.is_null());
    (fields.len() < before).then(|| serde_json::to_vec(&fields).ok())?
}

/// The outermost field without which the body fails no longer, or otherwise. Only where the parser
/// does not say itself: of a text that is no id, say, it tells only where the object around it ends.
fn wrong_field(
    body: &[u8],
    cause: &serde_json::Error,
    fails: impl Fn(&[u8]) -> Option<serde_json::Error>,
) -> Option<String> {
    let is_said = |cause: &serde_json::Error| cause.to_string().starts_with("missing field");
    let path = kontor_protocol::path_at(body, cause.line(), cause.column());
    if !cause.is_data() || !path.is_empty() || is_said(cause) || body.len() > LOOKED_AT_BYTES {
        return None;
    }
    let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = without_place(cause);
    let wrong = fields.keys().take(LOOKED_THROUGH).find(|name| {
        let mut others = fields.clone();
        others.remove(*name);
        let others = serde_json::to_vec(&others).unwrap_or_default();
        fails(&others).is_none_or(|other| without_place(&other) != text)
    });
    wrong.cloned()
}

fn without_place(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(text, _)| text.to_owned())
}

/// The parameter without which the query fails no longer, or otherwise.
fn wrong_parameter(head: &Parts, fails_otherwise: impl Fn(&Parts) -> bool) -> Option<String> {
    let pairs: Vec<&str> = head.uri.query()?.split('&').collect();
    let wrong = (0..pairs.len().min(LOOKED_THROUGH)).find(|index| {
        let others: Vec<&str> =
            pairs.iter().enumerate().filter(|(at, _)| at != index).map(|(_, pair)| *pair).collect();
        let uri = format!("{}?{}", head.uri.path(), others.join("&"));
        let Ok(uri) = uri.parse::<Uri>() else { return false };
        let mut without = head.clone();
        without.uri = uri;
        fails_otherwise(&without)
    });
    let pair = pairs.get(wrong?)?;
    pair.split('=').next().map(str::to_owned).filter(|name| !name.is_empty())
}
