//! Hashing, signing and redacting events.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use kontor_core::{Error, MatrixCode, Result, Secret};
use ruma::canonical_json::{CanonicalJsonObject, CanonicalJsonValue};
use ruma::events::TimelineEventType;
use ruma::serde::Base64;
use ruma::signatures::{KeyPair, PublicKeySet, Signature, hash_and_sign_event, reference_hash};
use ruma::{
    AnyKeyName, EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, OwnedSigningKeyId,
    OwnedUserId, RoomId, ServerName, SigningKeyAlgorithm, SigningKeyId,
};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::canonical::{EVENT_LIMIT_BYTES, canonical_content, too_large};
use crate::shape::check_state;
use crate::{Pdu, PublicKeys, RoomRules};

/// Longest sender, type, state key and room id, in bytes (spec: "Size limits").
const FIELD_LIMIT_BYTES: usize = 255;

/// Signs the events of one organisation.
pub struct SigningKey {
    /// Several times quicker than the pair that `ruma` brings, and signing is a tenth of what a
    /// message costs.
    pair: Ed25519KeyPair,
    id: OwnedSigningKeyId<AnyKeyName>,
}

impl SigningKey {
    /// The key with this 32-byte seed; `version` is the part of its name after `ed25519:`.
    pub fn from_seed(seed: &Secret<[u8; 32]>, version: &str) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose())
            .map_err(|_| Error::internal("the signing key is not an Ed25519 seed"))?;
        let id = SigningKeyId::from_parts(SigningKeyAlgorithm::Ed25519, version.into());
        Ok(Self { pair, id })
    }

    /// What others need to verify the events that `server` signs with this key.
    pub fn public_keys(&self, server: &ServerName) -> PublicKeys {
        let key = Base64::new(self.pair.public_key().as_ref().to_vec());
        let keys = PublicKeySet::from([(self.id.to_string(), key)]);
        PublicKeys::from([(server.to_string(), keys)])
    }
}

impl KeyPair for SigningKey {
    fn sign(&self, message: &[u8]) -> Signature {
        Signature::new(self.id.clone(), self.pair.sign(message).as_ref().to_vec())
    }
}

/// An event before hashing and signing.
#[derive(Clone, Debug)]
pub struct EventDraft {
    /// Room; `None` for the create event of a room version whose room id is its hash.
    pub room_id: Option<OwnedRoomId>,
    /// Sender.
    pub sender: OwnedUserId,
    /// Event type.
    pub kind: TimelineEventType,
    /// State key of a state event.
    pub state_key: Option<String>,
    /// Content; must be a JSON object.
    pub content: Box<RawValue>,
    /// Event to be redacted.
    pub redacts: Option<OwnedEventId>,
    /// Newest events of the room.
    pub prev_events: Vec<OwnedEventId>,
    /// Events that authorize this one.
    pub auth_events: Vec<OwnedEventId>,
    /// Depth.
    pub depth: u64,
    /// Time of creation.
    pub origin_server_ts: MilliSecondsSinceUnixEpoch,
}

/// A hashed and signed event.
#[derive(Clone, Debug)]
pub struct SignedEvent {
    /// The event.
    pub pdu: Pdu,
    /// Its canonical JSON, to be stored.
    pub json: Vec<u8>,
}

/// A redacted event.
#[derive(Clone, Debug)]
pub struct Redacted {
    /// The event without what the room version redacts.
    pub pdu: Pdu,
    /// The content that remains.
    pub json: Vec<u8>,
}

/// Hashes and signs an event.
///
/// # Errors
/// `M_BAD_JSON` naming the value if the content is no canonical JSON, `M_TOO_LARGE`,
/// `M_INVALID_PARAM` naming the field that is too long.
pub fn sign(
    draft: EventDraft,
    rules: &RoomRules,
    server: &ServerName,
    key: &SigningKey,
) -> Result<SignedEvent> {
    check_fields(&draft)?;
    if draft.state_key.is_some() {
        check_state(&draft.kind, &draft.content)?;
    }
    let mut object = CanonicalJsonObject::new();
    let content = canonical_content(&draft.content)?;
    object.insert("content".to_owned(), CanonicalJsonValue::Object(content));
    object.insert("sender".to_owned(), draft.sender.as_str().into());
    object.insert("type".to_owned(), draft.kind.to_string().into());
    object.insert("depth".to_owned(), integer(draft.depth)?);
    object.insert("origin_server_ts".to_owned(), draft.origin_server_ts.get().into());
    object.insert("prev_events".to_owned(), ids(&draft.prev_events));
    object.insert("auth_events".to_owned(), ids(&draft.auth_events));
    if let Some(room_id) = &draft.room_id {
        object.insert("room_id".to_owned(), room_id.as_str().into());
    }
    if let Some(state_key) = &draft.state_key {
        object.insert("state_key".to_owned(), state_key.as_str().into());
    }
    if let Some(redacts) = draft.redacts.as_ref().filter(|_| !rules.redacts_in_content()) {
        object.insert("redacts".to_owned(), redacts.as_str().into());
    }
    let failed = |cause: ruma::signatures::JsonError| match cause {
        ruma::signatures::JsonError::PduTooLarge => too_large(),
        other => Error::internal(other),
    };
    hash_and_sign_event(server.as_str(), key, &mut object, &rules.rules.redaction)
        .map_err(failed)?;
    let hash = reference_hash(&object, &rules.rules).map_err(failed)?;
    let json = serde_json::to_vec(&object).map_err(Error::internal)?;
    if json.len() > EVENT_LIMIT_BYTES {
        return Err(too_large());
    }
    let event_id = EventId::parse(format!("${hash}")).map_err(Error::internal)?;
    let room_id = match draft.room_id {
        Some(room_id) => room_id,
        None => RoomId::parse(format!("!{hash}")).map_err(Error::internal)?,
    };
    let content = serde_json::to_string(&object.get("content")).map_err(Error::internal)?;
    let pdu = Pdu {
        event_id,
        room_id,
        sender: draft.sender,
        kind: draft.kind,
        state_key: draft.state_key,
        content: RawValue::from_string(content).map_err(Error::internal)?.into(),
        origin_server_ts: draft.origin_server_ts,
        prev_events: draft.prev_events,
        auth_events: draft.auth_events,
        depth: draft.depth,
        redacts: draft.redacts,
    };
    Ok(SignedEvent { pdu, json })
}

/// Strips an event of everything its room version redacts.
pub fn redact(json: &[u8], pdu: &Pdu, rules: &RoomRules) -> Result<Redacted> {
    let object: CanonicalJsonObject = serde_json::from_slice(json).map_err(Error::internal)?;
    let object = ruma::canonical_json::redact(object, &rules.rules.redaction, None)
        .map_err(Error::internal)?;
    let json = serde_json::to_vec(&object).map_err(Error::internal)?;
    let pdu = Pdu::from_stored(pdu.event_id.clone(), &pdu.room_id, &json, rules)?;
    Ok(Redacted { pdu, json })
}

/// The content of a redaction.
pub fn redaction_content(
    rules: &RoomRules,
    target: &EventId,
    reason: Option<String>,
) -> Result<Box<RawValue>> {
    let mut content = Map::new();
    if let Some(reason) = reason {
        content.insert("reason".to_owned(), Value::from(reason));
    }
    if rules.redacts_in_content() {
        content.insert("redacts".to_owned(), Value::from(target.as_str()));
    }
    to_raw_value(&content).map_err(Error::internal)
}

fn check_fields(draft: &EventDraft) -> Result<()> {
    let kind = draft.kind.to_string();
    let fields = [
        ("type", Some(&*kind)),
        ("state_key", draft.state_key.as_deref()),
        ("sender", Some(draft.sender.as_str())),
        ("room_id", draft.room_id.as_ref().map(|id| id.as_str())),
    ];
    for (name, value) in fields {
        if value.is_some_and(|value| value.len() > FIELD_LIMIT_BYTES) {
            let text = format!("{name}: longer than {FIELD_LIMIT_BYTES} bytes.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        if value.is_some_and(|value| value.contains('\0')) {
            let text = format!("{name}: contains a NUL character.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
    }
    Ok(())
}

fn ids(ids: &[OwnedEventId]) -> CanonicalJsonValue {
    let ids = ids.iter().map(|id| CanonicalJsonValue::String(id.to_string()));
    CanonicalJsonValue::Array(ids.collect())
}

fn integer(number: u64) -> Result<CanonicalJsonValue> {
    let number = ruma::Int::try_from(number).map_err(Error::internal)?;
    Ok(CanonicalJsonValue::Integer(number))
}

#[cfg(test)]
mod tests;
