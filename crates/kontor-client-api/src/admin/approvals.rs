//! `/_kontor/admin/v1/approvals`: what one person asks for and a second one allows. law: R-010

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_approval::{Approval, Proposal, Request as Wish};
use kontor_core::{Error, MatrixCode, Result};
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

const ROOT: &str = "/_kontor/admin/v1/approvals";

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(list).post(request))
        .route(&format!("{ROOT}/{{approvalId}}/approve"), post(approve))
        .route(&format!("{ROOT}/{{approvalId}}/refuse"), post(refuse))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

/// What comes beside the proposal.
#[derive(Deserialize)]
struct Body {
    reason: String,
    auth: Option<AuthData>,
}

/// Proof of who decides.
#[derive(Default, Deserialize)]
struct Proof {
    auth: Option<AuthData>,
}

async fn list(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(waiting(page.ok().map(|query| query.0), request).await)
}

async fn request(request: Request) -> Response {
    json_answer(ask(request).await)
}

async fn approve(Path(id): Path<String>, request: Request) -> Response {
    json_answer(decide(&id, request, true).await)
}

async fn refuse(Path(id): Path<String>, request: Request) -> Response {
    json_answer(decide(&id, request, false).await)
}

async fn waiting(page: Option<Page>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let approvals = tenant.approvals.list(&cx, page.before).await?;
    let approvals: Result<Vec<Value>> = approvals.iter().map(told).collect();
    Ok(json!({ "approvals": approvals? }))
}

async fn ask(request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let proposal: Proposal =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let Body { reason, auth } =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let number = tenant.approvals.request(&cx, Wish { proposal, reason, auth }).await?;
    Ok(json!({ "id": number }))
}

async fn decide(id: &str, request: Request, allow: bool) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    // No request has the number 0; that there is none is for those to know who may see them.
    let number = id.parse().unwrap_or(0);
    if !allow {
        tenant.approvals.refuse(&cx, number).await?;
        return Ok(json!({}));
    }
    let proof = match body.is_empty() {
        true => Proof::default(),
        false => serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?,
    };
    tenant.approvals.approve(&cx, number, proof.auth).await?;
    Ok(json!({}))
}

fn told(approval: &Approval) -> Result<Value> {
    Ok(json!({
        "id": approval.nid,
        "proposal": serde_json::to_value(&approval.proposal).map_err(Error::internal)?,
        "reason": approval.reason,
        "requester": approval.requester,
        "requested_ts": approval.requested.0,
        "expires_ts": approval.expires.0,
        "decision": approval.decision.as_str(),
        "decider": approval.decider,
        "decided_ts": approval.decided.map(|at| at.0),
        "outcome": approval.outcome,
    }))
}
