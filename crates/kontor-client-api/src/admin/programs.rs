//! `/_kontor/admin/v1/programs`: the oldest versions of programs that are let in (law: R-204).

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{get, put};
use kontor_core::Result;
use kontor_identity::{NewFloor, ProgramFloor};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/admin/v1/programs", get(list))
        .route("/_kontor/admin/v1/programs/{program}", put(set).delete(remove))
}

/// A decision.
#[derive(Deserialize)]
struct Body {
    minimum: String,
    #[serde(default)]
    critical: bool,
    reason: String,
}

async fn list(request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        let floors = tenant.identity.floors(&cx).await?;
        Ok(json!({ "programs": floors.iter().map(shown).collect::<Vec<_>>() }))
    };
    json_answer(done.await)
}

async fn set(Path(program): Path<String>, request: Request) -> Response {
    json_answer(decide(program, request).await)
}

async fn remove(Path(program): Path<String>, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        tenant.identity.remove_floor(&cx, &program).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn decide(program: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let body: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let Body { minimum, critical, reason } = body;
    let floor = tenant.identity.set_floor(&cx, NewFloor { program, minimum, critical, reason });
    Ok(shown(&floor.await?))
}

fn shown(floor: &ProgramFloor) -> Value {
    json!({
        "program": floor.program,
        "minimum": floor.minimum,
        "blocked_ts": floor.blocked.0,
        "decided_ts": floor.decided.0,
        "decided_by": floor.decided_by,
        "reason": floor.reason,
    })
}
