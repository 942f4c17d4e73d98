//! Messages whose time is over, as devices understand it: redactions. law: R-111
//!
//! They are made for each answer and stored nowhere. Their sender is nobody's account.

use kontor_core::{Cx, Result, StreamPos};
use kontor_rooms::{Notice, Room};
use ruma::api::client::sync::sync_events::v3::Timeline;
use ruma::events::AnySyncTimelineEvent;
use ruma::serde::Raw;
use ruma::{EventId, ServerName};
use serde_json::json;
use serde_json::value::to_raw_value;

use crate::sync::Sync;

/// Local part of the sender; accounts of people never begin like this.
const SENDER: &str = "_kontor";

impl Sync {
    /// Adds what the device is to forget to a room's timeline. If there is more than is told, the
    /// timeline has a gap, and the device drops what it knew before.
    pub(crate) async fn add_forgotten(
        &self,
        cx: &Cx,
        room: &Room,
        (since, upto): (StreamPos, StreamPos),
        timeline: &mut Timeline,
    ) -> Result<()> {
        let (notices, more) = self.rooms.notices(cx, room, (since, upto)).await?;
        timeline.limited |= more;
        if more && timeline.prev_batch.is_none() {
            timeline.prev_batch = Some(kontor_rooms::token(upto));
        }
        for notice in &notices {
            let server_name = self.rooms.server_name();
            let told = notice.event_ids.iter().filter_map(|id| redaction(server_name, notice, id));
            timeline.events.extend(told);
        }
        Ok(())
    }
}

fn redaction(
    server_name: &ServerName,
    notice: &Notice,
    expired: &EventId,
) -> Option<Raw<AnySyncTimelineEvent>> {
    let event = json!({
        "type": "m.room.redaction",
        "event_id": format!("$expired-{}", expired.as_str().trim_start_matches('$')),
        "sender": format!("@{SENDER}:{server_name}"),
        "origin_server_ts": notice.expired.0,
        "redacts": expired,
        "content": { "redacts": expired, "reason": "Aufbewahrungsfrist abgelaufen" },
    });
    to_raw_value(&event).ok().map(Raw::from_json)
}
