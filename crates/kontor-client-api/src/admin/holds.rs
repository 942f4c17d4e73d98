//! `/_kontor/admin/v1/holds`: what is kept for claims at law; and for everybody, what is kept of
//! oneself. Asking for a hold is an approval (`act`: `place_hold`). law: R-122

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_deletion::{Deletion, HoldView};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::frame::{Received, Token, json_answer, receive};

const ROOT: &str = "/_kontor/admin/v1/holds";

/// Holds on one page.
const PAGE: u16 = 50;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(list))
        .route(&format!("{ROOT}/{{hold}}/review"), post(review))
        .route(&format!("{ROOT}/{{hold}}/release"), post(release))
        .route("/_kontor/client/v1/holds", get(own))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

async fn list(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(show(page.ok().map(|query| query.0), request).await)
}

async fn own(request: Request) -> Response {
    json_answer(show_own(request).await)
}

async fn review(Path(hold): Path<String>, request: Request) -> Response {
    json_answer(decide(&hold, request, true).await)
}

async fn release(Path(hold): Path<String>, request: Request) -> Response {
    json_answer(decide(&hold, request, false).await)
}

async fn show(page: Option<Page>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let holds = tenant.deletion.holds(&cx, page.before.unwrap_or(i64::MAX), PAGE).await?;
    let amount = tenant.deletion.held_amount(&cx).await?;
    Ok(json!({
        "held_messages": amount.events,
        "held_files": amount.files,
        "held_keys": amount.keys,
        "holds": holds.iter().map(|hold| told(&cx, hold)).collect::<Vec<Value>>(),
    }))
}

async fn show_own(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let holds = tenant.deletion.own_holds(&cx).await?;
    let told = holds.iter().map(|hold| {
        json!({
            "hold": hold.nid,
            "matter": hold.matter,
            "basis": hold.basis,
            "from_ts": hold.from.map(|at| at.0),
            "until_ts": hold.until.map(|at| at.0),
            "placed_ts": hold.placed.0,
            "ends_ts": hold.released.unwrap_or(hold.ends).0,
            "active": hold.is_active(cx.now),
        })
    });
    Ok(json!({ "holds": told.collect::<Vec<Value>>() }))
}

async fn decide(hold: &str, request: Request, needed: bool) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    // No hold has the number 0; that there is none is for those to know who may see them.
    let number = hold.parse().unwrap_or(0);
    if needed {
        tenant.deletion.review_hold(&cx, number).await?;
    } else {
        tenant.deletion.release_hold(&cx, number).await?;
    }
    Ok(json!({}))
}

fn told(cx: &Cx, hold: &HoldView) -> Value {
    let (kind, subject) = hold.subject.parts();
    json!({
        "hold": hold.nid,
        "kind": kind,
        "subject": subject,
        "from_ts": hold.from.map(|at| at.0),
        "until_ts": hold.until.map(|at| at.0),
        "matter": hold.matter,
        "basis": hold.basis,
        "delay": hold.delay,
        "placed_ts": hold.placed.0,
        "placed_by": hold.placed_by,
        "allowed_by": hold.allowed_by,
        "ends_ts": hold.ends.0,
        "review_due_ts": Deletion::review_due(hold).0,
        "review": Deletion::review(hold, cx.now).as_str(),
        "released_ts": hold.released.map(|at| at.0),
        "active": hold.is_active(cx.now),
    })
}
