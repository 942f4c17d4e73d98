//! Events as clients see them (spec: "Event format").

use ruma::RoomId;
use ruma::events::TimelineEventType;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::Pdu;

/// An event without what only servers need, serialized once and shown many times.
#[derive(Clone, Debug)]
pub struct ClientEvent {
    /// The JSON object without its closing brace, `room_id` and `unsigned`.
    open: Box<str>,
}

#[derive(Serialize)]
struct Fields<'e> {
    content: &'e RawValue,
    event_id: &'e str,
    origin_server_ts: ruma::MilliSecondsSinceUnixEpoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacts: Option<&'e str>,
    sender: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_key: Option<&'e str>,
    #[serde(rename = "type")]
    kind: &'e TimelineEventType,
}

impl ClientEvent {
    /// The client form of an event. Redactions name their target at the top level in every room
    /// version, for older clients.
    #[must_use]
    pub fn new(pdu: &Pdu) -> Self {
        let fields = Fields {
            content: &pdu.content,
            event_id: pdu.event_id.as_str(),
            origin_server_ts: pdu.origin_server_ts,
            redacts: pdu.redacts.as_ref().map(|id| id.as_str()),
            sender: pdu.sender.as_str(),
            state_key: pdu.state_key.as_deref(),
            kind: &pdu.kind,
        };
        let mut open = serde_json::to_string(&fields).unwrap_or_else(|_| "{}".to_owned());
        open.pop();
        Self { open: open.into() }
    }

    /// The event with `room_id` and `unsigned` (a serialized object) where given.
    #[must_use]
    pub fn render(&self, room_id: Option<&RoomId>, unsigned: Option<&str>) -> Box<RawValue> {
        let room_id = room_id.map(RoomId::as_str).unwrap_or_default();
        let unsigned = unsigned.unwrap_or_default();
        let mut json = String::with_capacity(self.open.len() + room_id.len() + unsigned.len() + 32);
        json.push_str(&self.open);
        if !room_id.is_empty() {
            json.push_str(",\"room_id\":\"");
            // Room ids contain neither quotes nor backslashes nor control characters: checked
            // when they are parsed.
            json.push_str(room_id);
            json.push('"');
        }
        if !unsigned.is_empty() {
            json.push_str(",\"unsigned\":");
            json.push_str(unsigned);
        }
        json.push('}');
        RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }
}
