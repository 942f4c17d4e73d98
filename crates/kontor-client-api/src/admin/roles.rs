//! `/_kontor/admin/v1/roles` and `/_kontor/admin/v1/people/{userId}/roles/{role}`: who holds which
//! role. law: R-009

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, put};
use kontor_core::{Error, MatrixCode, Result};
use kontor_identity::{HeldRole, RoleChange};
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Roles in one answer.
const PAGE: u16 = 100;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/admin/v1/roles", get(list))
        .route("/_kontor/admin/v1/people/{userId}/roles/{role}", put(change))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Page {
    after: Option<String>,
}

/// Whether somebody is to hold a role, and why.
#[derive(Deserialize)]
struct Body {
    held: bool,
    reason: String,
    auth: Option<AuthData>,
}

async fn list(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(holders(page.ok().and_then(|query| query.0.after), request).await)
}

async fn change(Path((user, role)): Path<(String, String)>, request: Request) -> Response {
    json_answer(decide(user, &role, request).await)
}

async fn holders(after: Option<String>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let rows = tenant.identity.list_roles(&cx, after.unwrap_or_default(), PAGE).await?;
    let roles: Vec<Value> = rows.iter().map(told).collect();
    Ok(json!({ "roles": roles }))
}

async fn decide(user: String, role: &str, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let user_id = OwnedUserId::try_from(user)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "userId: is none."))?;
    let wish: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let change = RoleChange { user_id, role: role.parse()?, held: wish.held, reason: wish.reason };
    let changed = tenant.identity.change_role(&cx, change, wish.auth).await?;
    Ok(json!({ "changed": changed }))
}

fn told(row: &HeldRole) -> Value {
    json!({
        "user_id": row.user_id,
        "role": row.role.as_str(),
        "granted_ts": row.granted.0,
        "granted_by": row.granted_by,
        "reason": row.reason,
    })
}
