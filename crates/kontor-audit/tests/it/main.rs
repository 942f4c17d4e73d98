//! The log as stored, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

mod expiring;
mod office;
mod recording;
mod tampering;
