//! The shape of contents that decide who may do what.

use kontor_core::{Error, MatrixCode, Result};
use ruma::events::TimelineEventType;
use ruma::events::room::canonical_alias::RoomCanonicalAliasEventContent;
use ruma::events::room::create::RoomCreateEventContent;
use ruma::events::room::encryption::RoomEncryptionEventContent;
use ruma::events::room::guest_access::RoomGuestAccessEventContent;
use ruma::events::room::history_visibility::RoomHistoryVisibilityEventContent;
use ruma::events::room::join_rules::RoomJoinRulesEventContent;
use ruma::events::room::member::RoomMemberEventContent;
use ruma::events::room::power_levels::RoomPowerLevelsEventContent;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Refuses a state content whose fields are of the wrong type, before the authorization rules meet
/// it: to them it is forbidden, or nothing, where the sender made a mistake.
///
/// Only types the server itself acts upon; what others mean is between clients.
pub(crate) fn check_state(kind: &TimelineEventType, content: &RawValue) -> Result<()> {
    match kind {
        TimelineEventType::RoomCreate => check::<RoomCreateEventContent>(content),
        TimelineEventType::RoomMember => check::<RoomMemberEventContent>(content),
        TimelineEventType::RoomPowerLevels => check::<RoomPowerLevelsEventContent>(content),
        TimelineEventType::RoomJoinRules => check::<RoomJoinRulesEventContent>(content),
        TimelineEventType::RoomHistoryVisibility => {
            check::<RoomHistoryVisibilityEventContent>(content)
        }
        TimelineEventType::RoomGuestAccess => check::<RoomGuestAccessEventContent>(content),
        TimelineEventType::RoomEncryption => check::<RoomEncryptionEventContent>(content),
        TimelineEventType::RoomCanonicalAlias => check::<RoomCanonicalAliasEventContent>(content),
        _ => Ok(()),
    }
}

fn check<C: DeserializeOwned>(content: &RawValue) -> Result<()> {
    serde_json::from_str::<C>(content.get())
        .map(drop)
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("Content: {cause}.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn wrong_types_are_refused_and_right_ones_pass() {
        let table = [
            ("m.room.member", json!({ "membership": 5 }), false),
            ("m.room.member", json!({}), false),
            ("m.room.member", json!({ "membership": "join", "displayname": "A" }), true),
            ("m.room.power_levels", json!({ "users": [] }), false),
            ("m.room.power_levels", json!({ "ban": "fifty" }), false),
            ("m.room.power_levels", json!({ "users": { "no user": 5 } }), false),
            ("m.room.power_levels", json!({ "users": { "@a:b.c": 5 }, "events": {} }), true),
            ("m.room.power_levels", json!({}), true),
            ("m.room.join_rules", json!({ "join_rule": 5 }), false),
            ("m.room.join_rules", json!({ "join_rule": "public" }), true),
            ("m.room.join_rules", json!({ "join_rule": "org.example.own" }), true),
            ("m.room.history_visibility", json!({ "history_visibility": [] }), false),
            ("m.room.encryption", json!({ "algorithm": "m.megolm.v1.aes-sha2" }), true),
            ("m.room.encryption", json!({}), false),
            ("m.room.canonical_alias", json!({ "alias": null }), true),
            ("m.room.canonical_alias", json!({}), true),
            ("m.room.create", json!({ "m.federate": "no", "room_version": "11" }), false),
            ("m.room.create", json!({ "room_version": "12" }), true),
            ("org.example.own", json!({ "membership": 5 }), true),
        ];
        for (kind, content, passes) in table {
            let raw = to_raw_value(&content).unwrap();
            let checked = check_state(&kind.into(), &raw);
            assert_eq!(checked.is_ok(), passes, "{kind} {content}");
        }
    }
}
