//! Room state.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_rooms::SetState;
use kontor_tenant::Tenant;
use ruma::api::client::state::get_state_event_for_key::v3::StateEventFormat;
use ruma::api::client::state::{get_state_event_for_key, get_state_events, send_state_event};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<get_state_events::v3::Request, _, _>(router, all);
    let router = route::<get_state_event_for_key::v3::Request, _, _>(router, one);
    route::<send_state_event::v3::Request, _, _>(router, set)
}

async fn all(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_state_events::v3::Request,
) -> Result<get_state_events::v3::Response> {
    tenant.rooms.all_state(&cx, request).await
}

async fn one(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_state_event_for_key::v3::Request,
) -> Result<get_state_event_for_key::v3::Response> {
    if !matches!(request.format, StateEventFormat::Content | StateEventFormat::Event) {
        let text = "format: must be content or event.";
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    let kind = request.event_type.to_string();
    let key = (&*kind, &*request.state_key);
    let (event, content) = tenant.rooms.state_event(&cx, &request.room_id, key).await?;
    Ok(get_state_event_for_key::v3::Response::new(match request.format {
        StateEventFormat::Event => event,
        _ => content,
    }))
}

async fn set(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: send_state_event::v3::Request,
) -> Result<send_state_event::v3::Response> {
    let set = SetState {
        room_id: request.room_id,
        kind: request.event_type.to_string().into(),
        state_key: request.state_key,
        content: request.body.into_json(),
    };
    Ok(send_state_event::v3::Response::new(tenant.rooms.set_state(&cx, set).await?))
}
