//! Room classes, supervision, and who reads along: endpoints of Kontor's own. law: R-070…
//!
//! `docs/room-classes.md` describes them for makers of clients.

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{get, post, put};
use kontor_core::{Error, MatrixCode, Result, RoomClass, Timestamp};
use kontor_policy::ClassRules;
use kontor_rooms::{Look, Supervised, Terms};
use kontor_tenant::{Reader, Readers};
use ruma::{OwnedRoomId, RoomId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::json_error;
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    let room = |rest| format!("/_kontor/client/v1/rooms/{{roomId}}/{rest}");
    router
        .route("/_kontor/client/v1/room_classes", get(classes))
        .route("/_kontor/client/v1/supervision", get(register))
        .route(&room("readers"), get(readers))
        .route(&room("convert"), post(convert))
        .route(&room("supervision"), put(prolong).get(terms).delete(end))
        .route(&room("supervision/acknowledge"), post(acknowledge))
        .route(&room("supervision/readings"), post(look).get(readings))
}

/// The class that a room is to have.
#[derive(Deserialize)]
struct Conversion {
    class: String,
    supervision: Option<Value>,
}

/// The version of the notice that was read.
#[derive(Deserialize)]
struct Acknowledgement {
    version: i64,
}

/// What somebody who supervises wants to read.
#[derive(Deserialize)]
struct Wanted {
    reason: String,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

async fn classes(request: Request) -> Response {
    json_answer(list_classes(request).await)
}

async fn register(request: Request) -> Response {
    json_answer(list_supervised(request).await)
}

async fn readers(Path(room): Path<String>, request: Request) -> Response {
    json_answer(list_readers(room, request).await)
}

async fn convert(Path(room): Path<String>, request: Request) -> Response {
    json_answer(reclassify(room, request).await)
}

async fn terms(Path(room): Path<String>, request: Request) -> Response {
    json_answer(show_terms(room, request).await)
}

async fn prolong(Path(room): Path<String>, request: Request) -> Response {
    json_answer(set_terms(room, request).await)
}

async fn end(Path(room): Path<String>, request: Request) -> Response {
    json_answer(end_terms(room, request).await)
}

async fn acknowledge(Path(room): Path<String>, request: Request) -> Response {
    json_answer(note(room, request).await)
}

async fn look(Path(room): Path<String>, request: Request) -> Response {
    json_answer(open(room, request).await)
}

async fn readings(Path(room): Path<String>, request: Request) -> Response {
    json_answer(list_readings(room, request).await)
}

/// The classes there are, what follows from each, and whether the caller may create it.
async fn list_classes(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let policy = tenant.policy.now();
    let classes: Vec<Value> = RoomClass::ALL
        .into_iter()
        .map(|class| {
            let rules = ClassRules::of(class);
            let refusal = tenant.rooms.require_creatable(&cx, class).err();
            json!({
                "class": class.as_str(),
                "creatable": refusal.is_none(),
                "why_not": refusal.map(|error| error.public),
                "audience": rules.audience,
                "encryption": rules.encryption,
                "open": rules.open,
                "supervision": rules.supervision,
                "archive": rules.archive,
                "hold": rules.hold,
                "clear_name": rules.clear_name,
                "protection_class": rules.protection_class,
                "retention_ms": millis(policy.retention.of(class)),
            })
        })
        .collect();
    Ok(json!({ "classes": classes, "default": policy.default_room_class.as_str() }))
}

async fn list_readers(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let readers = tenant.readers(&cx, &room_id(room)?).await?;
    Ok(told(&readers))
}

async fn reclassify(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wish: Conversion =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let class = wish.class.parse()?;
    let new = tenant.rooms.convert(&cx, &room_id(room)?, class, wish.supervision).await?;
    Ok(json!({ "replacement_room": new }))
}

async fn show_terms(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let (terms, acknowledged) = tenant.rooms.supervision(&cx, &room_id(room)?).await?;
    let mut shown = shown(&terms)?;
    shown.insert("acknowledged_ms".to_owned(), json!(acknowledged.map(|at| at.0)));
    shown.insert("lasts".to_owned(), json!(terms.lasts(cx.now)));
    Ok(Value::Object(shown))
}

async fn set_terms(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wanted: Value = serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let terms = tenant.rooms.prolong_supervision(&cx, &room_id(room)?, wanted).await?;
    shown(&terms).map(Value::Object)
}

async fn end_terms(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    tenant.rooms.end_supervision(&cx, &room_id(room)?).await?;
    Ok(json!({}))
}

async fn note(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let read: Acknowledgement =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    tenant.rooms.acknowledge(&cx, &room_id(room)?, read.version).await?;
    Ok(json!({}))
}

async fn open(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
    let wanted: Wanted =
        serde_json::from_slice(&body).map_err(|cause| json_error(&cause, &body))?;
    let time = |ms: Option<i64>| ms.map(Timestamp);
    let look = Look { reason: wanted.reason, from: time(wanted.from_ms), to: time(wanted.to_ms) };
    let reading = tenant.rooms.look(&cx, &room_id(room)?, look).await?;
    Ok(json!({ "until_ms": reading.until.0 }))
}

async fn list_readings(room: String, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let readings = tenant.rooms.readings(&cx, &room_id(room)?).await?;
    let readings = readings.iter().map(|reading| {
        json!({
            "user_id": reading.user_id,
            "opened_ms": reading.opened.0,
            "until_ms": reading.until.0,
            "reason": reading.reason,
        })
    });
    Ok(json!({ "readings": readings.collect::<Vec<_>>() }))
}

async fn list_supervised(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let list = tenant.rooms.supervised(&cx).await?;
    let rooms: Result<Vec<Value>> = list.iter().map(in_register).collect();
    Ok(json!({ "rooms": rooms? }))
}

fn in_register(room: &Supervised) -> Result<Value> {
    let mut entry = shown(&room.terms)?;
    entry.insert("number".to_owned(), json!(room.nid.0));
    entry.insert("members".to_owned(), json!(room.members));
    entry.insert("looks_in_30_days".to_owned(), json!(room.looks));
    entry.insert("lasts".to_owned(), json!(room.lasts));
    Ok(Value::Object(entry))
}

fn told(readers: &Readers) -> Value {
    let person = |reader: &Reader| {
        json!({
            "user_id": reader.user_id,
            "standpoint": reader.standpoint.as_str(),
            "invited": reader.is_invited,
            "devices": reader.devices,
            "unverified_devices": reader.unverified_devices,
        })
    };
    json!({
        "class": readers.class.as_str(),
        "encrypted": readers.is_encrypted,
        "history_visibility": readers.history,
        "retention_ms": readers.retention_ms,
        "may_be_supervised": readers.may_be_supervised,
        "supervision": readers.supervision,
        "people": readers.people.iter().map(person).collect::<Vec<_>>(),
        "servers": readers.servers,
        "push_hosts": readers.push_hosts,
        "backup_days": readers.backup_days,
    })
}

fn shown(terms: &Terms) -> Result<Map<String, Value>> {
    match serde_json::to_value(terms).map_err(Error::internal)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::internal("terms are an object")),
    }
}

fn room_id(text: String) -> Result<OwnedRoomId> {
    RoomId::parse(text)
        .map_err(|_| Error::invalid(MatrixCode::InvalidParam, "roomId: not a room id."))
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
