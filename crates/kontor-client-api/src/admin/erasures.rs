//! `/_kontor/admin/v1/erasures`: people who were erased, and the certificates. Asking for it is an
//! approval (`act`: `erase_person`). law: R-128

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::get;
use kontor_core::{Error, MatrixCode, Result};
use kontor_deletion::ErasureView;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::frame::{Received, Token, json_answer, receive};

const ROOT: &str = "/_kontor/admin/v1/erasures";

/// Erasures on one page.
const PAGE: u16 = 50;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(list))
        .route(&format!("{ROOT}/{{erasure}}/certificate"), get(certificate))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

async fn list(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(show(page.ok().map(|query| query.0), request).await)
}

async fn certificate(Path(erasure): Path<String>, request: Request) -> Response {
    json_answer(certified(&erasure, request).await)
}

async fn show(page: Option<Page>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let erasures = tenant.deletion.erasures(&cx, page.before.unwrap_or(i64::MAX), PAGE).await?;
    Ok(json!({ "erasures": erasures.iter().map(told).collect::<Vec<Value>>() }))
}

async fn certified(erasure: &str, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    // No erasure has the number 0; that there is none is for those to know who may see them.
    let found = tenant.deletion.erasure_certificate(&cx, erasure.parse().unwrap_or(0)).await?;
    Ok(Value::Object(found.0))
}

fn told(row: &ErasureView) -> Value {
    json!({
        "erasure": row.nid,
        "decided_ts": row.requested.0,
        "erased_ts": row.erased.map(|at| at.0),
        "with_messages": row.with_messages,
        "rooms": row.counts.rooms,
        "membership_events_stripped": row.counts.events,
        "messages": row.counts.messages,
        "files": row.counts.files,
        "file_bytes": row.counts.file_bytes,
        "records": row.counts.records,
        "certified": row.certificate.is_some(),
    })
}
