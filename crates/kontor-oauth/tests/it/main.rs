//! Signing in to programs over a real database, on both engines.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may")]

mod code_grant;
mod company;
mod device_grant;
