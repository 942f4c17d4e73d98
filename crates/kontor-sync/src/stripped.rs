//! Stripped state: what somebody outside a room is told about it (spec: "Stripped state").

use std::sync::Arc;

use kontor_rooms::{Event, Live};
use ruma::UserId;
use ruma::serde::Raw;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// State that says what a room is, in the order it is sent.
const TELLING: [&str; 9] = [
    "m.room.create",
    "m.room.join_rules",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.room.history_visibility",
    "app.kontor.supervision",
];

#[derive(Serialize)]
struct Stripped<'e> {
    content: &'e RawValue,
    sender: &'e UserId,
    state_key: &'e str,
    #[serde(rename = "type")]
    kind: String,
}

/// What `viewer`, invited or knocking, is told: the telling state, the own membership and that of
/// whoever set it.
pub(crate) fn stripped<T>(live: &Live, viewer: &UserId) -> Vec<Raw<T>> {
    let member = |user: &UserId| live.state.get("m.room.member", user.as_str());
    let own = member(viewer);
    let inviter = own.and_then(|event| member(&event.pdu.sender));
    let inviter = inviter.filter(|event| event.pdu.state_key.as_deref() != Some(viewer.as_str()));
    let telling = TELLING.iter().filter_map(|kind| live.state.get(kind, ""));
    telling.chain(inviter).chain(own).filter_map(strip).collect()
}

fn strip<T>(event: &Arc<Event>) -> Option<Raw<T>> {
    let stripped = Stripped {
        content: &event.pdu.content,
        sender: &event.pdu.sender,
        state_key: event.pdu.state_key.as_deref()?,
        kind: event.pdu.kind.to_string(),
    };
    to_raw_value(&stripped).ok().map(Raw::from_json)
}
