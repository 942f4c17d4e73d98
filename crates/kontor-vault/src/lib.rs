//! The key hierarchy: node key → tenant key → keys for database, media, signing, audit log
//! and pepper.
//!
//! The node key lies in a file of the data folder that only its owner may read. It wraps one key
//! per tenant, which wraps that tenant's working keys. All are raw random keys: opening a tenant
//! costs microseconds, because no passphrase is stretched on the way. Deleting a tenant's key file
//! makes its database, its media and all their backups unreadable that are not encrypted to
//! somebody else ([`Encryptor`]).

mod age;
mod backup;
mod bech32;
mod export;
mod kept;
mod key_file;
mod sealer;
mod tenant_keys;
mod vault;

pub use age::{Decryptor, Encryptor, Identity, Recipient};
pub use backup::BackupKeys;
pub use sealer::Sealer;
pub use tenant_keys::{SigningSeed, TenantKeys};
pub use vault::{PROFILE_FILE, Vault};
