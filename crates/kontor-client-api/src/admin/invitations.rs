//! `/_kontor/admin/v1/invitations`: who is invited and has not come.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{delete, get, post};
use kontor_core::Result;
use kontor_identity::{Identity, MadeLink, NewInvitation, PendingInvitation, Renewed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

const ROOT: &str = "/_kontor/admin/v1/invitations";
const HOUR: Duration = Duration::from_hours(1);

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(list).post(invite))
        .route(&format!("{ROOT}/{{invitationId}}"), delete(take_back))
        .route(&format!("{ROOT}/{{invitationId}}/renew"), post(renew))
}

/// Somebody to be invited.
#[derive(Deserialize)]
struct Body {
    display_name: Option<String>,
    username: Option<String>,
    mail: Option<String>,
    #[serde(default)]
    guest: bool,
    /// Whether a mail brings the link; else it is answered.
    #[serde(default)]
    by_mail: bool,
    /// At most, and by default, seven days.
    valid_hours: Option<u32>,
}

async fn list(request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        let all = tenant.identity.invitations(&cx).await?;
        Ok(json!({ "invitations": all.iter().map(shown).collect::<Vec<_>>() }))
    };
    json_answer(done.await)
}

async fn invite(request: Request) -> Response {
    json_answer(invited(request).await)
}

async fn take_back(Path(id): Path<String>, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        tenant.identity.take_link_back(&cx, id).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn renew(Path(id): Path<String>, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        Ok(match tenant.identity.renew_invitation(&cx, id).await? {
            Renewed::Link(made) => link_shown(&tenant.identity, &made),
            Renewed::Mailed(id) => json!({ "id": id }),
        })
    };
    json_answer(done.await)
}

async fn invited(request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let body: Body = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let new = NewInvitation {
        display_name: body.display_name,
        username: body.username,
        guest: body.guest,
        mail: body.mail,
        lifetime: body.valid_hours.map(|hours| HOUR * hours),
    };
    if body.by_mail {
        return Ok(json!({ "id": tenant.identity.invite_by_mail(&cx, new).await? }));
    }
    let made = tenant.identity.create_invitation(&cx, new).await?;
    Ok(link_shown(&tenant.identity, &made))
}

fn link_shown(identity: &Identity, made: &MadeLink) -> Value {
    let url = identity.invitation_address(made);
    json!({ "id": made.id, "url": url.expose(), "expires_ts": made.expires.0 })
}

fn shown(invitation: &PendingInvitation) -> Value {
    json!({
        "id": invitation.id,
        "display_name": invitation.display_name,
        "username": invitation.username,
        "mail": invitation.mail,
        "by_mail": invitation.by_mail,
        "guest": invitation.guest,
        "invited_by": invitation.invited_by,
        "expires_ts": invitation.expires.map(|at| at.0),
    })
}
