//! The policy of the organisation: endpoints of Kontor's own.
//!
//! `GET /_kontor/client/v1/policy` tells every client what it has to follow; the rest is for
//! administrators.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, put};
use kontor_core::{Error, MatrixCode, Result};
use kontor_policy::{Change, Decision, SettingState};
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/client/v1/policy", get(list))
        .route("/_kontor/admin/v1/policy/history", get(history))
        .route("/_kontor/admin/v1/policy/settings/{setting}", put(change))
}

/// A wish for a value.
#[derive(Deserialize)]
struct Body {
    value: Value,
    reason: String,
    #[serde(default)]
    lock: bool,
    auth: Option<AuthData>,
}

/// Where a page of decisions begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

async fn list(request: Request) -> Response {
    json_answer(settings(request).await)
}

async fn change(Path(setting): Path<String>, request: Request) -> Response {
    json_answer(decide(setting, request).await)
}

async fn history(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(decisions(page.ok().map(|query| query.0), request).await)
}

async fn settings(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let states = tenant.policies.list(&cx).await?;
    let settings: Map<String, Value> =
        states.iter().map(|state| (state.setting.key.to_owned(), shown(state))).collect();
    Ok(json!({ "settings": settings }))
}

async fn decide(setting: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wish: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let change = Change { setting, value: wish.value, reason: wish.reason, lock: wish.lock };
    let version = tenant.approvals.change_policy(&cx, change, wish.auth).await?;
    Ok(json!({ "version": version }))
}

async fn decisions(page: Option<Page>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let rows = tenant.policies.history(&cx, page.before).await?;
    let decisions: Result<Vec<Value>> = rows.iter().map(told).collect();
    Ok(json!({ "decisions": decisions? }))
}

fn shown(SettingState { setting, value, version, floor, .. }: &SettingState) -> Value {
    json!({
        "value": value,
        "version": version,
        "area": setting.area,
        "name": setting.name,
        "reason": setting.reason,
        "law": setting.law,
        "values": setting.domain,
        "shipped": setting.shipped,
        "locked": floor.is_some(),
        "floor": floor,
        "monitoring": setting.monitoring,
        "enforced_by": setting.effect.name(),
    })
}

fn told(row: &Decision) -> Result<Value> {
    let value = |json: &str| match json {
        "" => Ok(Value::Null),
        json => serde_json::from_str(json).map_err(Error::internal),
    };
    Ok(json!({
        "version": row.version,
        "setting": row.setting,
        "old_value": value(&row.old_value)?,
        "new_value": value(&row.new_value)?,
        "author": row.author,
        "changed_ts": row.changed.0,
        "reason": row.reason,
        "locked": row.locked,
    }))
}
