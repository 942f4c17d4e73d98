//! The tamper-evident audit log of one organisation. law: R-190 …
//!
//! Every entry carries the hash of the one before it; signed checkpoints vouch for the chain so far;
//! what expires leaves a signed gap. An export is verified with nothing but itself ([`verify()`]).
//! What may be recorded is the catalogue in [`Action`]; there is no field for anything else.

mod action;
mod append;
mod audit;
mod canonical;
mod class;
mod digest;
mod entry;
mod event;
mod expiry;
mod export;
mod exporting;
mod keys;
mod lost;
mod pseudonym;
mod reading;
mod statement;
mod stored;
mod verify;

pub use action::{Action, Field, Purpose, Rule};
pub use audit::Audit;
pub use class::Class;
pub use digest::Digest;
pub use entry::{Checkpoint, End, Entry, Gap, Header, Line, Outcome};
pub use event::Event;
pub use export::{ExportPurpose, ExportWriter};
pub use keys::AuditKeys;
pub use pseudonym::Pseudonym;
pub use reading::Wanted;
pub use statement::verify_statement;
pub use verify::{Anchor, Finding, Report, Wrong, verify};
