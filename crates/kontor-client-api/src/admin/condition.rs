//! `GET /_kontor/admin/v1/condition`: how the organisation's server is doing.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use kontor_core::Result;
use serde_json::{Value, json};

use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/_kontor/admin/v1/condition", get(show))
}

async fn show(request: Request) -> Response {
    json_answer(condition(request).await)
}

async fn condition(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let now = tenant.health.condition(&cx).await?;
    Ok(json!({
        "version": now.version,
        "people": now.people,
        "devices": now.devices,
        "rooms": now.rooms,
        "files": now.files,
        "file_bytes": now.file_bytes,
        "database_bytes": now.database_bytes,
        "commits": now.commits,
        "slow_commits": now.slow_commits,
        "waiting_mails": now.waiting_mails,
        "late_mail_ts": now.late_mail.map(|at| at.0),
        "weakened_settings": now.weakened_settings,
    }))
}
