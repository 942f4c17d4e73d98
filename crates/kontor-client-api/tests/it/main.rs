//! The client-server API over HTTP against a real server.
#![expect(clippy::indexing_slicing, reason = "a missing field must fail the test")]

mod crypto;
mod e2ee_backup;
mod e2ee_cross_signing;
mod e2ee_keys;
mod e2ee_to_device;
mod rooms;
mod sync;
