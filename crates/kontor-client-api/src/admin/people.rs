//! `/_kontor/admin/v1/people`, and `/_kontor/admin/v1/audit`.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_audit::Wanted;
use kontor_core::{Error, MatrixCode, Result, Role};
use kontor_identity::{ListedPerson, PEOPLE_PAGE, PeopleQuery};
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(list))
        .route(&format!("{ROOT}/{{userId}}"), get(one))
        .route(&format!("{ROOT}/{{userId}}/sign_out"), post(sign_out))
        .route(&format!("{ROOT}/{{userId}}/close"), post(close))
        .route(&format!("{ROOT}/{{userId}}/renew_guest"), post(renew_guest))
        .route(&format!("{ROOT}/{{userId}}/reset_link"), post(reset_link))
        .route(&format!("{ROOT}/{{userId}}/reset_second_factors"), post(reset_second_factors))
        .route("/_kontor/admin/v1/audit", get(audit))
}

const ROOT: &str = "/_kontor/admin/v1/people";

/// Which people are wanted.
#[derive(Default, Deserialize)]
struct Sought {
    #[serde(default)]
    q: String,
    role: Option<String>,
    state: Option<String>,
    #[serde(default)]
    page: usize,
}

/// Proof of who does it.
#[derive(Default, Deserialize)]
struct Proof {
    auth: Option<AuthData>,
}

/// Where a page of entries begins.
#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

async fn list(query: Result<Query<Sought>, QueryRejection>, request: Request) -> Response {
    json_answer(people(query.ok().map(|query| query.0), request).await)
}

async fn one(Path(user): Path<String>, request: Request) -> Response {
    json_answer(person(user, request).await)
}

async fn sign_out(Path(user): Path<String>, request: Request) -> Response {
    json_answer(end_sessions(user, request).await)
}

async fn close(Path(user): Path<String>, request: Request) -> Response {
    json_answer(close_account(user, request).await)
}

async fn renew_guest(Path(user): Path<String>, request: Request) -> Response {
    json_answer(prolong(user, request).await)
}

async fn reset_link(Path(user): Path<String>, request: Request) -> Response {
    json_answer(new_password(user, request).await)
}

async fn reset_second_factors(Path(user): Path<String>, request: Request) -> Response {
    json_answer(no_factors(user, request).await)
}

async fn audit(page: Result<Query<Before>, QueryRejection>, request: Request) -> Response {
    json_answer(entries(page.ok().map(|query| query.0), request).await)
}

async fn people(sought: Option<Sought>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(sought) = sought else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "page: must be a whole number."));
    };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let query = PeopleQuery {
        role: given(&sought.role).map(|role| role.parse()).transpose()?,
        state: given(&sought.state).map(|state| state.parse()).transpose()?,
        text: sought.q,
        page: sought.page,
    };
    let found = tenant.identity.people(&cx, &query).await?;
    Ok(json!({
        "people": found.people.iter().map(listed).collect::<Vec<_>>(),
        "total": found.total,
        "page_size": PEOPLE_PAGE,
    }))
}

fn listed(person: &ListedPerson) -> Value {
    json!({
        "user_id": person.user_id,
        "login_name": person.login_name,
        "display_name": person.display_name,
        "mail": person.mail,
        "state": person.state.as_str(),
        "roles": person.roles.iter().map(Role::as_str).collect::<Vec<_>>(),
        "created_ts": person.created.0,
    })
}

async fn person(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let person = tenant.identity.person(&cx, user_of(user)?).await?;
    let mut shown = listed(&person.listed);
    let more = json!({
        "suspended": person.suspended,
        "pending_mail": person.pending_mail,
        "identity_level": person.proof.as_ref().map_or(0, |proof| proof.level),
        "has_password": person.has_password,
        "has_totp": person.has_totp,
        "passkeys": person.passkeys,
        "recovery_codes": person.recovery_codes,
        "app_passwords": person.app_passwords,
        "devices": person.devices,
        "browsers": person.browsers,
        "reset_link_expires_ts": person.reset_link_ends.map(|at| at.0),
        "guest_ends_ts": person.guest.map(|term| term.ends.0),
        "guest_ends_because": person.guest.map(|term| term.why.as_str()),
    });
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more);
    }
    Ok(shown)
}

async fn new_password(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let auth = proof_of(&body)?;
    let made = tenant.identity.create_reset_link(&cx, user_of(user)?, auth).await?;
    let url = tenant.identity.reset_address(&made);
    Ok(json!({ "id": made.id, "url": url.expose(), "expires_ts": made.expires.0 }))
}

async fn close_account(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let auth = proof_of(&body)?;
    tenant.close_account_of(&cx, user_of(user)?, auth).await?;
    Ok(json!({}))
}

async fn prolong(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    tenant.identity.renew_guest(&cx, user_of(user)?).await?;
    Ok(json!({}))
}

async fn no_factors(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let auth = proof_of(&body)?;
    tenant.identity.reset_second_factors(&cx, user_of(user)?, auth).await?;
    Ok(json!({}))
}

fn proof_of(body: &[u8]) -> Result<Option<AuthData>> {
    if body.is_empty() {
        return Ok(None);
    }
    let proof: Proof = serde_json::from_slice(body).map_err(|cause| json_error(&cause, body))?;
    Ok(proof.auth)
}

fn user_of(user: String) -> Result<OwnedUserId> {
    OwnedUserId::try_from(user)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "userId: is none."))
}

async fn end_sessions(user: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let devices = tenant.identity.sign_out(&cx, user_of(user)?).await?;
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
