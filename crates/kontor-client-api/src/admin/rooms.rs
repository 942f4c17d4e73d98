//! `GET /_kontor/admin/v1/rooms`: which rooms there are and how big they are; neither names, nor who
//! is in them, nor what they write (law: R-009). Of private and confidential rooms only the number is told
//! (law: R-072).

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request};
use axum::response::Response;
use axum::routing::get;
use kontor_core::{Error, MatrixCode, Result};
use kontor_rooms::RoomSize;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::frame::{Received, Token, json_answer, receive};

/// Rooms in one answer.
const PAGE: u16 = 50;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/_kontor/admin/v1/rooms", get(list))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

async fn list(page: Result<Query<Before>, QueryRejection>, request: Request) -> Response {
    json_answer(rooms(page.ok(), request).await)
}

async fn rooms(page: Option<Query<Before>>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(Query(Before { before })) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let list = tenant.rooms.sizes(&cx, before, PAGE).await?;
    let classes = tenant.rooms.count_by_class(&cx).await?;
    let classes: Map<String, Value> =
        classes.iter().map(|(class, count)| (class.to_string(), Value::from(*count))).collect();
    Ok(json!({ "rooms": list.iter().map(shown).collect::<Vec<_>>(), "rooms_by_class": classes }))
}

fn shown(room: &RoomSize) -> Value {
    json!({
        "number": room.nid.0,
        "room_id": room.room_id,
        "version": room.version,
        "published": room.published,
        "created_ts": room.created.0,
        "joined": room.joined,
        "invited": room.invited,
        "events": room.events,
        "events_counted_to_the_end": room.events < RoomSize::MOST_COUNTED,
        "encrypted": room.encrypted,
        "class": room.class.as_str(),
    })
}
