//! `GET` and `PUT /_matrix/client/v1/admin/suspend/{userId}` and `…/lock/{userId}`

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_identity::StateChange;
use kontor_tenant::Tenant;
use ruma::api::client::admin::{is_user_locked, is_user_suspended, lock_user, suspend_user};

use crate::frame::route;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let router = route(router, is_suspended);
    let router = route(router, suspend);
    let router = route(router, is_locked);
    route(router, lock)
}

async fn is_suspended(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: is_user_suspended::v1::Request,
) -> Result<is_user_suspended::v1::Response> {
    let account = tenant.identity.account_state(&cx, request.user_id).await?;
    Ok(is_user_suspended::v1::Response::new(account.suspended.is_some()))
}

async fn suspend(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: suspend_user::v1::Request,
) -> Result<suspend_user::v1::Response> {
    let wanted = request.suspended;
    tenant.identity.change_state(&cx, request.user_id, StateChange::Suspended(wanted)).await?;
    Ok(suspend_user::v1::Response::new(wanted))
}

async fn is_locked(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: is_user_locked::v1::Request,
) -> Result<is_user_locked::v1::Response> {
    let account = tenant.identity.account_state(&cx, request.user_id).await?;
    Ok(is_user_locked::v1::Response::new(account.locked.is_some()))
}

async fn lock(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: lock_user::v1::Request,
) -> Result<lock_user::v1::Response> {
    let wanted = request.locked;
    tenant.identity.change_state(&cx, request.user_id, StateChange::Locked(wanted)).await?;
    Ok(lock_user::v1::Response::new(wanted))
}
