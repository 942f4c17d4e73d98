//! The service on real databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod claims;
mod house;
mod idle;
