//! Sending, redacting and reading events; relations and threads.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Result};
use kontor_rooms::{RelationsRequest, Send};
use kontor_tenant::Tenant;
use ruma::api::client::context::get_context;
use ruma::api::client::message::{get_message_events, send_message_event};
use ruma::api::client::redact::redact_event;
use ruma::api::client::relations::{
    get_relating_events, get_relating_events_with_rel_type,
    get_relating_events_with_rel_type_and_event_type::v1 as relating,
};
use ruma::api::client::room::{get_event_by_timestamp, get_room_event};
use ruma::api::client::threads::get_threads;

use crate::frame::{Token, route, route_as, route_mended};
use crate::query::{Query, route_with_query};

pub(crate) fn routes(router: Router) -> Router {
    let router = route_with_query::<send_message_event::v3::Request, _, _>(router, send);
    let router = route_mended::<redact_event::v3::Request, _, _>(router, |_, _| {}, redact);
    let router = route::<get_message_events::v3::Request, _, _>(router, messages);
    let router = route::<get_context::v3::Request, _, _>(router, context);
    let router = route::<get_room_event::v3::Request, _, _>(router, event);
    let router = route::<get_event_by_timestamp::v1::Request, _, _>(router, event_at_time);
    let router = route::<get_threads::v1::Request, _, _>(router, threads);
    let token = Token::Required;
    let router = route_as::<get_relating_events::v1::Request, _, _, _>(router, token, relations);
    let router = route_as::<get_relating_events_with_rel_type::v1::Request, _, _, _>(
        router, token, relations,
    );
    route::<relating::Request, _, _>(router, relations)
}

async fn send(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: send_message_event::v3::Request,
    query: Query,
) -> Result<send_message_event::v3::Response> {
    let files = query.all("attach_media").chain(query.all("org.matrix.msc3911.attach_media"));
    let send = Send {
        files: files.map(Into::into).collect(),
        room_id: request.room_id,
        kind: request.event_type.to_string().into(),
        content: request.body.into_json(),
        txn_id: request.txn_id,
    };
    Ok(send_message_event::v3::Response::new(tenant.rooms.send(&cx, send).await?))
}

async fn redact(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: redact_event::v3::Request,
) -> Result<redact_event::v3::Response> {
    let target = (&*request.room_id, &*request.event_id);
    let event_id = tenant.rooms.redact(&cx, target, request.txn_id, request.reason).await?;
    Ok(redact_event::v3::Response::new(event_id))
}

async fn messages(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_message_events::v3::Request,
) -> Result<get_message_events::v3::Response> {
    tenant.rooms.messages(&cx, request).await
}

async fn context(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_context::v3::Request,
) -> Result<get_context::v3::Response> {
    tenant.rooms.context(&cx, request).await
}

async fn event(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_room_event::v3::Request,
) -> Result<get_room_event::v3::Response> {
    tenant.rooms.event(&cx, request).await
}

async fn event_at_time(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_event_by_timestamp::v1::Request,
) -> Result<get_event_by_timestamp::v1::Response> {
    tenant.rooms.event_at_time(&cx, request).await
}

async fn threads(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_threads::v1::Request,
) -> Result<get_threads::v1::Response> {
    tenant.rooms.thread_roots(&cx, request).await
}

/// For all three paths: what a path does not say of the relation is empty.
async fn relations(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: relating::Request,
) -> Result<relating::Response> {
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    let asked = RelationsRequest {
        room_id: request.room_id,
        event_id: request.event_id,
        relation: said(request.rel_type.to_string()),
        kind: said(request.event_type.to_string()),
        from: request.from,
        to: request.to,
        dir: request.dir,
        limit: request.limit,
        recurse: request.recurse,
    };
    let page = tenant.rooms.relations(&cx, asked).await?;
    let mut response = relating::Response::new(page.chunk);
    response.next_batch = page.next_batch;
    response.prev_batch = page.prev_batch;
    response.recursion_depth = page.depth;
    Ok(response)
}
