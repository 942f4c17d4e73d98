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
use kontor_policy::{
    Agreement, Change, Decision, Difference, OwnState, Profile, ProfileChange, SettingState,
};
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/client/v1/policy", get(list))
        .route("/_kontor/client/v1/policy/own/{setting}", put(decide_own))
        .route("/_kontor/admin/v1/policy/history", get(history))
        .route("/_kontor/admin/v1/policy/settings/{setting}", put(change))
        .route("/_kontor/admin/v1/policy/profile", get(preview).put(choose))
}

/// A wish for a value.
#[derive(Deserialize)]
struct Body {
    value: Value,
    reason: String,
    #[serde(default)]
    lock: bool,
    agreement: Option<Agreement>,
    auth: Option<AuthData>,
}

/// A wish for a profile.
#[derive(Deserialize)]
struct Choice {
    profile: String,
    reason: String,
    agreement: Option<Agreement>,
    auth: Option<AuthData>,
}

/// What somebody wants for herself; `null` leaves it to the organisation.
#[derive(Deserialize)]
struct Own {
    value: Value,
}

/// A profile to be looked at.
#[derive(Deserialize)]
struct Looked {
    profile: Option<String>,
}

/// Where a page of decisions begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

async fn list(request: Request) -> Response {
    json_answer(settings(request).await)
}

async fn decide_own(Path(setting): Path<String>, request: Request) -> Response {
    json_answer(own(setting, request).await)
}

async fn change(Path(setting): Path<String>, request: Request) -> Response {
    json_answer(decide(setting, request).await)
}

async fn preview(query: Result<Query<Looked>, QueryRejection>, request: Request) -> Response {
    json_answer(differences(query.ok().and_then(|query| query.0.profile), request).await)
}

async fn choose(request: Request) -> Response {
    json_answer(decide_profile(request).await)
}

async fn history(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(decisions(page.ok().map(|query| query.0), request).await)
}

async fn settings(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let states = tenant.policies.list(&cx).await?;
    let own = tenant.own.list(&cx).await?;
    let told = |state: &SettingState| {
        let own = own.iter().find(|own| own.setting.key == state.setting.key);
        (state.setting.key.to_owned(), shown(state, own))
    };
    let settings: Map<String, Value> = states.iter().map(told).collect();
    let profile = tenant.policies.profile(&cx).await?;
    Ok(json!({ "profile": profile, "settings": settings }))
}

async fn own(setting: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wish: Own = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    tenant.own.decide(&cx, &setting, &wish.value).await?;
    Ok(json!({}))
}

async fn decide(setting: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wish: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let Body { value, reason, lock, agreement, auth } = wish;
    let change = Change { setting, value, reason, lock, agreement };
    let version = tenant.approvals.change_policy(&cx, change, auth).await?;
    Ok(json!({ "version": version }))
}

async fn differences(profile: Option<String>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let profile = profile.as_deref().unwrap_or(Profile::Standard.as_str()).parse()?;
    let preview = tenant.policies.preview_profile(&cx, profile).await?;
    let shown = |it: &Difference| {
        json!({
            "setting": it.setting.key,
            "before": it.before,
            "after": it.after,
            "loosens": it.loosens,
            "needs_second_person": it.needs_second,
            "monitoring": it.setting.monitoring,
        })
    };
    Ok(json!({
        "profile": preview.current,
        "needs_second_person": preview.needs_second(),
        "needs_works_council": preview.needs_works_council(),
        "differences": preview.differences.iter().map(shown).collect::<Vec<_>>(),
    }))
}

async fn decide_profile(request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wish: Choice = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let Choice { profile, reason, agreement, auth } = wish;
    let change = ProfileChange { profile: profile.parse()?, reason, agreement };
    let version = tenant.approvals.choose_profile(&cx, change, auth).await?;
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

fn shown(
    SettingState { setting, value, version, floor, .. }: &SettingState,
    own: Option<&OwnState>,
) -> Value {
    json!({
        "value": value,
        "own": own.and_then(|own| own.own),
        "effective": own.map_or(*value, |own| own.effective),
        "personal": setting.personal,
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
        "programs": setting.programs,
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
        "agreement": row.agreement.as_deref().map(value).transpose()?,
    }))
}
