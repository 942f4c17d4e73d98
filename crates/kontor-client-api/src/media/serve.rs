//! Answers with a file: whole, in part, or "you have it already".

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use kontor_core::{Error, MatrixCode, Result};
use kontor_media::{Chunks, Content};

use super::disposition::content_disposition;
use super::exchange::Exchange;
use super::range::{Wanted, wanted};
use crate::error::error_response;

/// The specification's policy: a file opened in a browser runs nothing and loads nothing. And no
/// page shows it in a frame.
const FILE_POLICY: &str = "sandbox; default-src 'none'; script-src 'none'; \
                           plugin-types application/pdf; style-src 'unsafe-inline'; \
                           object-src 'self'; frame-ancestors 'none';";

/// Not for shared caches; content under one address never changes.
const CACHING: &str = "private, max-age=31536000, immutable";

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The answer to a request for `content`, as its `Range` and `If-…` headers ask for it.
pub(crate) async fn serve(exchange: &Exchange, content: Content) -> Result<Response> {
    let mut headers = headers_of(&content)?;
    let tag = format!("\"{}\"", content.tag);
    if exchange.header(&IF_NONE_MATCH).is_some_and(|known| has_tag(known, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = content.size_bytes;
    // A part of something else than the client knows would be put together wrongly.
    let is_same = exchange.header(&IF_RANGE).is_none_or(|known| known.trim() == tag);
    let range = exchange.header(&RANGE).filter(|_| is_same && exchange.head.method == Method::GET);
    let (status, start, end) = match wanted(range, size) {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part { start, end } => {
            let last = end.saturating_sub(1);
            headers.insert(CONTENT_RANGE, value(format!("bytes {start}-{last}/{size}"))?);
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
        Wanted::Nothing => return unsatisfiable(size),
    };
    headers.insert(CONTENT_LENGTH, HeaderValue::from(end.saturating_sub(start)));
    if exchange.head.method == Method::HEAD {
        return Ok((status, headers).into_response());
    }
    let body = streamed(content.chunks(start, end).await?).await?;
    Ok((status, headers, body).into_response())
}

fn headers_of(content: &Content) -> Result<HeaderMap> {
    let content_type = HeaderValue::try_from(content.content_type.as_str())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let disposition = content_disposition(&content.content_type, content.file_name.as_deref());
    Ok(HeaderMap::from_iter([
        (CONTENT_TYPE, content_type),
        (CONTENT_DISPOSITION, disposition),
        (ETAG, value(format!("\"{}\"", content.tag))?),
        (ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (CACHE_CONTROL, HeaderValue::from_static(CACHING)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY)),
        (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]))
}

/// Whether an `If-None-Match` header names `tag`; weak and strong tags are the same here.
fn has_tag(header: &str, tag: &str) -> bool {
    header
        .split(',')
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == "*" || known == tag)
}

fn unsatisfiable(size: u64) -> Result<Response> {
    let error = Error::invalid(MatrixCode::InvalidParam, "The file has no bytes in this range.");
    let mut response = error_response(error);
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    response.headers_mut().insert(CONTENT_RANGE, value(format!("bytes */{size}"))?);
    Ok(response)
}

/// The first piece is read before the answer begins, so that a damaged file is an error instead
/// of a broken answer; a file of one piece is sent without a stream.
async fn streamed(mut chunks: Chunks) -> Result<Body> {
    let Some(first) = chunks.next().await? else { return Ok(Body::empty()) };
    if chunks.is_at_end() {
        return Ok(Body::from(first));
    }
    let rest = stream::try_unfold((Some(first), chunks), next_piece);
    Ok(Body::from_stream(rest))
}

type Pieces = (Option<Bytes>, Chunks);

async fn next_piece((first, mut chunks): Pieces) -> Result<Option<(Bytes, Pieces)>> {
    let piece = match first {
        Some(first) => Some(first),
        None => chunks.next().await.inspect_err(|error| {
            tracing::error!(%error, "a download broke off");
        })?,
    };
    Ok(piece.map(|piece| (piece, (None, chunks))))
}

fn value(text: String) -> Result<HeaderValue> {
    HeaderValue::try_from(text).map_err(Error::internal)
}
