//! Keeps what a hold is on before it leaves a room. law

use kontor_core::{Error, Result, RoomClass, RoomNid, StreamPos, Timestamp};
use kontor_db::Tx;
use kontor_policy::ClassRules;
use kontor_store::held::{self, Keepable};
use kontor_store::{event, hold};
use ruma::RoomId;
use serde::Deserialize;
use serde_json::Value;

/// What was kept.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// How many events.
    pub(crate) count: usize,
    /// Their files' blobs: they stay.
    pub(crate) blobs: Vec<String>,
}

/// Of an event, what a hold asks for.
#[derive(Deserialize)]
struct Written {
    sender: String,
    origin_server_ts: i64,
    #[serde(default)]
    content: Content,
}

/// Of its content, what says which key opens it.
#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    session_id: Value,
}

/// Keeps those of the events at `positions` that a hold is on; the caller then removes all of them.
/// Where the class of the room lets no hold reach (law: R-070), nothing is kept.
pub(crate) fn keep_held(
    tx: &mut Tx<'_>,
    (nid, room_id, class): (RoomNid, &RoomId, RoomClass),
    positions: &[StreamPos],
    now: Timestamp,
) -> Result<Kept> {
    if positions.is_empty() || !ClassRules::of(class).hold {
        return Ok(Kept::default());
    }
    let holds = hold::list_active_holds(tx, now)?;
    if holds.is_empty() {
        return Ok(Kept::default());
    }
    let mut kept = Vec::new();
    for row in event::list_events_at(tx, nid, positions)? {
        let written: Written = serde_json::from_slice(&row.json).map_err(Error::internal)?;
        let at = Timestamp(written.origin_server_ts);
        if holds.iter().any(|hold| hold.keeps(room_id.as_str(), &written.sender, at)) {
            let session_id = written.content.session_id.as_str().map(str::to_owned);
            kept.push(Keepable { pos: row.pos, session_id });
        }
    }
    if kept.is_empty() {
        return Ok(Kept::default());
    }
    let blobs = held::keep(tx, nid, &kept, now)?;
    Ok(Kept { count: kept.len(), blobs })
}
