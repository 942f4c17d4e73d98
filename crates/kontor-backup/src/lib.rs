//! Encrypted backups of one organisation, and how they come back. law: R-231 … R-234
//!
//! A *set* is a folder: the tables of the database and of the audit log as of one moment, the keys,
//! a list of the files, each encrypted to the configured recipients (age), and a signed manifest. The
//! manifest is written last: a folder without one is no set. Files lie beside the sets, each once,
//! sealed as the server keeps them; their key is among the encrypted keys. See `docs/backup.md`.

mod check;
mod disk;
mod dump;
mod folder;
mod load;
mod manifest;
mod marker;
mod media;
mod restore;
mod retention;
mod service;
mod tables;
mod write;

pub use check::{Check, Finding, check};
pub use disk::write_private;
pub use folder::{Folder, SetEntry};
pub use manifest::{FileFacts, Manifest, MediaFacts, TableFacts};
pub use marker::{Marker, Phase};
pub use restore::{Restored, dump_again, restore_set};
pub use retention::{Removed, remove_expired};
pub use service::{Backups, LATEST, Overview, Settings, State, newest_until};
pub use write::{Source, Written, back_up};
