//! A running node: opens tenants, listens, finds the tenant of each request by its host name.

mod admin;
mod arrival;
mod audit_site;
mod backing_up;
mod body;
mod connection;
mod entrance;
mod folder_lock;
mod hosts;
mod listener;
mod memory;
mod metrics;
mod node;
mod open_files;
mod opening;
mod protection;
mod rehearsing;
mod restoring;
mod tenants;
mod trial;

pub use audit_site::AuditSite;
pub use backing_up::BackupSite;
pub use folder_lock::FolderLock;
pub use node::Node;
pub use rehearsing::rehearse;
pub use restoring::{LedgerChoice, RestoreReport, require_empty, restore, resume};
pub use tenants::Tenants;
