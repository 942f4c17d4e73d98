//! Pure Matrix: room versions, events, hashing, signing, authorization, state resolution,
//! redaction, filters.
//! No input or output, no clock, no database.

mod authorize;
mod canonical;
mod client;
mod erase;
mod fields;
mod filter;
mod levels;
mod nesting;
mod pdu;
mod place;
mod push;
mod relation;
mod resolve;
mod rules;
mod shape;
mod sign;
mod verify;
mod visibility;

pub use authorize::{auth_types, authorize};
pub use client::ClientEvent;
pub use erase::{without_person, without_reason};
pub use fields::Fields;
pub use filter::{EventMatcher, glob};
pub use levels::PowerLevels;
pub use nesting::nesting;
pub use pdu::Pdu;
pub use place::path_at;
pub use push::{FlatEvent, PATTERN_LIMIT, PushRules, Verdict, Viewer, default_rules};
pub use relation::{Relation, relation, relation_in};
pub use resolve::{EventIds, StateMap, auth_chain, resolve_state};
pub use rules::RoomRules;
pub use sign::{EventDraft, Redacted, SignedEvent, SigningKey, redact, redaction_content, sign};
pub use verify::{Integrity, PublicKeys, Verified, verify};
pub use visibility::may_see;
