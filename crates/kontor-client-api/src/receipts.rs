//! Read receipts, typing and presence.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_receipts::Report;
use kontor_tenant::Tenant;
use ruma::api::client::presence::{get_presence, set_presence};
use ruma::api::client::read_marker::set_read_marker;
use ruma::api::client::receipt::create_receipt;
use ruma::api::client::receipt::create_receipt::v3::ReceiptType;
use ruma::api::client::typing::create_typing_event;
use ruma::api::client::typing::create_typing_event::v3::Typing;
use serde_json::{Map, Value};

use crate::frame::{route, route_mended};

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<create_receipt::v3::Request, _, _>(router, receipt);
    let router = route::<set_read_marker::v3::Request, _, _>(router, read_markers);
    let router =
        route_mended::<create_typing_event::v3::Request, _, _>(router, usual_timeout, typing);
    let router = route::<get_presence::v3::Request, _, _>(router, presence);
    route::<set_presence::v3::Request, _, _>(router, present)
}

async fn receipt(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_receipt::v3::Request,
) -> Result<create_receipt::v3::Response> {
    let report = match request.receipt_type {
        ReceiptType::Read => Report::Public(request.event_id),
        ReceiptType::ReadPrivate => Report::Private(request.event_id),
        ReceiptType::FullyRead => Report::FullyRead(request.event_id),
        _ => {
            let text = "receiptType: must be m.read, m.read.private or m.fully_read.";
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
    };
    let thread = request.thread.as_str();
    tenant.receipts.report(&cx, &request.room_id, thread, vec![report]).await?;
    Ok(create_receipt::v3::Response::new())
}

async fn read_markers(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_read_marker::v3::Request,
) -> Result<set_read_marker::v3::Response> {
    let reports = [
        request.fully_read.map(Report::FullyRead),
        request.read_receipt.map(Report::Public),
        request.private_read_receipt.map(Report::Private),
    ];
    let reports = reports.into_iter().flatten().collect();
    tenant.receipts.report(&cx, &request.room_id, None, reports).await?;
    Ok(set_read_marker::v3::Response::new())
}

/// How long somebody types who does not say how long, in milliseconds.
const USUAL_TIMEOUT_MS: u64 = 30_000;

/// spec: the time need not be named.
fn usual_timeout(_: &[&str], fields: &mut Map<String, Value>) {
    if fields.get("timeout").is_none_or(Value::is_null) {
        fields.insert("timeout".to_owned(), Value::from(USUAL_TIMEOUT_MS));
    }
}

async fn typing(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_typing_event::v3::Request,
) -> Result<create_typing_event::v3::Response> {
    let typing_for = match request.state {
        Typing::Yes(typing) => Some(typing.timeout),
        Typing::No => None,
    };
    tenant.typing.set(&cx, (&request.room_id, &request.user_id), typing_for).await?;
    Ok(create_typing_event::v3::Response::new())
}

async fn presence(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_presence::v3::Request,
) -> Result<get_presence::v3::Response> {
    let status = tenant.presence.get(&cx, &request.user_id).await?;
    let mut response = get_presence::v3::Response::new(status.state);
    response.status_msg = status.message;
    response.last_active_ago = status.last_active_ago;
    response.currently_active = Some(status.currently_active);
    Ok(response)
}

async fn present(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: set_presence::v3::Request,
) -> Result<set_presence::v3::Response> {
    let (user, state) = (&request.user_id, request.presence);
    tenant.presence.set(&cx, user, state, request.status_msg).await?;
    Ok(set_presence::v3::Response::new())
}
