//! The erasure ledger of one organisation: what was erased, restricted or removed by a rule, so that
//! a restored backup neither brings it back nor forgets what is held. law: R-233
//!
//! An entry is written in the transaction of the erasure ([`Ledger::record`]) and told to a signed
//! file beside the backups ([`Ledger::told`]). It names what it is about by a keyed tombstone:
//! whoever finds the file learns nothing, and a restored instance, which has the key, finds what
//! must go.

mod entry;
mod file;
mod hold;
mod ledger;

pub use entry::{Entry, Kind};
pub use file::{LedgerFile, read_file};
pub use ledger::{KEPT, Ledger, State};
