//! The event authorization rules (spec: room versions, "Authorization rules").

use kontor_core::{Error, MatrixCode, Result};
use ruma::UserId;
use ruma::events::{StateEventType, TimelineEventType};
use ruma::state_res;
use serde_json::value::RawValue;

use crate::{Pdu, RoomRules};

/// The state an event of this kind needs to be authorized by.
///
/// # Errors
/// `M_BAD_JSON` if the content of a membership event can't be read.
pub fn auth_types(
    rules: &RoomRules,
    kind: &TimelineEventType,
    sender: &UserId,
    state_key: Option<&str>,
    content: &RawValue,
) -> Result<Vec<(StateEventType, String)>> {
    state_res::auth_types_for_event(kind, sender, state_key, content, &rules.rules.authorization)
        .map_err(|cause| Error::invalid(MatrixCode::BadJson, format!("content: {cause}")))
}

/// Whether the room's state allows an event.
///
/// # Errors
/// `Forbidden` with the rule that failed.
pub fn authorize<'s>(
    rules: &RoomRules,
    pdu: &Pdu,
    state: impl Fn(&str, &str) -> Option<&'s Pdu>,
) -> Result<()> {
    let rules = &rules.rules.authorization;
    let refused = |cause: String| Error::forbidden(format!("Not allowed: {cause}."));
    if pdu.kind == TimelineEventType::RoomCreate {
        return state_res::check_state_independent_auth_rules(rules, pdu, |_| None::<&Pdu>)
            .map_err(refused);
    }
    state_res::check_state_dependent_auth_rules(rules, pdu, |kind, key| {
        state(&kind.to_string(), key)
    })
    .map_err(refused)
}
