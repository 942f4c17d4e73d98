//! Badges beside names: endpoints of Kontor's own. law: R-040
//!
//! `POST /_kontor/client/v1/badges` tells clients what to show;
//! `PUT /_kontor/admin/v1/people/{userId}/identity` records how an identity was proved.

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{post, put};
use kontor_core::{Error, MatrixCode, Result};
use kontor_identity::{Badge, NewProof};
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/client/v1/badges", post(badges))
        .route("/_kontor/admin/v1/people/{userId}/identity", put(prove))
}

/// Whose badges are wanted.
#[derive(Deserialize)]
struct Wanted {
    users: Vec<OwnedUserId>,
}

/// How an identity was proved.
#[derive(Deserialize)]
struct Proof {
    method: String,
    reason: String,
    auth: Option<AuthData>,
}

async fn badges(request: Request) -> Response {
    json_answer(shown(request).await)
}

async fn prove(Path(user): Path<String>, request: Request) -> Response {
    json_answer(record(user, request).await)
}

async fn shown(request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wanted: Wanted =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let badges = tenant.identity.badges(&cx, wanted.users).await?;
    let badges: Vec<Value> = badges.iter().map(told).collect();
    Ok(json!({ "badges": badges }))
}

async fn record(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let user_id = OwnedUserId::try_from(user)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "userId: is none."))?;
    let proof: Proof = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let new = NewProof { user_id, method: proof.method.parse()?, reason: proof.reason };
    tenant.identity.prove_identity(&cx, new, proof.auth).await?;
    Ok(json!({}))
}

fn told(badge: &Badge) -> Value {
    json!({
        "user_id": badge.user_id,
        "standing": badge.standing.as_str(),
        "level": badge.level,
    })
}
