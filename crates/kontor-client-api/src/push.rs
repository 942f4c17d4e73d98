//! Push rules, notifications, pushers.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_push::Placement;
use kontor_tenant::Tenant;
use ruma::api::client::push::set_pusher::v3::PusherAction;
use ruma::api::client::push::{
    delete_pushrule, get_notifications, get_pushers, get_pushrule, get_pushrule_actions,
    get_pushrule_enabled, get_pushrules_all, get_pushrules_global_scope, set_pusher, set_pushrule,
    set_pushrule_actions, set_pushrule_enabled,
};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<get_pushrules_all::v3::Request, _, _>(router, rules);
    let router = route::<get_pushrules_global_scope::v3::Request, _, _>(router, global_rules);
    let router = route::<get_pushrule::v3::Request, _, _>(router, rule);
    let router = route::<set_pushrule::v3::Request, _, _>(router, set_rule);
    let router = route::<delete_pushrule::v3::Request, _, _>(router, delete_rule);
    let router = route::<get_pushrule_enabled::v3::Request, _, _>(router, enabled);
    let router = route::<set_pushrule_enabled::v3::Request, _, _>(router, set_enabled);
    let router = route::<get_pushrule_actions::v3::Request, _, _>(router, actions);
    let router = route::<set_pushrule_actions::v3::Request, _, _>(router, set_actions);
    let router = route::<get_notifications::v3::Request, _, _>(router, notifications);
    let router = route::<get_pushers::v3::Request, _, _>(router, pushers);
    route::<set_pusher::v3::Request, _, _>(router, set_pusher)
}

async fn rules(
    tenant: Arc<Tenant>,
    cx: Cx,
    _: get_pushrules_all::v3::Request,
) -> Result<get_pushrules_all::v3::Response> {
    Ok(get_pushrules_all::v3::Response::new(tenant.push.ruleset(&cx).await?))
}

async fn global_rules(
    tenant: Arc<Tenant>,
    cx: Cx,
    _: get_pushrules_global_scope::v3::Request,
) -> Result<get_pushrules_global_scope::v3::Response> {
    Ok(get_pushrules_global_scope::v3::Response::new(tenant.push.ruleset(&cx).await?))
}

async fn rule(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_pushrule::v3::Request,
) -> Result<get_pushrule::v3::Response> {
    let rule = tenant.push.rule(&cx, &request.kind, &request.rule_id).await?;
    Ok(get_pushrule::v3::Response::new(rule.into()))
}

async fn set_rule(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_pushrule::v3::Request,
) -> Result<set_pushrule::v3::Response> {
    let placement = Placement { before: request.before, after: request.after };
    tenant.push.set_rule(&cx, request.rule, placement).await?;
    Ok(set_pushrule::v3::Response::new())
}

async fn delete_rule(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_pushrule::v3::Request,
) -> Result<delete_pushrule::v3::Response> {
    tenant.push.delete_rule(&cx, request.kind, request.rule_id).await?;
    Ok(delete_pushrule::v3::Response::new())
}

async fn enabled(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_pushrule_enabled::v3::Request,
) -> Result<get_pushrule_enabled::v3::Response> {
    let rule = tenant.push.rule(&cx, &request.kind, &request.rule_id).await?;
    Ok(get_pushrule_enabled::v3::Response::new(rule.enabled()))
}

async fn set_enabled(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_pushrule_enabled::v3::Request,
) -> Result<set_pushrule_enabled::v3::Response> {
    tenant.push.set_enabled(&cx, request.kind, request.rule_id, request.enabled).await?;
    Ok(set_pushrule_enabled::v3::Response::new())
}

async fn actions(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_pushrule_actions::v3::Request,
) -> Result<get_pushrule_actions::v3::Response> {
    let rule = tenant.push.rule(&cx, &request.kind, &request.rule_id).await?;
    Ok(get_pushrule_actions::v3::Response::new(rule.actions().to_vec()))
}

async fn set_actions(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_pushrule_actions::v3::Request,
) -> Result<set_pushrule_actions::v3::Response> {
    tenant.push.set_actions(&cx, request.kind, request.rule_id, request.actions).await?;
    Ok(set_pushrule_actions::v3::Response::new())
}

async fn notifications(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_notifications::v3::Request,
) -> Result<get_notifications::v3::Response> {
    let only_highlights = request.only.as_deref() == Some("highlight");
    let from = request.from.as_deref();
    let page = tenant.push.notifications(&cx, from, request.limit, only_highlights).await?;
    let mut response = get_notifications::v3::Response::new(page.notifications);
    response.next_token = page.next;
    Ok(response)
}

async fn pushers(
    tenant: Arc<Tenant>,
    cx: Cx,
    _: get_pushers::v3::Request,
) -> Result<get_pushers::v3::Response> {
    Ok(get_pushers::v3::Response::new(tenant.push.pushers(&cx).await?))
}

async fn set_pusher(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_pusher::v3::Request,
) -> Result<set_pusher::v3::Response> {
    match request.action {
        PusherAction::Post(set) => tenant.push.set_pusher(&cx, set.pusher, set.append).await?,
        PusherAction::Delete(ids) => tenant.push.delete_pusher(&cx, &ids).await?,
        _ => {}
    }
    Ok(set_pusher::v3::Response::new())
}
