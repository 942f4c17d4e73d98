//! `/_kontor/admin/v1/devices`: the register of devices (law: ).

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post, put};
use kontor_core::{DeviceKind, Error, MatrixCode, Result};
use kontor_identity::{RegisteredDevice, UpdateDue};
use ruma::{OwnedDeviceId, OwnedUserId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Devices in one answer.
const PAGE: u16 = 100;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route("/_kontor/admin/v1/devices", get(list))
        .route("/_kontor/admin/v1/devices/{userId}/{deviceId}/sign_out", post(sign_out))
        .route("/_kontor/admin/v1/devices/{userId}/{deviceId}/lost", post(lost))
        .route("/_kontor/admin/v1/devices/{userId}/{deviceId}/kind", put(set_kind))
}

/// The last device of the page before.
#[derive(Default, Deserialize)]
struct After {
    after_user: Option<OwnedUserId>,
    after_device: Option<OwnedDeviceId>,
}

/// Whose a device is.
#[derive(Deserialize)]
struct Kind {
    kind: String,
}

type Place = Path<(String, String)>;

async fn list(page: Result<Query<After>, QueryRejection>, request: Request) -> Response {
    json_answer(devices(page.ok().map(|query| query.0), request).await)
}

async fn sign_out(Path(place): Place, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        tenant.identity.sign_out_device(&cx, place_of(place)?).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn lost(Path(place): Place, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
        tenant.identity.report_lost_device(&cx, place_of(place)?).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn set_kind(Path(place): Place, request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
        tenant.identity.set_device_kind(&cx, place_of(place)?, kind_of(&body)?).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn devices(after: Option<After>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(after) = after else {
        let text = "after_user, after_device: must be a user and a device.";
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    };
    let after = after.after_user.zip(after.after_device);
    let list = tenant.identity.registered_devices(&cx, after, PAGE).await?;
    let counts = tenant.identity.count_devices(&cx).await?;
    let counts: Map<String, Value> =
        counts.into_iter().map(|(kind, count)| (kind.to_string(), count.into())).collect();
    Ok(json!({ "devices": list.iter().map(shown).collect::<Vec<_>>(), "counts": counts }))
}

fn shown(device: &RegisteredDevice) -> Value {
    let program = device.registration.program.as_ref();
    json!({
        "user_id": device.user_id,
        "device_id": device.device_id,
        "kind": device.registration.kind.as_str(),
        "declared": device.registration.declared != kontor_identity::Declared::Nobody,
        "program": program.map(|program| &program.name),
        "version": program.map(|program| &program.version),
        "last_seen_week_ts": device.last_seen_week.0,
        "admitted": device.admitted,
        "update": device.update.as_ref().map(update_shown),
    })
}

/// What has to be done about an old program.
pub(crate) fn update_shown(due: &UpdateDue) -> Value {
    json!({ "minimum": due.minimum, "blocked_ts": due.blocked.0 })
}

/// The kind that a request names.
///
/// # Errors
/// `Invalid` for none.
pub(crate) fn kind_of(body: &[u8]) -> Result<DeviceKind> {
    let body: Kind = serde_json::from_slice(body).map_err(|cause| json_error(&cause, body))?;
    body.kind.parse()
}

fn place_of((user, device): (String, String)) -> Result<(OwnedUserId, OwnedDeviceId)> {
    let user = OwnedUserId::try_from(user)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "userId: is none."))?;
    Ok((user, device.into()))
}
