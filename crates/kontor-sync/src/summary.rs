//! Room summaries: how many are in a room, and after whom it is named (spec: `GET /sync`,
//! `RoomSummary`).

use std::sync::Arc;

use kontor_core::StreamPos;
use kontor_rooms::{Event, Live};
use ruma::UInt;
use ruma::UserId;
use ruma::api::client::sync::sync_events::v3::RoomSummary;
use ruma::events::TimelineEventType;
use ruma::events::room::member::MembershipState;
use serde_json::Value;

/// Most people a room is named after (spec).
const HEROES: usize = 5;

/// The summary, and the membership events of those it names.
pub(crate) struct Summary {
    pub(crate) shown: RoomSummary,
    pub(crate) heroes: Vec<Arc<Event>>,
}

impl Summary {
    pub(crate) fn new(live: &Live, viewer: &UserId) -> Self {
        let heroes = if is_named(live) { Vec::new() } else { heroes(live, viewer) };
        let mut shown = RoomSummary::new();
        let ids = heroes.iter().filter_map(|event| event.member());
        shown.heroes = ids.map(ToOwned::to_owned).collect();
        shown.joined_member_count = UInt::try_from(live.joined.len()).ok();
        shown.invited_member_count = UInt::try_from(live.invited).ok();
        Self { shown, heroes }
    }
}

/// Whether the summary may differ from the one at `since`. Costs no database access.
pub(crate) fn may_have_changed(live: &Live, since: StreamPos) -> bool {
    let tells = |event: &Event| {
        event.membership.is_some()
            || (event.is_state()
                && [TimelineEventType::RoomName, TimelineEventType::RoomCanonicalAlias]
                    .contains(&event.pdu.kind))
    };
    let newest_first = live.recent.iter().rev();
    !live.covers(since)
        || newest_first.take_while(|event| event.pos() > since).any(|event| tells(event))
}

/// Whether a room has a name of its own; an empty one is none.
fn is_named(live: &Live) -> bool {
    let says = |kind: &str, field: &str| {
        let content: Option<Value> = live.state.content(kind, "");
        let text = content.as_ref().and_then(|content| content.get(field)?.as_str());
        text.is_some_and(|text| !text.is_empty())
    };
    says("m.room.name", "name") || says("m.room.canonical_alias", "alias")
}

/// The first members besides the viewer in the order they came; where nobody is left, of those who
/// were there.
fn heroes(live: &Live, viewer: &UserId) -> Vec<Arc<Event>> {
    let pick = |wanted: [MembershipState; 2]| {
        let mut found: Vec<Arc<Event>> = live
            .state
            .of_kind("m.room.member")
            .filter(|event| event.membership.as_ref().is_some_and(|m| wanted.contains(m)))
            .filter(|event| event.member().is_some_and(|member| member != viewer))
            .cloned()
            .collect();
        found.sort_by_key(|event| event.pos());
        found.truncate(HEROES);
        found
    };
    let here = pick([MembershipState::Join, MembershipState::Invite]);
    if here.is_empty() { pick([MembershipState::Leave, MembershipState::Ban]) } else { here }
}
