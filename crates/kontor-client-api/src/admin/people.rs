//! `/_kontor/admin/v1/people`, and `/_kontor/admin/v1/audit`.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_audit::Wanted;
use kontor_core::{Error, MatrixCode, Result};
use ruma::OwnedUserId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::frame::{Received, Token, json_answer, receive};

/// People in one answer.
const PAGE: u16 = 100;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/admin/v1/people", get(list))
        .route("/_kontor/admin/v1/people/{userId}/sign_out", post(sign_out))
        .route("/_kontor/admin/v1/audit", get(audit))
}

/// Where a page of people begins.
#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

/// Where a page of entries begins.
#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

async fn list(page: Result<Query<After>, QueryRejection>, request: Request) -> Response {
    json_answer(people(page.ok().and_then(|query| query.0.after), request).await)
}

async fn sign_out(Path(user): Path<String>, request: Request) -> Response {
    json_answer(end_sessions(user, request).await)
}

async fn audit(page: Result<Query<Before>, QueryRejection>, request: Request) -> Response {
    json_answer(entries(page.ok().map(|query| query.0), request).await)
}

async fn people(after: Option<String>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let accounts = tenant.identity.list_users(&cx, after.unwrap_or_default(), PAGE).await?;
    let shown = |account: &kontor_identity::Account| {
        json!({
            "user_id": account.user_id,
            "login_name": account.login_name,
            "holds_office": account.admin,
            "created_ts": account.created.0,
            "closed": account.deactivated.is_some(),
        })
    };
    Ok(json!({ "people": accounts.iter().map(shown).collect::<Vec<_>>() }))
}

async fn end_sessions(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let user = OwnedUserId::try_from(user)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "userId: is none."))?;
    let devices = tenant.identity.sign_out(&cx, user).await?;
    Ok(json!({ "devices": devices }))
}

async fn entries(page: Option<Before>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let entries =
        tenant.audit.entries(&cx, Wanted { before: page.before, ..Wanted::default() }).await?;
    Ok(json!({ "entries": serde_json::to_value(entries).map_err(Error::internal)? }))
}
