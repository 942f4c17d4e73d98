//! Checking events made by others (spec: server-server API, "Checks performed on receipt of a PDU",
//! steps 1 to 3).

use kontor_core::{Error, MatrixCode, Result};
use ruma::canonical_json::{CanonicalJsonObject, CanonicalJsonValue};
use ruma::room_version_rules::RoomVersionRules;
use ruma::signatures::{self, reference_hash, verify_event};
use ruma::state_res::check_pdu_format;
use ruma::{EventId, OwnedRoomId, RoomId};

use crate::canonical::{EVENT_LIMIT_BYTES, too_large};
use crate::{Pdu, RoomRules, SignedEvent};

/// Public keys by server name, then by key id (`ed25519:1`).
pub type PublicKeys = signatures::PublicKeyMap;

/// What the content hash says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// The event is as its sender's server signed it.
    Intact,
    /// What redaction keeps is signed, the rest is not what was hashed: somebody redacted or
    /// altered it.
    Altered,
}

/// An event whose signatures are right.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The event, without `unsigned`; redacted if it was altered.
    pub event: SignedEvent,
    /// Whether the content is the sender's.
    pub integrity: Integrity,
}

/// Checks format, signatures and content hash of a received event and computes its id.
///
/// The caller compares id and room with what it asked for, and authorizes.
///
/// # Errors
/// `M_TOO_LARGE`, `M_BAD_JSON` for what is no event of this room version, `Forbidden` if a needed
/// signature is missing or wrong.
pub fn verify(json: &[u8], rules: &RoomRules, keys: &PublicKeys) -> Result<Verified> {
    if json.len() > EVENT_LIMIT_BYTES {
        return Err(too_large());
    }
    let mut object: CanonicalJsonObject = serde_json::from_slice(json).map_err(malformed)?;
    check_pdu_format(&object, &rules.rules.event_format).map_err(malformed)?;
    let integrity = match verify_event(keys, &object, &signers(&object, rules)) {
        Ok(signatures::Verified::All) => Integrity::Intact,
        Ok(signatures::Verified::Signatures) => Integrity::Altered,
        Err(cause) => return Err(Error::forbidden(format!("Not properly signed: {cause}."))),
    };
    object.remove("unsigned");
    if integrity == Integrity::Altered {
        ruma::canonical_json::redact_in_place(&mut object, &rules.rules.redaction, None)
            .map_err(malformed)?;
    }
    let event = identify(&object, rules)?;
    Ok(Verified { event, integrity })
}

/// The rules on who must sign this event. Only a join names the person who let somebody in; `ruma`
/// looks for that name in every content.
fn signers(object: &CanonicalJsonObject, rules: &RoomRules) -> RoomVersionRules {
    let membership =
        object.get("content").and_then(|content| content.as_object()?.get("membership"));
    let joins = object.get("type").and_then(CanonicalJsonValue::as_str) == Some("m.room.member")
        && membership.and_then(CanonicalJsonValue::as_str) == Some("join");
    let mut rules = rules.rules.clone();
    rules.signatures.check_join_authorised_via_users_server &= joins;
    rules
}

/// The event with the id that its contents give it.
fn identify(object: &CanonicalJsonObject, rules: &RoomRules) -> Result<SignedEvent> {
    let hash = reference_hash(object, &rules.rules).map_err(malformed)?;
    let event_id = EventId::parse(format!("${hash}")).map_err(Error::internal)?;
    let room_id = room_of(object, rules, &hash)?;
    let json = serde_json::to_vec(object).map_err(Error::internal)?;
    let pdu = Pdu::from_received(event_id, &room_id, &json, rules).map_err(malformed)?;
    Ok(SignedEvent { pdu, json })
}

fn room_of(object: &CanonicalJsonObject, rules: &RoomRules, hash: &str) -> Result<OwnedRoomId> {
    let text = |name| object.get(name).and_then(CanonicalJsonValue::as_str);
    if rules.room_id_is_create_hash() && text("type") == Some("m.room.create") {
        return RoomId::parse(format!("!{hash}")).map_err(Error::internal);
    }
    RoomId::parse(text("room_id").unwrap_or_default()).map_err(malformed)
}

fn malformed(cause: impl std::fmt::Display) -> Error {
    Error::invalid(MatrixCode::BadJson, format!("event: {cause}"))
}
